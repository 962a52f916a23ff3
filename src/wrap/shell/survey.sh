# shellcheck shell=sh disable=SC2034,SC2154,SC2317 # variables of the script that this is a part of; jcds_fail is called by others
# All that reads CVMFS, in one bounded child, from which variables come back. The first line of one begins with its name and every other
# with =, so that no text of the image is taken for a variable. What is decided without CVMFS (jcds_decide) the child
# decides for itself.

jcds_survey() { # COMMAND
  jcds_fail() { jcds_code=$1 jcds_error=$2 jcds_message=$3 jcds_hint=$4 && jcds_hand_back; }
  @LOOK@
  jcds_decide
  PATH=/usr/bin:/bin:/usr/sbin:/sbin
  export PATH LC_ALL
  @READ@
  jcds_hand_back
}
jcds_hand_back() {
  IFS=$jcds_newline
  for jcds_item in said lines; do # which have no empty lines, but lines too long for jcds_replace
    printf %s "jcds_$jcds_item"
    eval "printf '=%s\n' \$jcds_$jcds_item"
  done
  for jcds_item in code error message hint warned target @NAMES@; do
    eval "jcds_text=\$jcds_$jcds_item"
    case $jcds_text in
      *"$jcds_newline"*) jcds_replace "$jcds_text" "$jcds_newline" "$jcds_newline=" ;; # slow in a long text
    esac
    printf '%s\n' "jcds_$jcds_item=$jcds_text"
  done
  printf 'jcds_result=seen\n'
  kill -KILL "$jcds_timer"
  exit
}
jcds_take_back() {
  for jcds_word in $jcds_answer; do
    case $jcds_word in
      =*) eval "$jcds_item=\$$jcds_item\$jcds_newline\${jcds_word#=}" ;;
      *) jcds_item=${jcds_word%%=*} && eval "$jcds_item=\${jcds_word#*=}" ;;
    esac
  done
}
