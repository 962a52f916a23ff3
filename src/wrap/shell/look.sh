# shellcheck shell=sh disable=SC2034 # allowed is read in a loop
# Looks at CVMFS for a script that has no Node.js, as src/cvmfs/ does it by a child: the text of a `sh -c` in a session of
# its own, so that whatever hangs in it can be left behind. A mount can hang any process that touches it, for ever and
# beyond SIGKILL, so only one child touches it, against a sleep(1) that it kills when it is done; of what the two say the
# first answer counts, and nobody waits for the other.
# $1 root, $2 repository, $3 entry, $4 seconds, $5 the process whose environment is told, $6 other repositories that links
# may lead into, $7 directories of the image that the script will list, $8 the image that it knows, $9 `origin` if it wants
# the record, and where the layout is not known ($3 is OSG's then) $10 and $11 the entries in CERN's and Galaxy's.
# It prints the line \1-\177\r, the environment (an entry a line, \1 for a line end), what it read of the image (lines that
# begin with = or =@), and last jcds_result=WORD[@LAYOUT]:TEXT: `directory` or `file` and the real place, or a LookWord of
# failures.ts and what its message names. "Missing" is what ls(1) does not find in a repository that it can list.

root=$1 repository=$1/$2 entry=$3 seconds=$4 pid=$5 allowed=$6 deep=$7 recorded=$8 origin=$9 layout=
newline="
"
unset GLOBIGNORE
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
  word=unseen text=$repository link='' file=''
  if ! cd -P "$repository" || ! listed .; then
    explain_repository
    return
  fi
  top=$PWD
  @CHOOSE@
  place=$top/$entry
  [ "$root" = /cvmfs ] || follow
  if [ -z "$entry" ] || ! cd -P "$place" || ! listed .; then
    explain_entry || return
  fi
  case $PWD/ in
    *"$newline"*) return ;;
    "$top"/*) ;;
    *) leads_on || return ;;
  esac
  [ -n "$file" ] || read_image || text=$(read_image 2>&1 >/dev/null) || return
  word=${file:+file} text=$PWD$file
}
follow() { # sets link, and place: where it leads
  link=$(readlink -n "$place" && echo .) link=${link%.}
  case $link in
    '') ;;
    /cvmfs/*) place=$root/${link#/cvmfs/} ;;
    /*) place=$link ;;
    *) place=${place%/*}/$link ;;
  esac
}
leads_on() { # whether the image is in another repository where links may lead
  for name in $allowed; do
    name=$(cd -P "$root/$name" && pwd) || continue
    case $PWD in
      "$name"/*) return 0 ;;
    esac
  done
  [ -n "$link" ] || follow
  word=escapes text=$link
  return 1
}
read_image() { # in its directory: what the script will list must be seen, and what it wants to know is told
  for place in $deep; do
    # a pattern finds what the listing above it says, also where the place itself cannot be seen
    for name in "${place%?}"[${place#"${place%?}"}]; do
      case $name in
        *]) continue ;;
      esac
      [ -h "$name" ] || listed "$name" || ls -A "./$name/." >/dev/null || return
    done
  done
  case $PWD in
    *"/${recorded:-/}") return ;;
  esac
  for name in .singularity.d/env/10-docker2singularity.s[h] .singularity.d/Singularit[y]; do
    case $name:$origin in
      *]:*) ;;
      *h:*) sed "s/^/=/" "$name" && echo || return ;;
      *:?*) sed "s/^/=@/" "$name" && echo || return ;;
    esac
  done
  @SCRIPTS@
}

# Not in the usual way: why?
explain_repository() {
  text=$(ls -A "$repository/." 2>&1) || return
  text="$repository is empty, and nothing is mounted on it"
  ! grep -qF " $(cd -P "$repository" && pwd) " /proc/self/mountinfo || word=missing
}
explain_entry() { # succeeds where the image can be gone to all the same, or is a file
  text=''
  if [ -z "$entry" ] || ! text=$(ls -d "$top/$entry" 2>&1); then
    case $text in
      '' | *": No such file or directory" | *": Not a directory" | *": File name too long") word=missing ;;
    esac
    return 1
  fi
  [ -n "$link" ] || follow
  name=${place#"$root"/}
  case $link:" ${repository##*/} $allowed " in
    /*:*" ${name%%/*} "*) ;;
    /*) leads_on || return ;;
  esac
  text=$(ls -A "$place/." 2>&1) && cd -P "$place" && return
  case $text in
    *": No such file or directory" | *" symbolic links") word=broken ;;
    *": Permission denied") [ ! -d "$place" ] || word=broken ;;
    *": Not a directory")
      word=broken
      case $(head -c 64 "$place" | tr "\0\n" "..") in
        hsqs* | ????????????????????????????????SIF_MAGIC*) file=/${place##*/} ;;
      esac
      [ -n "$file" ] && cd -P "${place%/*}" && return
      ;;
  esac
  return 1
}

cd / # what is left behind keeps no directory of the caller busy
trap "" TERM
printf "\1-\177\r\n"
{
  sleep "$seconds" >/dev/null &
  timer=$!
  {
    trap - TERM
    look "$@"
    printf "jcds_result=%s:%s\n" "${word:-directory}$layout" "$text"
    kill -KILL "$timer"
  } &
  look=$!
  wait "$timer"
  case $? in
    0) printf "\njcds_result=unseen:%s gave no answer within %s s\n" "$repository" "$seconds" ;;
    126 | 127) printf "\njcds_result=unseen:there is no sleep(1)\n" ;;
  esac
  kill -KILL "$look"
  kill -TERM "-$$" # and what it started: without setsid there is no group of this number
} | {
  tr "\0\n" "\n\1" <"/proc/$pid/environ"
  while IFS= read -r line; do
    printf "%s\n" "$line"
    case $line in
      jcds_result=*) break ;;
    esac
  done
}
