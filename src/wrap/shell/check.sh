# shellcheck shell=sh disable=SC2034,SC2154 # variables of the script that this is a part of
# Tells 126 and 127 before anything is started, where they are certain: a command that is not in the image, is a directory,
# or may not be executed. What only the container can know is left to it; "not there" is believed only of what ls(1) says
# it of. Interpreters and loaders are not looked at.

jcds_check() { # COMMAND
  case $1 in
    '') jcds_places='' ;;
    *"$jcds_newline"*) return ;;
    /*) jcds_places=$1 ;;
    */*) jcds_places=$jcds_cwd/$1 ;;
    *)
      jcds_places=''
      IFS=:
      for jcds_item in $jcds_search; do
        case $jcds_item in
          /*) ;;
          *) jcds_item=$jcds_cwd/$jcds_item ;;
        esac
        jcds_places=$jcds_places$jcds_item/$1$jcds_newline
      done
      IFS=$jcds_newline
      ;;
  esac
  jcds_refused='' jcds_text=$1
  for jcds_item in $jcds_places; do
    @ON_HOST@ "$jcds_item"
    if [ -d "$jcds_at" ]; then
      case $1 in
        */*) jcds_refused='it is a directory' jcds_text=$jcds_item ;;
      esac
    elif [ -x "$jcds_at" ] || @UNKNOWN@; then
      return
    elif [ -e "$jcds_at" ] && [ -z "${jcds_refused##*directory}" ]; then
      jcds_refused='it has no execute permission for you' jcds_text=$jcds_item
    fi
  done
  jcds_text=$(jcds_clean "$jcds_text")
  [ -z "$jcds_refused" ] ||
    @REFUSED@
  for jcds_item in $jcds_places; do
    @ON_HOST@ "$jcds_item"
    @OUTSIDE@
    jcds_rest=$(jcds_run ls -d "$jcds_at" 2>&1)
    case $jcds_rest in
      *'No such file'* | *'Not a directory'* | *'name too long'*) ;;
      *'nput/output error'* | *'I/O error'* | *'not connected'* | *' timed out'*)
        jcds_text=$(jcds_clean "$jcds_at")
        @UNREADABLE@
        ;;
      *) return ;;
    esac
  done
  [ -e "$jcds_target/bin/sh" ] || [ -h "$jcds_target/bin/sh" ] ||
    @NO_SHELL@
  @NOT_FOUND@
}
