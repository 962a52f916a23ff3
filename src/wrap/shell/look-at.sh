# shellcheck shell=sh disable=SC2034,SC2154 # variables of the script that this is a part of
# The look, in a session of its own where there is a setsid(1).

jcds_look() {
  PATH=/usr/bin:/bin:/usr/sbin:/sbin
  export PATH LC_ALL
  set -- "@ROOT@" "$jcds_repository" "$jcds_entry" "@PROCESS@" \
    @KNOWN@@MORE@
  set -- /bin/sh -c "$jcds_look" @TITLE@ "$@"
  [ ! -x /usr/bin/setsid ] || set -- /usr/bin/setsid "$@"
  exec "$@"
}
