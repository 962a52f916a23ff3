# shellcheck shell=sh disable=SC2034,SC2154 # variables of the script that this is a part of
# What every script needs: programs of the host, and texts changed.

jcds_run() { PATH=/usr/bin:/bin:/usr/sbin:/sbin LC_ALL=C "$@"; } # COMMAND...: of the host
jcds_replace() { # TEXT OLD NEW: sets jcds_text
  jcds_text=${1%%"$2"*} jcds_rest=$1
  while [ "$jcds_rest" != "${jcds_rest#*"$2"}" ]; do
    jcds_rest=${jcds_rest#*"$2"}
    jcds_text=$jcds_text$3${jcds_rest%%"$2"*}
  done
}
