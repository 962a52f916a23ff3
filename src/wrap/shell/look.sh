# shellcheck shell=sh disable=SC2034,SC2043,SC2154 # variables of its parts
# Looks at CVMFS for a script that has no Node.js, as src/cvmfs/ does it by a child: the text of a `sh -c` in a session of
# its own, so that whatever hangs in it can be left behind (bounded.sh).
# $1 root, $2 repository, $3 entry, $4 a process, $5 the image that is known. In some scripts (look-script.ts):
# $6 other repositories that links may lead into, $7 and $8 the entries in CERN's and Galaxy's layouts.
# It prints what it read of the image (lines that begin with =), and jcds_result=WORD[@LAYOUT]:TEXT: `directory` or `file`
# and the real place, or a LookWord of failures.ts and what its message names. "Missing" is what ls(1) does not find in a
# repository that it can list. Then come, for a script, a line of \1 and \r and the environment of that process (an entry a line, \1 for a
# line end).

root=$1 name=$2 entry=$3 known=$5@MORE@
newline="
"
[ -z "${BASH_VERSION-}" ] || eval "shopt -u dotglob failglob nocaseglob nocasematch nullglob"
listed() { # DIRECTORY: whether it shows anything
  for seen in "$1"/* "$1"/.[!.]*; do
    case $seen in
      *"/*" | *"/.[!.]*") ;;
      *) return 0 ;;
    esac
  done
  return 1
}
look() { # sets word and text: where the image is, or what is in the way
  word=unseen repository=$root/$name
  if ! cd -P "$repository" || ! listed .; then
    text=$(ls -A "$repository/." 2>&1) && @EMPTY@
    return
  fi
  top=$PWD
  @CHOOSE@
  place=$repository/$entry
  if [ "$root" != /cvmfs ]; then # links mean /cvmfs
    link=$(readlink -n "$place" && echo .)
    case $link in
      /cvmfs/*.) link=${link%.} place=$root/${link#/cvmfs/} ;;
    esac
  fi
  if ! cd -P "$place" || ! listed .; then
    explain
    @FOUND_FILE@return
  fi
  case $PWD/ in
    *[\\\`\$$newline]*) word=broken text="its directory has an odd name" && return ;;
    "$top"/*) ;;
    *) @LEADS_ON@ ;;
  esac
  if @UNLESS_FILE@! read_image; then
    text=$(read_image 2>&1 >/dev/null)
    case $text in
      *": Permission denied") word=broken ;; # modes in the image are its publisher's
    esac
    return
  fi
  @FOUND@
}
explain() { # why the image cannot be gone to
  if ! text=$(ls -d "$top/$entry" 2>&1); then
    case $text in
      *": No such file or directory" | *": Not a directory" | *": File name too long") word=missing ;;
    esac
    return
  fi
  @ELSEWHERE@
  text=$(ls -A "$place/." 2>&1 >/dev/null)
  case $text in
    "") text="$place shows nothing" ;;
    *": Permission denied") [ ! -d "$place" ] || word=broken ;;
    *": No such file or directory" | *": Not a directory" | *" symbolic links") word=broken ;;
  esac
  @FILE@
}
is_text() { # FILE: a regular one that lies in the image, of a size that can be read; else the image is broken
  if [ -h .singularity.d ] || [ -h .singularity.d/env ] || [ -h "$1" ] || { [ -e "$1" ] && ! [ -f "$1" ]; }; then
    size=2000000
  else
    size=$(wc -c <"$1") || return
  fi
  [ "$size" -gt 1048576 ] || return 0
  word=broken
  echo "$1 is no file of the image, or too long" >&2
  return 1
}
read_image() { # in its directory: what will be listed must be seen, and of an image that is not known ENV is told
  for part in @DEEP@; do # as a pattern it is found where the listing above has it
    [ "$part" = "${part%]}" ] || continue
    [ -h "$part" ] || listed "$part" || ls -A "./$part/." >/dev/null || return
  done
  @FIRST@
  case $PWD in
    */"$known") return 0 ;;
  esac
  odd="\\\`\$\"'"
  for part in .singularity.d/env/10-docker2singularity.s[h]; do
    [ "$part" = "${part%]}" ] || continue
    is_text "$part" || return
    sed -n "/^#/d;/^\$/d;/^export [^=]*=\".{[^:]*:-}\"\$/d
      s/^export \([A-Za-z_][A-Za-z0-9_]*\)=\"\([^$odd]*\)\"\$/=\1=\2/p;t
      s/^export \([A-Za-z_][A-Za-z0-9_]*\)=\".{\1:-\"\([^$odd]*\)\"}\"\$/=\1=\2/p;t
      s/^export \([A-Za-z0-9_]*\)=.*/=\1/p;t
      s/.*/=?/p" "$part" || return
  done
  @ALSO@
}

cd / # what is left behind keeps no directory of the caller busy
look "$@"
printf "\njcds_result=%s:%s\n" "$word@LAYOUT@" "${text%%"$newline"*}"
@ENDS@
