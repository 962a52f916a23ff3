# shellcheck shell=sh disable=SC2034,SC2154 # variables of the script that this is a part of
# A working directory that is reached by a link: under the name that was typed where that is shown, and what it leads to is
# shown then (jcds_linked); else under its real name.

jcds_linked=''
if [ -n "$jcds_here" ] && cd -P . && [ "$PWD" != "$jcds_here" ]; then
  jcds_linked=$PWD
  case $jcds_here in
    "${jcds_shown:-/tmp}"/* | /tmp/* | /var/tmp/*) ;;
    *) jcds_here=$PWD ;;
  esac
fi
