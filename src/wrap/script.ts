import { quoteWord } from '../launch/quote.ts';
import { apptainerLines } from './apptainer-script.ts';
import { ownBinds } from './binds-script.ts';
import { bubblewrapFunctions, bubblewrapLines } from './bubblewrap-script.ts';
import { BYTES } from './bytes-script.ts';
import { commandScript } from './command-script.ts';
import { EXACT_ENVIRONMENT, environmentScript, HAND_ON, SCRIPT_READS } from './environment-script.ts';
import { failureBranches } from './failures.ts';
import { imageFunctions, imageLines } from './image-script.ts';
import { LOOK_SCRIPT, PLAIN_PATTERNS } from './look-script.ts';
import { APPTAINER_BIND, WORDS } from './options-script.ts';
import type { ScriptOptions } from './script-options.ts';
import { rememberPassed } from './start-script.ts';
import { valuesScript } from './values-script.ts';

/** The parts of a script that differ from use to use. */
export interface ScriptParts {
  /** Comment lines that say what it is, without the `#`. */
  readonly title: readonly string[];
  /** Functions and lines before the look: they set jcds_name, jcds_repository, jcds_entry, jcds_root, jcds_timeout,
   * jcds_allowed (names of other repositories that links may lead into), and "$@". */
  readonly before: string;
  /** Defines jcds_fail CODE NAME MESSAGE HINT, which ends the script. */
  readonly fail: string;
  /** Lines that may end the script before anything else of it is read, and the variables by which they tell the rest. */
  readonly early?: { readonly lines: string; readonly tells: readonly string[] };
  /** Calls jcds_look_at; where there are several repositories, for one after another. */
  readonly search?: string;
  /** Runs right before the runtime is started. */
  readonly starting?: readonly string[];
  readonly requested: ScriptOptions;
}

/** How a script says why nothing was started. */
export const PRINT_FAILURE = `jcds_fail() { # CODE NAME MESSAGE HINT
  printf 'jcds: %s\\n' "$3" >&2
  [ -z "$4" ] || printf 'hint: %s\\n' "$4" >&2
  exit "$1"
}`;

/**
 * A whole script, one character a byte: POSIX sh for dash, bash as sh and busybox. It looks for the image, decides what
 * depends on who runs it and where, and ends in `exec` of the runtime with "$@".
 */
export function renderScript(parts: ScriptParts): Buffer {
  const { requested } = parts;
  const body = [
    parts.fail,
    FIND,
    ...(typeof requested.home === 'object' || requested.homeless !== 'account' ? [] : [FIND_HOME]),
    hostPlaces(requested),
    WORDS,
    ownBinds(requested),
    ...runtimeFunctions(requested),
    EXACT_ENVIRONMENT,
    HAND_ON,
    commandScript(requested.image, requested.program.prefix === null),
    start(parts),
    LOOK,
    LOOK_AT,
    parts.before,
    parts.search ?? 'jcds_look_at',
    end(requested),
  ].join('\n\n');
  const { lines, tells } = parts.early ?? { lines: null, tells: [] };
  const early = lines === null ? [] : [lines];
  const text = [header(parts.title), ...early, hygiene(body, tells), body, ''].join('\n');
  return Buffer.from(text, 'latin1');
}

function runtimeFunctions(requested: ScriptOptions): string[] {
  const { prefix } = requested.program;
  if (prefix === null) return bubblewrapFunctions(requested);
  return [APPTAINER_BIND, BYTES, valuesScript(prefix), imageFunctions(requested.registryCheck)];
}

function header(title: readonly string[]): string {
  return [
    '#!/bin/sh',
    ...title.map(line => Buffer.from(`# ${line}`).toString('latin1')),
    '# shellcheck disable=SC2016,SC2034,SC2154 # texts for another shell; variables by number, which eval sets and reads',
    '# shellcheck disable=SC2030,SC2031 # PATH and LC_ALL of a subshell are its own',
  ].join('\n');
}

/** Nothing that the caller exported may steer the script: shell options, functions, the names used below. */
function hygiene(body: string, told: readonly string[]): string {
  const found = new Set(body.match(/\bjcds_[a-z0-9_]*[a-z0-9]\b/g));
  const names = [...found].filter(name => !told.includes(name)).sort();
  return `set +aefunvxC
unset -f '[' cd command getent head id kill ls od printf pwd read readlink sed shopt test tr wait
unset GLOBIGNORE ${names.join(' ')}
${PLAIN_PATTERNS}
jcds_newline='
'
jcds_ascii="$jcds_newline	 -~"`;
}

/** Programs of the host, and texts as far as a terminal may see them. */
const FIND = `jcds_find() { # NAME
  jcds_program=''
  IFS=:
  set -f
  for jcds_item in \${PATH-} /usr/local/bin /usr/bin /bin /usr/local/sbin /usr/sbin /sbin; do
    case $jcds_item in
      /*)
        if [ -x "$jcds_item/$1" ] && [ -f "$jcds_item/$1" ]; then
          jcds_program=$jcds_item/$1
          break
        fi
        ;;
    esac
  done
  unset IFS
  set +f
}
jcds_shown_text() { # TEXT
  (
    PATH=/usr/bin:/bin LC_ALL=C
    export PATH LC_ALL
    printf %s "$1" | tr '\\t\\n\\r\\1-\\10\\13\\14\\16-\\37\\177-\\377' '   ?'
  )
}`;

/** The home of whoever has no HOME (HTCondor 23.9). */
const FIND_HOME = `jcds_find_home() {
  jcds_home=$(
    PATH=/usr/bin:/bin:/usr/sbin:/sbin
    export PATH
    getent passwd "$(id -u)"
  )
  jcds_home=\${jcds_home%:*}
  jcds_home=\${jcds_home##*:}
  jcds_home=\${jcds_home:-/}
}`;

/** jcds_at: where the host has what is at PLACE inside. */
function hostPlaces({ binds, contain, shown }: ScriptOptions): string {
  const asked = [...binds].reverse().map(({ source, destination }) => {
    const place = quoteWord(destination);
    return `    ${place} | ${place}/*) jcds_at=${quoteWord(source)}\${1#${place}} ;;`;
  });
  return `jcds_on_host() { # PLACE
  jcds_at=\${jcds_shown:+$jcds_home}
  case $1 in
${[
  ...asked,
  '    /cvmfs/*) jcds_at=$jcds_root${1#/cvmfs} ;;',
  '    /dev/* | /proc/* | /sys/*) jcds_at=$1 ;;',
  '    "${jcds_at:-//}"/*) jcds_at=$jcds_shown${1#"$jcds_home"} ;;',
  ...shown.map(variable => `    "\${${variable}:-//}"/*) jcds_at=$1 ;;`),
  ...(contain ? [] : ['    /tmp/* | /var/tmp/* | "${jcds_here:-/tmp}"/*) jcds_at=$1 ;;']),
  '    *) jcds_at=$jcds_target$1 ;;',
].join('\n')}
  esac
}`;
}

/**
 * The look, in a session of its own where there is a setsid(1), without any of the caller's descriptors. It fails where the
 * image is missing.
 */
const LOOK_AT = `jcds_look_at() {
  jcds_said=$(
    PATH=/usr/bin:/bin:/usr/sbin:/sbin LC_ALL=C
    export PATH LC_ALL
    set -- "$jcds_root" "$jcds_repository" "$jcds_entry" "$jcds_timeout" "$$" "$jcds_allowed" "\${jcds_cern-}" "\${jcds_files-}" "\${jcds_deep-}"
    set -- /bin/sh -c "$jcds_look" jcds-look "$@"
    [ ! -x /usr/bin/setsid ] || set -- /usr/bin/setsid "$@"
    exec "$@" </dev/null 2>/dev/null 3<&- 4<&- 5<&- 6<&- 7<&- 8<&- 9<&-
  )
}`;

function start({ requested, starting }: ScriptParts): string {
  const lines = [
    'jcds_locale=${LC_ALL+set}${LC_ALL-}',
    'LC_ALL=C',
    ...(requested.program.prefix === null
      ? bubblewrapLines(requested, starting ?? [])
      : [...imageLines(requested), ...apptainerLines(requested, starting ?? [])]),
  ];
  return `jcds_start() { # COMMAND [ARGUMENT...]\n${lines.map(line => `  ${line}`).join('\n')}\n}`;
}

function end({ policy, image, passed, program }: ScriptOptions): string {
  const own = program.prefix === null ? SCRIPT_READS : undefined;
  return `${[...rememberPassed(passed), environmentScript(policy, own)].join('\n')}
jcds_result=\${jcds_word#jcds_result=}
jcds_text=\${jcds_result#*:}
jcds_result=\${jcds_result%%:*}
case $jcds_result in
  *@cern) jcds_entry=$jcds_cern ;;
  *@files) jcds_entry=$jcds_files ;;
esac
jcds_result=\${jcds_result%@*}
jcds_path=$jcds_root/$jcds_repository/$jcds_entry
case $jcds_result:$jcds_text in
  directory:/* | file:/*)
    jcds_target=$jcds_text
    jcds_start "$@"
    ;;
esac
case $jcds_result in
${failureBranches(image)}
esac`;
}

const LOOK = `jcds_look=${quoteWord(LOOK_SCRIPT)}`;
