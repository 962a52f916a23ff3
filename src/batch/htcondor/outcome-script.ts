import type { Program } from '../../wrap/script-options.ts';

/**
 * How the wrapper says what became of a job: the status file in the scratch directory, as src/job/status-file.ts writes it
 * (for whoever wants to know which directory the job ran from), and for a failure the words on standard error, in the file
 * that HTCondor names, and the code that tells "later" (75) from "never".
 */
export function outcomeScript(runtime: Program['name']): string {
  return `jcds_plain="$jcds_newline -~"
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
jcds_tell() { # OUTCOME EXIT-CODE [NAME MESSAGE HINT]: a full disk is no reason to fail
  case \${_CONDOR_SCRATCH_DIR-} in
    /*) ;;
    *) return 0 ;;
  esac
  jcds_json "\${jcds_name:-$jcds_image}" && jcds_told="\\"image\\":$jcds_quoted"
  jcds_json "$jcds_repository" && jcds_told="$jcds_told,\\"repository\\":$jcds_quoted"
  jcds_json "$jcds_path" && jcds_told="$jcds_told,\\"path\\":$jcds_quoted"
  jcds_json "$jcds_target" && jcds_told="$jcds_told,\\"target\\":$jcds_quoted"
  jcds_json "\${jcds_program:+${runtime}}" && jcds_told="$jcds_told,\\"runtime\\":$jcds_quoted,\\"exitCode\\":$2"
  case $# in
    2) jcds_told=$jcds_told,\\"error\\":null ;;
    *)
      jcds_json "$4" && jcds_told="$jcds_told,\\"error\\":{\\"code\\":\\"$3\\",\\"message\\":$jcds_quoted"
      jcds_json "$5" && jcds_told="$jcds_told,\\"hint\\":$jcds_quoted}"
      ;;
  esac
  jcds_told="{\\"schemaVersion\\":2,\\"outcome\\":\\"$1\\",$jcds_told,\\"waitingFor\\":null}"
  jcds_write "$jcds_told" "$_CONDOR_SCRATCH_DIR/.jcds-status.json"
}
jcds_write() { # TEXT FILE: never into what lies there, such as a link or a pipe; half of it is worse than none
  if [ -e "$2" ] || [ -h "$2" ]; then jcds_run rm -f "$2" 2>/dev/null; fi
  set -C
  { printf '%s\\n' "$1" >"$2"; } 2>/dev/null || jcds_run rm -f "$2" 2>/dev/null
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
jcds_attribute() { # NAME: text, as the client of this machine has it, or nothing
  jcds_text=$(
    PATH=/usr/bin:/bin LC_ALL=C timeout -s KILL 5 /bin/sh -c 'getfattr -n "user.$1" --only-values --absolute-names -- "$2" ||
      attr -q -g "$1" "$2" ||
      python3 -I -S -c "import os, sys; print(os.getxattr(sys.argv[2], \\"user.\\" + sys.argv[1]).decode())" "$1" "$2"' \
      sh "$1" "$jcds_root/$jcds_repository" </dev/null 2>/dev/null
  )
}
jcds_is_behind() { # whether this machine may lack what was seen where the job was submitted
  jcds_attribute expires
  case $jcds_text in
    -[0-9]*) # its client should have looked for a newer revision by now
      jcds_attribute revision
      return 0
      ;;
  esac
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
  case $2 in
    NOT_PUBLISHED)
      ! jcds_is_behind || jcds_fail 75 NOT_IN_REVISION "$jcds_repository: $jcds_name is not in revision $jcds_text, which this machine shows (\${jcds_least:+the job was submitted at $jcds_least; }a newer one may have it)" \
        'HTCondor tries another machine, or this one later'
      ;;
  esac
  printf 'jcds: %s\\n' "$3" >&2
  [ -z "$4" ] || printf 'hint: %s\\n' "$4" >&2
  case \${_CONDOR_WRAPPER_ERROR_FILE-} in
    /*) jcds_write "jcds: $3" "$_CONDOR_WRAPPER_ERROR_FILE" ;;
  esac
  jcds_chirp "jcds: $3"
  jcds_tell failed "$1" "$2" "$3" "$4"
  exit "$1"
}`;
}
