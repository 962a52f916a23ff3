# shellcheck shell=sh disable=SC2034,SC2154 # variables of the script that this is a part of
# The home of whoever has no HOME (HTCondor 23.9), or none that is a directory.

jcds_find_home() {
  jcds_home=$(jcds_run getent passwd "$(jcds_run id -u)")
  jcds_home=${jcds_home%:*}
  jcds_home=${jcds_home##*:}
  jcds_home=${jcds_home:-/}
}
