# shellcheck shell=sh disable=SC2034,SC2154 # variables of the script that this is a part of
# A variable that the job's author wrote, before the image's. What is addressed to the container comes before that.

jcds_give_authored() { # NAME VALUE
  eval "jcds_text=\${APPTAINERENV_$1+set}\${SINGULARITYENV_$1+set}"
  [ -z "$jcds_text" ] || return 0
  case $jcds_prefix:$1 in
    :*)
      printf 'jcds: the image %s may have a value of its own for %s\n' "$jcds_name" "$1" >&2
      return
      ;;
    *:PATH)
      jcds_search=$2
      unset APPTAINERENV_PREPEND_PATH APPTAINERENV_APPEND_PATH
      unset SINGULARITYENV_PREPEND_PATH SINGULARITYENV_APPEND_PATH
      ;;
  esac
  jcds_give "$1" "$2"
}
