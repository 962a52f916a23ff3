# shellcheck shell=sh disable=SC2034,SC2086,SC2154 # variables of the script that this is a part of; lists
# Tells 126 and 127 before anything is started, where they are certain: a command that is not in the image, is a directory,
# or may not be executed. What only the container can know is left to it: what a link of the image decides that the host
# would follow elsewhere, and what ls(1) does not say "not there" of. Interpreters and loaders are not looked at.

jcds_check() { # COMMAND
  jcds_command=$1 jcds_refused='' jcds_missing=''
  IFS=:
  case $1 in
    /*) set -- / ;;
    */*) set -- "$jcds_cwd" ;;
    *) set -- $jcds_search ;;
  esac
  IFS=$jcds_newline
  for jcds_item in "$@"; do
    [ "${jcds_item#/}" != "$jcds_item" ] || return 0
    jcds_item=${jcds_item%/}/${jcds_command#/}
    jcds_on_host "$jcds_item"
    if [ -d "$jcds_at" ]; then
      [ "$jcds_command" = "${jcds_command#*/}" ] || jcds_refused='it is a directory' jcds_text=$jcds_item
    elif [ -x "$jcds_at" ]; then
      return 0
    elif [ -e "$jcds_at" ]; then
      jcds_refused='it has no execute permission for you' jcds_text=$jcds_item
    else
      jcds_rest=$jcds_at
      until cd -P "$jcds_rest/"; do
        [ ! -h "$jcds_rest" ] || return 0
        jcds_rest=${jcds_rest%/*}
      done
      case $jcds_at:$PWD/ in
        "$jcds_target"/*:"$jcds_target"/*) ;;
        "$jcds_target"/*) return 0 ;;
      esac
      jcds_missing=$jcds_missing$jcds_newline$jcds_at
    fi
  done
  [ -z "$jcds_refused" ] ||
    @REFUSED@
  ! command ls -d $jcds_missing 2>&1 | grep -qvE 'No such file|Not a directory|name too long' || return 0
  @NOT_FOUND@
}
