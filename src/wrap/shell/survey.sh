# shellcheck shell=sh disable=SC2034,SC2154,SC2317 # variables of the script that this is a part of; jcds_fail is called by others
# All that looks at files of the host or of CVMFS, in one bounded child, from which variables come back. The first line of one ends
# with = and every other begins with it, so that no text of the image is taken for a variable; empty lines are lost. In
# jcds_said is the caller's environment as the kernel keeps it, an entry a line (\1 for a line end), behind a line of \1 and \r.

jcds_survey() { # COMMAND
  jcds_fail() { jcds_code=$1 jcds_error=$2 jcds_message=$3 jcds_hint=$4 && jcds_hand_back; }
  @FIND@
  export LC_ALL PATH=/usr/bin:/bin:/usr/sbin:/sbin
  jcds_said=$(printf '\1\r\n' && exec tr '\0\n' '\n\1' <"/proc/$$/environ")
  cd / # what is left behind keeps no directory of the caller busy
  set +f
  @LOOK@
  set -f
  @READ@
  jcds_hand_back
}
jcds_hand_back() {
  IFS=$jcds_newline
  for jcds_item in code error message hint warned said target \
    @NAMES@; do
    printf 'jcds_%s=\n' "$jcds_item"
    eval "printf '=%s\n' \$jcds_$jcds_item"
  done
  printf 'jcds_result=seen\n'
  kill -KILL "$jcds_timer"
  exit
}
jcds_take_back() {
  for jcds_word in $jcds_answer; do
    case $jcds_word in
      =*) eval "$jcds_item=\${$jcds_item:+\$$jcds_item\$jcds_newline}\${jcds_word#=}" ;;
      *) jcds_item=${jcds_word%%=*} && eval "$jcds_item=\${jcds_word#*=}" ;;
    esac
  done
}
