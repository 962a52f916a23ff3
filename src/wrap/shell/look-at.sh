# shellcheck shell=sh disable=SC2034,SC2154 # variables of the script that this is a part of
# The look, in a session of its own where there is a setsid(1), without any of the caller's descriptors: sets jcds_said.

jcds_look_at() {
  jcds_said=$(
    set -- "$jcds_root" "$jcds_repository" "$jcds_entry" "$jcds_timeout" "$$" "$jcds_allowed"
    set -- /bin/sh -c "$jcds_look" jcds-look "$@" @DEEP@ \
      @KNOWN@ @ORIGIN@@ENTRIES@
    [ ! -x /usr/bin/setsid ] || set -- /usr/bin/setsid "$@"
    PATH=/usr/bin:/bin:/usr/sbin:/sbin
    export PATH LC_ALL
    exec "$@" </dev/null 2>/dev/null 3<&- 4<&- 5<&- 6<&- 7<&- 8<&- 9<&-
  )
  @MISSING@
}
