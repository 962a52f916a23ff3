# shellcheck shell=sh disable=SC2034,SC2154 # a part of look.sh
# Links may lead into other repositories: whether this one does, and whether it may.

jcds_leads_on() {
  IFS=' '
  for jcds_item in $jcds_allowed; do
    IFS=$jcds_newline
    jcds_item=$(cd -P "@ROOT@/$jcds_item" && pwd) || continue
    case $PWD in
      "$jcds_item"/*) return 0 ;;
    esac
  done
  IFS=$jcds_newline
  jcds_result=escapes
  return 1
}
jcds_is_elsewhere() { # of what cannot be gone to: another repository may not be mounted
  jcds_link=$(readlink "$jcds_top/@ENTRY@")
  jcds_text=$(ls -A "$jcds_place/." 2>&1 >/dev/null)
  case $jcds_link in
    "/cvmfs/$jcds_repository"/* | "@ROOT@/$jcds_repository"/* | [!/]* | '') return 1 ;;
  esac
  jcds_item=${jcds_link#/cvmfs/}
  jcds_item=${jcds_item%%/*}
  case " $jcds_allowed " in
    *" ${jcds_item:-/} "*) ;;
    *) jcds_result=escapes jcds_text=$jcds_link ;;
  esac
}
