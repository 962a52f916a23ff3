# shellcheck shell=sh disable=SC2034,SC2154 # variables of the script that this is a part of
# Looks at CVMFS and at what it holds. A mount can hang any process that touches it, for ever and beyond SIGKILL, so only one child
# (and what that starts) touches it, without any of the caller's descriptors, against a sleep(1) that it kills when it is done
# (jcds_timer); of what the two say the first answer counts, and nobody waits for the other. It is killed before that is said,
# since whoever writes more than sed(1) reads dies of it. Signals for all processes of the caller end
# neither, so that the number of the one is no other process' while the other may kill it.

jcds_bounded() { # COMMAND...: jcds_answer is what it prints, which ends with a line jcds_result=...
  jcds_answer=$(
    exec </dev/null 2>/dev/null 3<&- 4<&- 5<&- 6<&- 7<&- 8<&- 9<&-
    trap '' HUP INT TERM
    {
      PATH=/usr/bin:/bin sleep "$jcds_timeout" >/dev/null &
      jcds_timer=$!
      "$@" &
      jcds_left=$! IFS=' '
      if wait "$jcds_timer"; then
        jcds_end "$jcds_left"
        printf '\njcds_result=unseen: gave no answer within %s s\n\n' "$jcds_timeout" # busybox' sed reads ahead
      fi
    } | PATH=/usr/bin:/bin LC_ALL=C sed '/^jcds_result=/q'
  )
}
jcds_end() { # PROCESS, and all that it has started
  kill -STOP "$1" # it starts nothing more
  jcds_more=''
  read -r jcds_more <"/proc/$1/task/$1/children"
  for jcds_more in $jcds_more; do
    jcds_end "$jcds_more"
  done
  kill -KILL "$1"
}
