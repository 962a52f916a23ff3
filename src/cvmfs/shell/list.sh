# shellcheck shell=sh
# Goes to the repository and finds what looks like an image by its name, with the host's find: a second Node takes
# longer to start than find to list 30,000 tags. Names with a colon are images and never descended into (in CERN's
# layout a colon in the root is a registry's port); hidden names are skipped. Links come first: of those find knows all
# from the directory, while it asks the system about each other name. $1 repository, $2 layout or `detect`, $3 where it begins: `.`
# or a directory in the root.

cd -P "$1" || exit 1
l=$2
case $l in detect) l=osg a='' i=''
  for n in .[!.]* *; do case $n in .flat|.multiarch) l=cern ;; .images) i=1 ;; all) a=1 ;; esac; done
  case $l-$a-$i in osg-1-) l=files ;; esac ;;
esac
printf '%s\0' "$l"
case $l in
cern) exec find "$3" -name '.?*' -prune -o -type l -print0 -o -path './*/*' -name '*:*' -prune -print0 ;;
*) exec find "$3" -name '.?*' -prune -o -type l -print0 -o -name '*:*' -prune -print0 ;;
esac
