import { quoteWord } from '../../launch/quote.ts';
import { LOOK_SCRIPT } from '../../wrap/look-script.ts';
import { MACHINE_AD, suffixesOf } from './machine-attributes.ts';

/** What a machine tells of itself. */
export interface MachineAdOptions {
  /** Checked names. */
  readonly repositories: readonly string[];
  /** The lines that set jcds_root and jcds_timeout: lookLines of the room wrap. */
  readonly look: readonly string[];
  /** For the first lines: which jcds wrote it. */
  readonly version: string;
  /** Seconds for which the answer is to be believed. */
  readonly lifetime: number;
}

/**
 * The STARTD_CRON job, in POSIX sh: looks at every repository and tries the runtimes at the same time, and prints what
 * it found as an ad that ends in a line with `-`. What has not answered within jcds_timeout hangs, and is left behind: the
 * reader leaves its pipe at the word `end`, which comes from a subshell that touches nothing. That kills the worker, which would
 * else end the timer by a number that may be another process' by then.
 * @throws SameAttributeError
 */
export function machineAdScript({ repositories, look, version, lifetime }: MachineAdOptions): string {
  const rows = [...suffixesOf(repositories)].map(words => words.map(quoteWord).join(' '));
  return [
    '#!/bin/sh',
    '# What this machine can run, for HTCondor: a job of STARTD_CRON, without Node.js.',
    `# Written by jcds ${version} (jcds condor machine-ad --script); docs/htcondor.md of jcds explains it.`,
    '# shellcheck disable=SC2016,SC2034 # texts for another shell',
    'set +aefunvxC',
    ...look,
    'cd /',
    'PATH=${PATH:+$PATH:}/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin LC_ALL=C',
    'export PATH LC_ALL',
    `jcds_look=${quoteWord(LOOK_SCRIPT)}`,
    '',
    LOOK_AT,
    RUNTIMES,
    ATTRIBUTES,
    `jcds_print() { # prints the ad from the answers on standard input`,
    '  jcds_answers=" "',
    '  while read -r jcds_kind jcds_answer; do',
    '    case $jcds_kind in',
    '      end) break ;;',
    '      *) jcds_answers="$jcds_answers$jcds_kind=$jcds_answer " ;;',
    '    esac',
    '  done',
    ...rows.map(row => `  jcds_attributes ${row}`),
    '  jcds_print_runtimes',
    `  printf '${MACHINE_AD.time} = %s\\n${MACHINE_AD.lifetime} = ${lifetime}\\n-\\n' "$(date +%s)"`,
    '}',
    '',
    '{',
    '  sleep "$jcds_timeout" >/dev/null &',
    '  jcds_timer=$!',
    '  {',
    ...[...suffixesOf(repositories).keys()].map(name => `    jcds_look_at ${quoteWord(name)} &`),
    '    jcds_try_apptainer &',
    '    jcds_try_bubblewrap &',
    '    wait',
    '    kill -KILL "$jcds_timer"',
    '  } &',
    '  jcds_worker=$!',
    '  wait "$jcds_timer"',
    '  kill -KILL "$jcds_worker"',
    '  echo end',
    '} 2>/dev/null </dev/null | jcds_print',
    '',
  ].join('\n');
}

/**
 * Answers `REPOSITORY WORD:REVISION`, where WORD is what the look says. It has the directory listed, and nothing more. Where
 * looks of former times at the same place still hang, beyond SIGKILL, it adds none to them.
 */
const MOST_LEFT = 3;
const LOOK_AT = `jcds_left_behind() { # REPOSITORY
  grep -lszxF jcds-machine-look /proc/[0-9]*/cmdline | while read -r jcds_file; do
    grep -qszxF -e "$jcds_root" "$jcds_file" && grep -qszxF -e "$1" "$jcds_file" && echo "$jcds_file"
  done | wc -l
}
jcds_look_at() { # REPOSITORY
  if [ "$(jcds_left_behind "$1")" -ge ${MOST_LEFT} ]; then
    echo "$1 HUNG:undefined"
    return
  fi
  jcds_word=$(
    PATH=/usr/bin:/bin:/usr/sbin:/sbin
    set -- /bin/sh -c "$jcds_look" jcds-machine-look "$jcds_root" "$1" '' "$jcds_timeout" "$$" '' '' ''
    [ ! -x /usr/bin/setsid ] || set -- /usr/bin/setsid "$@"
    exec "$@"
  )
  jcds_word=\${jcds_word##*jcds_result=}
  jcds_word=\${jcds_word%%:*}
  jcds_revision=undefined
  case $jcds_word in
    missing)
      jcds_word=healthy
      jcds_find_revision "$jcds_root/$1"
      ;;
    '' | *[!A-Z_]*) jcds_word=LOOK_FAILED ;;
  esac
  echo "$1 $jcds_word:$jcds_revision"
}
jcds_find_revision() { # DIRECTORY: by the first tool that is there and knows it
  for jcds_tool in getfattr attr python3; do
    case $jcds_tool in
      getfattr) jcds_text=$(getfattr -n user.revision --only-values --absolute-names -- "$1") ;;
      attr) jcds_text=$(attr -q -g revision "$1") ;;
      *) jcds_text=$(python3 -I -S -c 'import os, sys; print(os.getxattr(sys.argv[1], "user.revision").decode())' "$1") ;;
    esac
    case $jcds_text in
      '' | *[!0-9]* | ???????????????*) ;;
      *)
        jcds_revision=$jcds_text
        return
        ;;
    esac
  done
}`;

/** As the probes of src/runtimes/ do it: an error about a command that is not there proves the container. */
const RUNTIMES = `jcds_bounded() { # COMMAND...
  [ ! -x /usr/bin/timeout ] || set -- /usr/bin/timeout -s KILL "$jcds_timeout" "$@"
  "$@" 2>&1
}
jcds_try_apptainer() { # or, where there is none, singularity
  for jcds_name in apptainer singularity; do
    command -v "$jcds_name" >/dev/null || continue
    for jcds_option in --no-home --userns; do
      case $(jcds_bounded "$jcds_name" -s exec "$jcds_option" --no-home /usr /jcds-probe) in
        */jcds-probe*)
          echo "$jcds_name works"
          return
          ;;
      esac
    done
    return
  done
}
jcds_try_bubblewrap() {
  case $(jcds_bounded bwrap --cap-drop ALL --ro-bind / / --proc /proc bwrap --version) in
    bubblewrap*) echo 'bubblewrap works' ;;
  esac
}
jcds_print_runtimes() {
  jcds_text=''
  for jcds_name in apptainer singularity bubblewrap; do
    case $jcds_answers in
      *" $jcds_name=works "*) jcds_text=\${jcds_text:+$jcds_text,}$jcds_name ;;
    esac
  done
  printf '${MACHINE_AD.runtimes} = "%s"\\n' "$jcds_text"
}`;

/** A repository that has not answered hangs. What was told before must not stay: so an unknown revision is said too. */
const ATTRIBUTES = `jcds_attributes() { # REPOSITORY SUFFIX
  jcds_mounted=True jcds_healthy=False jcds_revision=undefined jcds_reason='"HUNG"'
  case $jcds_answers in
    *" $1="*)
      jcds_text=\${jcds_answers##*" $1="}
      jcds_text=\${jcds_text%% *}
      jcds_revision=\${jcds_text#*:}
      jcds_text=\${jcds_text%%:*}
      jcds_reason=\\"$jcds_text\\"
      case $jcds_text in
        healthy) jcds_healthy=True jcds_reason=undefined ;;
        NO_ROOT | NOT_*) jcds_mounted=False ;;
      esac
      ;;
  esac
  printf '${MACHINE_AD.has}%s = %s\\n${MACHINE_AD.mounted}%s = %s\\n${MACHINE_AD.healthy}%s = %s\\n' \\
    "$2" "$jcds_healthy" "$2" "$jcds_mounted" "$2" "$jcds_healthy"
  printf '${MACHINE_AD.reason}%s = %s\\nCVMFS_%s_REVISION = %s\\n' "$2" "$jcds_reason" "$2" "$jcds_revision"
}`;
