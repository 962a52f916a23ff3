# shellcheck shell=sh disable=SC2034,SC2154 # a part of look.sh
# Links may lead into other repositories: whether this one does, and whether it may.

leads_on() {
  for part in $allowed; do
    part=$(cd -P "$root/$part" && pwd) || continue
    case $PWD in
      "$part"/*) return 0 ;;
    esac
  done
  word=escapes text=$PWD
  return 1
}
is_elsewhere() { # of what cannot be gone to: another repository may not be mounted
  link=$(readlink -n "$top/$entry")
  text=$(ls -A "$place/." 2>&1 >/dev/null)
  case $link in
    "/cvmfs/$name"/* | "$repository"/* | [!/]* | "") return 1 ;;
  esac
  part=${link#/cvmfs/}
  part=${part%%/*}
  case " $allowed " in
    *" ${part:-/} "*) ;;
    *) word=escapes text=$link ;;
  esac
}
