# shellcheck shell=sh disable=SC2034,SC2154 # variables of the script that this is a part of
# Variables of the job, for a runtime that hands on its own environment. Those of the image it is told: nothing that an image says
# is ever a variable of this shell. Those that a person gave stand in no argument list, but for what would steer the runtime
# itself; what no shell hands on env(1) does.

jcds_give() { # NAME VALUE: of the image, unless a person gave it
  case $1:$jcds_given in
    PATH:*) jcds_search=$2 ;;
    LD_LIBRARY_PATH:*) jcds_libraries=$2 ;;
    HOME:* | PWD:* | *" $1 "*) ;;
    *) jcds_option --setenv "$1" "$2" ;;
  esac
}
jcds_pass() { # NAME VALUE: that a person gave
  case $1 in
    PATH) jcds_search=$2 ;;
    LC_ALL) export LC_ALL && jcds_locale=$2 ;;
    LD_LIBRARY_PATH) jcds_libraries=$2 ;;
    @STEERING@) jcds_option --setenv "$1" "$2" ;;
    jcds_* | '' | *[!A-Za-z0-9_]* | [0-9]* | _ | DIRSTACK | FUNCNAME | GROUPS | IFS | PIPESTATUS | SECONDS | SHLVL | \
      @UNSTEADY@)
      jcds_replace "$2" "$jcds_newline" "$jcds_one"
      jcds_lost=$jcds_lost$1=$jcds_text$jcds_newline
      ;;
    *) export "$1=$2" ;;
  esac
}
