# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the head of a file of its own is written by after-script.ts
# HTCondor runs it as a job's PostCmd, outside the image, when the job has ended, in the job's scratch directory. What the status
# file says decides whose end it was: `started` stands there from the side of the job alone.

set -fu
umask 077
jcds_ad=${_CONDOR_JOB_AD:-} jcds_scratch=${_CONDOR_SCRATCH_DIR:-}
PATH=/usr/bin:/bin:/usr/sbin:/sbin LC_ALL=C
export PATH LC_ALL
jcds_of_job() { # NAME: jcds_text is a number of the job's ad
  jcds_text=$(grep -aiE "^$1 *= *[0-9]+\$" "$jcds_ad" 2>/dev/null)
  jcds_text=${jcds_text##*[= ]}
}
jcds_of_job ClusterId
jcds_file=${jcds_text:+.$jcds_text}
jcds_of_job ProcId
jcds_file=$jcds_scratch/.jcds-status${jcds_file:+$jcds_file.$jcds_text}.json
jcds_status=''
[ ! -f "$jcds_file" ] || [ -h "$jcds_file" ] || read -r jcds_status <"$jcds_file"
jcds_end=${_CONDOR_MAINJOB_EXIT_CODE:-a signal}
jcds_one() { # NAME: jcds_text is a text of the status, as JSON has it
  jcds_text=${jcds_status#*\""$1"\":\"}
  [ "$jcds_text" != "$jcds_status" ] || jcds_text=''
  case $jcds_text in
    *\",\"*) jcds_text=${jcds_text%%\",\"*} ;;
    *) jcds_text=${jcds_text%%\"\}*} ;;
  esac
}
jcds_code=''
case $jcds_status in
  '{"schemaVersion":@SCHEMA@,"outcome":"started",'*)
    jcds_one target
    case $jcds_end:$jcds_text in
      0:* | *:) ;;
      *)
        # A signal by its number lets nobody wait: what hangs in a dead mount is left behind.
        timeout -s KILL @PATIENCE@ /bin/sh -c 'cd -P "$1/" && ls -A . >/dev/null' sh "$jcds_text" >/dev/null 2>&1 </dev/null ||
          jcds_code=@LATER@ jcds_why="CVMFS went away under the job, which ended with $jcds_end: $jcds_text"
        ;;
    esac
    ;;
  '{"schemaVersion":@SCHEMA@,"outcome":"starting",'*)
    jcds_one runtime
    jcds_code=@LATER@ jcds_why="$jcds_text did not start the job on this machine, and ended with $jcds_end: its words are in the job's standard error"
    ;;
  '{"schemaVersion":@SCHEMA@,"outcome":"failed",'*)
    jcds_code=${jcds_status#*\"exitCode\":}
    jcds_code=${jcds_code%%[!0-9]*}
    jcds_one message
    jcds_why=$jcds_text
    ;;
esac
[ -n "$jcds_code" ] || exit 0
jcds_one_line() { # jcds_why in one line: HTCondor holds a job without a word, and for ever, where the reason has more
  jcds_rest=$jcds_why jcds_why=''
  while :; do
    case $jcds_rest in
      *\\n*) ;;
      *) break ;;
    esac
    jcds_why=$jcds_why${jcds_rest%%\\*} jcds_rest=${jcds_rest#*\\}
    case $jcds_rest in
      n*)
        jcds_why="$jcds_why;"
        jcds_rest=${jcds_rest#n}
        ;;
      *)
        jcds_why=$jcds_why\\${jcds_rest%"${jcds_rest#?}"}
        jcds_rest=${jcds_rest#?}
        ;;
    esac
  done
  jcds_why=$jcds_why$jcds_rest
}
jcds_one_line
jcds_of_job NumShadowStarts
for jcds_item in "${_CONDOR_LIBEXEC:-}" /usr/libexec/condor /usr/lib/condor/libexec "${_CONDOR_BIN:-}" "$(condor_config_val LIBEXEC 2>/dev/null)"; do
  [ -x "$jcds_item/condor_chirp" ] || continue
  timeout @PATIENCE@ "$jcds_item/condor_chirp" set_job_attr_delayed @FAULT@ \
    "[Start=$jcds_text;Code=$jcds_code;Reason=\"$jcds_why\"]" </dev/null >/dev/null 2>&1 && exit 0
done
# Not told: HTCondor holds the job then, as a PostCmd that failed.
exit "$jcds_code"
