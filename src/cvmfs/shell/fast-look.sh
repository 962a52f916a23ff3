# shellcheck shell=sh
# Goes to the repository, lists it (which mounts it where an automounter waits for that), and goes to the candidate, all
# by the shell itself: `cd -P` follows every link, and $PWD then is the real directory. Only where CVMFS is not at
# /cvmfs does it start readlink, once, to send an absolute link to the root in use.
# $1 repository, $2 candidate in CERN's layout (empty: none), $3 in the other one, $4 the layout or `detect`, $5 root in
# use when links are to be rewritten, $6 `spelled` (empty: none).

cd -P "$1" || exit
r=$PWD l=$4 seen=
for n in .[!.]*; do
  case $n in
  '.[!.]*') ;;
  .flat|.multiarch) seen=1; case $l in detect|detect-osg) l=cern ;; esac ;;
  .images) seen=1; case $l in detect) l=detect-osg ;; esac ;; # then "all" decides nothing
  *) seen=1 ;;
  esac
done
case $seen-$l in -*|*-detect) for n in *; do
  case $n in
  '*') case $seen in '') exit ;; esac ;;
  all) case $l in detect) exit ;; esac ;;
  esac
done ;; esac
case $l in
detect|detect-osg) l=osg; c=$3 ;;
cern) c=$2 ;;
osg|files|store) c=$3 ;;
*) exit ;;
esac
case $c in '') exit ;; esac
case $6 in
?*) case $c in "$6"/*) ;; *) for n in "$6"*; do case $n in "$6") exit ;; esac; done ;; esac ;;
esac
x=./$c
case $5 in
?*) t=$(readlink -n "$x" && echo .) && case $t in
  /cvmfs/*) t=${t%.} x=$5${t#/cvmfs} ;;
  esac ;;
esac
if cd -P "$x"; then
  k=directory t=$PWD
  # The job needs what its top directory lists, which may stand in a catalog that cannot be had now.
  for n in *; do case $n in '*') exit ;; esac; break; done
else
  case $l in files) [ -f "$x" ] && ! [ -L "$x" ] && head -c 64 "$x" >/dev/null && k=file t=$r/$c ;; esac || exit
fi
printf '%s\n' "$l" "$k" "$r" "$t" end
