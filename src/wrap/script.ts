import { quoteWord } from '../launch/quote.ts';
import { APPTAINER_VARIABLES, apptainerFunctions, apptainerLines } from './apptainer-script.ts';
import { BUBBLEWRAP_VARIABLES, bubblewrapFunctions, bubblewrapLines } from './bubblewrap-script.ts';
import { commandScript } from './command-script.ts';
import { environmentScript } from './environment-script.ts';
import { failureBranches } from './failures.ts';
import { lookScript, PLAIN_PATTERNS } from './look-script.ts';
import { part } from './part.ts';
import type { ScriptOptions } from './script-options.ts';
import COMMON from './shell/common.sh';
import LOOK_AT from './shell/look-at.sh';
import { chooseGpu, rememberPassed } from './start-script.ts';

/** The parts of a script that differ from use to use. */
export interface ScriptParts {
  /** Comment lines that say what it is, without the `#`. */
  readonly title: readonly string[];
  /** Functions and lines before the look: they set jcds_name, jcds_repository, jcds_entry, jcds_root, jcds_timeout,
   * jcds_allowed (names of other repositories that links may lead into), and "$@". */
  readonly before: string;
  /** Defines jcds_fail CODE NAME MESSAGE HINT, which ends the script. */
  readonly fail: string;
  /** Lines that may end the script before anything else of it is read. */
  readonly early?: string;
  /** Calls jcds_look_at; where there are several repositories, for one after another. */
  readonly search?: string;
  /** Whether jcds_entry is the one entry that counts; else there are jcds_cern and jcds_files as well. */
  readonly layoutIsKnown: boolean;
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
  const { requested, layoutIsKnown } = parts;
  const isBubblewrap = requested.program.prefix === null;
  const text = [
    header(parts.title),
    ...(parts.early === undefined ? [] : [parts.early]),
    HYGIENE,
    '',
    parts.fail,
    part(COMMON),
    '',
    `jcds_look=${quoteWord(`${lookScript({ layoutIsKnown, namesScripts: isBubblewrap })}\n`)}`,
    part(LOOK_AT, {
      DEEP: isBubblewrap ? "'etc var .singularity.d/env'" : '.singularity.d/env',
      KNOWN: knownPlace(requested),
      ORIGIN: requested.registryCheck === null ? "''" : 'origin',
      MISSING: layoutIsKnown ? '' : '[ "${jcds_said%"${jcds_newline}jcds_result=missing"*}" = "$jcds_said" ]',
      ENTRIES: layoutIsKnown ? '' : ' "$jcds_cern" "$jcds_files"',
    }),
    '',
    ...(isBubblewrap ? bubblewrapFunctions(requested) : apptainerFunctions(requested)),
    hostPlaces(requested),
    commandScript(requested.image, isBubblewrap),
    '',
    parts.before,
    parts.search ?? 'jcds_look_at',
    answer(parts),
    ...rememberPassed(requested.passed),
    ...chooseGpu(requested.gpu),
    '',
    environmentScript(requested.policy, isBubblewrap ? BUBBLEWRAP_VARIABLES : APPTAINER_VARIABLES),
    '',
    ...(isBubblewrap
      ? bubblewrapLines(requested, parts.starting ?? [])
      : apptainerLines(requested, parts.starting ?? [])),
    '',
  ].join('\n');
  return Buffer.from(text, 'latin1');
}

/** The real directory of which the script reads nothing, since it knows all that its runtime does not find out itself. */
function knownPlace({ recorded, program }: ScriptOptions): string {
  const isKnown = recorded !== null && (program.prefix !== null || recorded.exact !== undefined);
  return quoteWord(isKnown ? recorded.place : '');
}

function header(title: readonly string[]): string {
  return [
    '#!/bin/sh',
    ...title.map(line => Buffer.from(`# ${line}`).toString('latin1')),
    '# shellcheck disable=SC2016,SC2034,SC2154 # texts for another shell; variables that eval sets and reads',
    '# shellcheck disable=SC2030,SC2031 # PATH and LC_ALL of a subshell are its own',
  ].join('\n');
}

/** Nothing that the caller exported may steer the script: shell options, functions, the locale. */
const HYGIENE = `set +aeunvxC -f
unset -f '[' cd command getent grep head iconv id kill ldconfig ls printf pwd read readlink rm sed sleep test tr wait
unset GLOBIGNORE
${PLAIN_PATTERNS}
jcds_newline='
'
IFS=$jcds_newline jcds_locale=\${LC_ALL+set}\${LC_ALL-} LC_ALL=C`;

/** jcds_at: where the host has what is at PLACE inside. */
function hostPlaces({ binds, contain, shown }: ScriptOptions): string {
  const asked = [...binds].reverse().map(({ source, destination }) => {
    const place = quoteWord(destination);
    return `    ${place} | ${place}/*) jcds_at=${quoteWord(source)}\${1#${place}} ;;`;
  });
  return `jcds_on_host() { # PLACE: jcds_at is where the host has it
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

/** What the look said: jcds_said is the rest of its answer then. */
function answer({ layoutIsKnown, requested: { image } }: ScriptParts): string {
  return `jcds_marks=\${jcds_said%%"$jcds_newline"*}
jcds_ascii=\${jcds_marks%?} jcds_return=\${jcds_marks#"\${jcds_marks%?}"}
jcds_result=\${jcds_said##*"\${jcds_newline}jcds_result="} jcds_said=\${jcds_said%"\${jcds_newline}jcds_result="*}
jcds_text=\${jcds_result#*:}
jcds_result=\${jcds_result%%:*}
${
  layoutIsKnown
    ? ''
    : `case $jcds_result in
  *@cern) jcds_entry=$jcds_cern ;;
  *@files) jcds_entry=$jcds_files ;;
esac
jcds_result=\${jcds_result%@*}
`
}jcds_path=$jcds_root/$jcds_repository/$jcds_entry
[ "$jcds_result" = directory ] || [ "$jcds_result" = file ] || jcds_text=$(jcds_clean "\${jcds_text:-no answer}")
case $jcds_result in
  directory | file) jcds_target=$jcds_text ;;
${failureBranches(image)}
esac`;
}
