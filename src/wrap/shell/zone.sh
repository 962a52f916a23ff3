# shellcheck shell=sh disable=SC2034,SC2154 # variables of the script that this is a part of
# The host's time zone, in the place of a link of the image.

jcds_locate /etc
if [ -e /etc/localtime ] && [ -z "$jcds_found$jcds_left" ] && [ -h "$jcds_target$jcds_real/localtime" ]; then
  jcds_open "$jcds_real"
  jcds_covered=$jcds_covered${jcds_real#/}/localtime//
  jcds_option --ro-bind /etc/localtime "$jcds_real/localtime"
elif [ -e /etc/localtime ]; then
  jcds_mount_own /etc/localtime file --ro-bind /etc/localtime
fi
