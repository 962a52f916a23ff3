import { quoteWord } from '../launch/quote.ts';
import { apptainerScript } from './apptainer-script.ts';
import { bubblewrapScript } from './bubblewrap-script.ts';
import { commandScript } from './command-script.ts';
import { failureBranches, UNSEEN_BYTES, unseenFunction } from './failures.ts';
import { recordedLines } from './image-script.ts';
import { type LookOptions, lookScript } from './look-script.ts';
import { part } from './part.ts';
import type { RuntimeScript } from './runtime-script.ts';
import type { ScriptOptions } from './script-options.ts';
import BOUNDED from './shell/bounded.sh';
import COMMON from './shell/common.sh';
import OVERDUE from './shell/overdue.sh';
import SURVEY from './shell/survey.sh';
import SURVEYED from './shell/surveyed.sh';
import { rememberPassed } from './start-script.ts';

/** The parts of a script that differ from use to use. */
export interface ScriptParts {
  /** Comment lines that say what it is, without the `#`. */
  readonly title: readonly string[];
  /** Functions and lines before the look: they set jcds_name, jcds_repository, jcds_entry, jcds_root, jcds_timeout,
   * and "$@". */
  readonly before: string;
  /** Defines jcds_fail CODE NAME MESSAGE HINT, which ends the script. */
  readonly fail: string;
  /** Lines that may end the script before anything else of it is read. */
  readonly early?: string;
  /** Calls jcds_look_at; where there are several repositories, for one after another. */
  readonly search?: string;
  /** Whether jcds_entry is the one entry that counts; else there are jcds_cern and jcds_files as well. */
  readonly layoutIsKnown: boolean;
  /** Whether links may lead into the repositories that jcds_allowed names. */
  readonly leadsOn: boolean;
  /** Runs right before the runtime is started. */
  readonly starting?: readonly string[];
  readonly requested: ScriptOptions;
}

/** How a script says why nothing was started. */
export const PRINT_FAILURE = `${part(OVERDUE)}
jcds_fail() { # CODE NAME MESSAGE HINT, as far as a terminal may see them
  if [ "$2" = NOT_PUBLISHED ] && jcds_is_overdue; then
    jcds_text="$jcds_name is not in revision $jcds_text, which this host shows (a newer one may have it)"
    set -- 75 NOT_IN_REVISION "$jcds_repository: $jcds_text" "try again later, or: jcds wait $jcds_name"
  fi
  printf 'jcds: %s\\n' "$3\${4:+\${jcds_newline}hint: $4}" | jcds_run tr ${UNSEEN_BYTES} >&2
  exit "$1"
}`;

/**
 * A whole script, one character a byte: POSIX sh for dash, bash as sh and busybox. It looks for the image, decides what
 * depends on who runs it and where, and ends in `exec` of the runtime with "$@".
 */
export function renderScript(parts: ScriptParts): Buffer {
  const { requested, layoutIsKnown, leadsOn } = parts;
  const { registryCheck, recorded, program, isAuthored = false } = requested;
  const runtime = program.prefix === null ? bubblewrapScript : apptainerScript;
  // PATH may be one of the variables: the child that looks for the command has to know them.
  const areShared = runtime.readsNoImage || isAuthored;
  const variables = runtime.variables(requested);
  const text = [
    header(parts.title),
    ...(parts.early === undefined ? [] : [parts.early]),
    HYGIENE,
    '',
    parts.fail,
    part(COMMON),
    '',
    lookScript({
      root: rootOf(requested),
      ...{ layoutIsKnown, leadsOn, findsFiles: recorded === null, directories: runtime.directories },
      ...{ known: knownImage(requested), readsOrigin: registryCheck !== null },
      ...{ seesDeaf: runtime.seesDeaf(requested), readsAll: runtime.readsNoImage },
    }),
    part(BOUNDED),
    ...(parts.search === undefined ? [] : [LOOK_FUNCTION]),
    unseenFunction(requested.image),
    '',
    ...runtime.functions(requested),
    hostPlaces(requested),
    commandScript(requested.image.name),
    ...(areShared ? ['', 'jcds_variables() {', ...variables, '}'] : []),
    survey(parts, runtime, areShared),
    '',
    parts.before,
    ...rememberPassed(requested.passed),
    part(SURVEYED, { ROOT: rootOf(requested) }),
    ...(areShared ? ['jcds_variables', 'jcds_take_back'] : variables),
    ...runtime.start(requested, parts.starting ?? []),
    '',
  ].join('\n');
  return Buffer.from(text, 'latin1');
}

/** jcds_look_at, for the search: it tells where it looks, and fails where the image is missing. */
const LOOK_FUNCTION = `jcds_look_at() {
  printf 'jcds_repository=%s\\njcds_entry=%s\\n' "$jcds_repository" "$jcds_entry"
  jcds_look
  jcds_result=$jcds_result$jcds_layout:$jcds_text
  [ "\${jcds_result#missing}" = "$jcds_result" ]
}`;

/** jcds_survey COMMAND, and jcds_take_back. */
function survey(parts: ScriptParts, runtime: RuntimeScript, areShared: boolean): string {
  const { requested, search } = parts;
  const read = [...(areShared ? ['jcds_variables'] : []), ...runtime.read(requested)].join('\n');
  const mayBeFile = requested.recorded === null && !runtime.readsNoImage;
  return part(SURVEY, {
    FIND: runtime.find(requested).join('\n'),
    LOOK: search ?? 'jcds_look',
    READ: [
      answer(parts),
      runtime.image(requested).join('\n'),
      mayBeFile ? `if [ "$jcds_result" != file ]; then\n${read}\nfi` : read,
    ].join('\n'),
    NAMES: [
      ...(search === undefined ? [] : ['repository', 'entry', 'path']),
      ...runtime.found(requested),
    ].join(' '),
  });
}

/** The real directory of which the script reads nothing, since it knows all that its runtime does not find out itself. */
function knownImage({ recorded, program }: ScriptOptions): LookOptions['known'] {
  if (recorded === null || (program.prefix === null && recorded.exact === undefined)) return null;
  return {
    place: quoteWord(recorded.place),
    lines: program.prefix === null ? [] : recordedLines(recorded),
  };
}

function header(title: readonly string[]): string {
  return [
    '#!/bin/sh',
    ...title.map(line => Buffer.from(`# ${line}`).toString('latin1')),
    '# shellcheck disable=SC2016,SC2034,SC2154 # texts for another shell; variables that eval sets and reads',
    '# shellcheck disable=SC2030,SC2031,SC2086,SC2140 # what a subshell sets is its own; lists; a word in two lines',
  ].join('\n');
}

/** Nothing that the caller exported may steer the script: shell options, functions, the locale. */
const HYGIENE = `set +aeunvxC -f
unset -f '[' awk cd command cut find getent grep head iconv id kill ldconfig ls mkdir mv printf pwd read readlink rm
unset -f sed sleep stat test timeout tr wait
unset GLOBIGNORE
[ -z "\${BASH_VERSION-}" ] || eval 'shopt -u dotglob failglob nocaseglob nocasematch nullglob'
jcds_newline='
'
IFS=$jcds_newline OPTIND=1 jcds_locale=\${LC_ALL-} LC_ALL=C`;

/** jcds_at: where the host has what is at PLACE inside. */
function hostPlaces({ binds, contain, home, shown }: ScriptOptions): string {
  const asked = [...binds].reverse().map(({ source, destination }) => {
    const place = quoteWord(destination);
    return `    ${place} | ${place}/*) jcds_at=${quoteWord(source)}\${1#${place}} ;;`;
  });
  const seen = [
    ...shown.map(variable => `"\${${variable}:-//}"/*`),
    ...(home === 'own' && !contain ? ['"${jcds_shown:-//}"/*'] : []),
    ...(contain ? [] : ['/tmp/*', '/var/tmp/*', '"${jcds_here:-/tmp}"/*']),
  ];
  return `jcds_on_host() { # PLACE: jcds_at is where the host has it
  jcds_at=$1
  case $1 in
${[
  ...asked,
  '    /cvmfs/*) jcds_at=$jcds_root${1#/cvmfs} ;;',
  ...(typeof home === 'object' ? ['    "$jcds_home"/*) jcds_at=$jcds_shown${1#"$jcds_home"} ;;'] : []),
  `    ${['/dev/*', '/proc/*', '/sys/*', ...seen].join(' | ')}) ;;`,
  '    *) jcds_at=$jcds_target$1 ;;',
].join('\n')}
  esac
}`;
}

/** What the look looks below: a store of local copies is looked at as a repository is, and stands elsewhere. */
function rootOf({ image }: ScriptOptions): string {
  return image.isLocal === true ? '$jcds_stores' : '$jcds_root';
}

/** What the look said, in the child. */
function answer({ layoutIsKnown, requested }: ScriptParts): string {
  const { image, recorded } = requested;
  const entries = `jcds_text=\${jcds_result#*:} jcds_result=\${jcds_result%%:*}
case $jcds_result in
  *@cern) jcds_entry=$jcds_cern ;;
  *@files) jcds_entry=$jcds_files ;;
esac
jcds_result=\${jcds_result%@*}
`;
  return `${layoutIsKnown ? '' : entries}jcds_text=\${jcds_text%%"$jcds_newline"*}
jcds_path=${rootOf(requested)}/$jcds_repository/$jcds_entry
case $jcds_result in
  ${recorded === null ? 'directory | file' : 'directory'}) jcds_target=$jcds_text ;;
${failureBranches(image)}
esac`;
}
