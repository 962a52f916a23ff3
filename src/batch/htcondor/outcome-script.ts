import { SCHEMA_VERSION } from '../../schema-version.ts';
import { UNSEEN_BYTES } from '../../wrap/failures.ts';
import { part } from '../../wrap/part.ts';
import type { Program } from '../../wrap/script-options.ts';
import OVERDUE from '../../wrap/shell/overdue.sh';
import { LATER } from './rules.ts';

/**
 * How the wrapper says what became of a job: the status file in the scratch directory, as src/job/status-file.ts writes it
 * (for whoever wants to know which directory the job ran from), and for a failure the words on standard error and the code that
 * tells "later" (75) from "never".
 */
export function outcomeScript(runtime: Program['name']): string {
  return `jcds_plain="$jcds_newline -~"
jcds_clean() { # TEXT, as far as a terminal may see it
  printf %s "$1" | jcds_run tr ${UNSEEN_BYTES}
}
jcds_json() { # TEXT, or nothing: jcds_quoted is it in JSON
  case $1 in
    '')
      jcds_quoted=null
      return
      ;;
  esac
  jcds_quoted='' jcds_unquoted=$1
  case $1 in
    *[!$jcds_plain]*) jcds_unquoted=$(jcds_clean "$1") ;;
  esac
  while :; do
    case $jcds_unquoted in
      *[\\\\\\"]*)
        jcds_quoted=$jcds_quoted\${jcds_unquoted%%[\\\\\\"]*}
        jcds_unquoted=\${jcds_unquoted#"\${jcds_unquoted%%[\\\\\\"]*}"}
        jcds_quoted=$jcds_quoted\\\\\${jcds_unquoted%"\${jcds_unquoted#?}"}
        jcds_unquoted=\${jcds_unquoted#?}
        ;;
      *"$jcds_newline"*)
        jcds_quoted=$jcds_quoted\${jcds_unquoted%%"$jcds_newline"*}\\\\n
        jcds_unquoted=\${jcds_unquoted#*"$jcds_newline"}
        ;;
      *) break ;;
    esac
  done
  jcds_quoted=\\"$jcds_quoted$jcds_unquoted\\"
}
jcds_compose() { # OUTCOME EXIT-CODE [NAME MESSAGE HINT]: sets jcds_told
  jcds_json "\${jcds_name:-$jcds_image}" && jcds_told="\\"image\\":$jcds_quoted"
  jcds_json "$jcds_repository" && jcds_told="$jcds_told,\\"repository\\":$jcds_quoted"
  jcds_json "$jcds_path" && jcds_told="$jcds_told,\\"path\\":$jcds_quoted"
  jcds_json "$jcds_target" && jcds_told="$jcds_told,\\"target\\":$jcds_quoted"
  jcds_json "\${jcds_target:+\${jcds_program:+${runtime}}}" && jcds_told="$jcds_told,\\"runtime\\":$jcds_quoted,\\"exitCode\\":$2"
  case $# in
    2) jcds_told=$jcds_told,\\"error\\":null ;;
    *)
      jcds_json "$4" && jcds_told="$jcds_told,\\"error\\":{\\"code\\":\\"$3\\",\\"message\\":$jcds_quoted"
      jcds_json "$5" && jcds_told="$jcds_told,\\"hint\\":$jcds_quoted}"
      ;;
  esac
  jcds_told="{\\"schemaVersion\\":${SCHEMA_VERSION},\\"outcome\\":\\"$1\\",$jcds_told,\\"waitingFor\\":null}"
}
jcds_file='' # of the status; jobs of one submit directory have one each
case \${_CONDOR_SCRATCH_DIR-} in
  /*) jcds_file=$_CONDOR_SCRATCH_DIR/.jcds-status\${jcds_cluster:+.$jcds_cluster.$jcds_process}.json ;;
esac
jcds_tell() { # as jcds_compose: a full disk is no reason to fail
  [ -n "$jcds_file" ] || return 0
  jcds_compose "$@"
  jcds_write "$jcds_told" "$jcds_file"
}
jcds_write() { # TEXT FILE: never into what lies there, such as a link or a pipe, which it replaces; half of it is worse than none
  jcds_aside=$2
  if [ -e "$2" ] || [ -h "$2" ]; then jcds_aside=$2.$$; fi
  set -C
  if { printf '%s\\n' "$1" >"$jcds_aside"; } 2>/dev/null; then
    [ "$jcds_aside" = "$2" ] || jcds_run mv -fT "$jcds_aside" "$2" 2>/dev/null || jcds_run rm -f "$jcds_aside"
  else
    jcds_run rm -f "$jcds_aside" 2>/dev/null
  fi
  set +C
}
jcds_chirp() { # TEXT: into the job's event log, where the job is allowed to
  case $jcds_proxy in
    '') return 0 ;;
  esac
  for jcds_item in "\${_CONDOR_LIBEXEC-}" /usr/libexec/condor /usr/lib/condor/libexec "\${_CONDOR_BIN-}"; do
    [ -x "$jcds_item/condor_chirp" ] || continue
    PATH=/usr/bin:/bin timeout 5 "$jcds_item/condor_chirp" ulog "$1" </dev/null >/dev/null 2>&1
    return 0
  done
}
${part(OVERDUE)}
jcds_is_behind() { # whether this machine may lack what was seen where the job was submitted
  ! jcds_is_overdue || return 0
  case $jcds_least in
    '') return 1 ;;
  esac
  jcds_attribute revision
  case $jcds_text in
    '' | *[!0-9]* | ???????????????*) jcds_text='(unknown)' ;;
    *) [ "$jcds_text" -lt "$jcds_least" ] ;;
  esac
}
jcds_fail() { # CODE NAME MESSAGE HINT
  set -- "$1" "$2" "$(jcds_clean "$3")" "$4"
  case $2 in
    NOT_PUBLISHED)
      ! jcds_is_behind || jcds_fail 75 NOT_IN_REVISION "$jcds_repository: $jcds_name is not in revision $jcds_text, which this machine shows (\${jcds_least:+the job was submitted at $jcds_least; }a newer one may have it)" \
        'HTCondor tries another machine, or this one later'
      ;;
    NO_RUNTIME) set -- ${LATER} "$2" "$3" "$4" ;; # this machine's fault, not the job's
  esac
  printf 'jcds: %s\\n' "$3" >&2
  [ -z "$4" ] || printf 'hint: %s\\n' "$4" >&2
  jcds_chirp "jcds: $3"
  jcds_tell failed "$1" "$2" "$3" "$4"
  exit "$1"
}`;
}
