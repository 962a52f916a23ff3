# shellcheck shell=sh disable=SC2034,SC2154 # variables of the script that this is a part of
# A variable of the job, for a runtime that hands on its own environment. What would steer the runtime itself it is told; what
# no shell hands on env(1) does.

jcds_give() { # NAME VALUE
  case $1 in
    PATH) jcds_search=$2 ;;
    LC_ALL) export LC_ALL && jcds_locale=set$2 ;;
    LD_LIBRARY_PATH) jcds_libraries=$2 ;;
    @STEERING@) jcds_option --setenv "$1" "$2" ;;
    '' | *[!A-Za-z0-9_]* | [0-9]* | _ | DIRSTACK | EUID | FUNCNAME | GROUPS | IFS | PIPESTATUS | SECONDS | SHLVL | UID | \
      @UNSTEADY@)
      jcds_replace "$2" "$jcds_newline" "${jcds_ascii%-?}"
      jcds_lost=$jcds_lost$1=$jcds_text$jcds_newline
      ;;
    *) export "$1=$2" ;;
  esac
}
