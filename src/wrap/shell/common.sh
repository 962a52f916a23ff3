# shellcheck shell=sh disable=SC2034,SC2154 # variables of the script that this is a part of
# What every script needs: programs of the host, and texts changed.

jcds_run() { # COMMAND...: of the host
  PATH=/usr/bin:/bin:/usr/sbin:/sbin LC_ALL=C "$@"
}
jcds_find_link() { # PATH: whether a link is in it, the last of which is jcds_rest then
  jcds_rest=$1
  while [ -n "$jcds_rest" ] && [ ! -h "$jcds_rest" ]; do
    case $jcds_rest in
      */*) jcds_rest=${jcds_rest%/*} ;;
      *) jcds_rest='' ;;
    esac
  done
  [ -n "$jcds_rest" ]
}
jcds_replace() { # TEXT OLD NEW: sets jcds_text
  jcds_text=${1%%"$2"*} jcds_rest=$1
  while [ "$jcds_rest" != "${jcds_rest#*"$2"}" ]; do
    jcds_rest=${jcds_rest#*"$2"}
    jcds_text=$jcds_text$3${jcds_rest%%"$2"*}
  done
}
