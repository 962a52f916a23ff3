# shellcheck shell=sh disable=SC2034,SC2154 # variables of the script that this is a part of
# Tells 126 and 127 before anything is started, where they are certain: a command that is not in the image, is a directory,
# or may not be executed. What only the container can know is left to it: what a link of the image decides that the host
# would follow elsewhere, and what ls(1) does not say "not there" of. Interpreters and loaders are not looked at.

jcds_check() { # COMMAND
  jcds_places='' jcds_refused=''
  case $1 in
    *"$jcds_newline"*) return ;;
    /*) jcds_places=$1 ;;
    */*) jcds_places=$jcds_cwd/$1 ;;
    ?*)
      IFS=:
      for jcds_item in $jcds_search; do
        jcds_places=$jcds_places${jcds_item:-.}/$1$jcds_newline
      done
      IFS=$jcds_newline
      ;;
  esac
  for jcds_item in $jcds_places; do
    jcds_on_host "$jcds_item"
    if [ -d "$jcds_at" ]; then
      [ "$1" = "${1#*/}" ] || jcds_refused='it is a directory' jcds_text=$jcds_item
    elif [ -x "$jcds_at" ] || { [ -h "$jcds_at" ] && ! [ -e "$jcds_at" ]; }; then
      return
    elif [ -e "$jcds_at" ]; then
      jcds_refused='it has no execute permission for you' jcds_text=$jcds_item
    fi
  done
  [ -z "$jcds_refused" ] ||
    @REFUSED@
  for jcds_item in $jcds_places; do
    jcds_on_host "$jcds_item"
    jcds_rest=$jcds_at
    until jcds_rest=${jcds_rest%/*} && [ -d "$jcds_rest/" ]; do
      [ ! -h "$jcds_rest" ] || return
    done
    case $jcds_item:$jcds_at:$(cd -P "$jcds_rest/" && pwd)/ in
      *:"$jcds_target"/*:"$jcds_target"/*) ;;
      [!/]* | *:"$jcds_target"/*) return ;;
    esac
    command ls -d "$jcds_at" 2>&1 | grep -qE 'No such file|Not a directory|name too long' || return
  done
  @NOT_FOUND@
}
