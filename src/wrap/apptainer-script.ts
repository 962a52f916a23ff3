import { JcdsError } from '../errors.ts';
import { quoteWord } from '../launch/quote.ts';
import { DeafImageError, escapeForApptainer } from '../runtimes/apptainer-environment.ts';
import { NoDevicesError } from '../runtimes/apptainer-errors.ts';
import { ENVIRONMENT_RULES } from '../runtimes/environment-policy.ts';
import { mountFields } from '../runtimes/mount-fields.ts';
import { gatherAuthored, giveAuthored } from './authored-script.ts';
import { bindLines, OddNameError } from './binds-script.ts';
import type { OwnVariables } from './environment-script.ts';
import { failLine, TEXT } from './failures.ts';
import { imageLines } from './image-script.ts';
import { checkOrigin } from './origin-script.ts';
import { part, patterns } from './part.ts';
import { CONTAINED_CWD, cwdOfImage, HOME_OPTIONS, placeLines } from './places-script.ts';
import type { RuntimeScript } from './runtime-script.ts';
import type { ScriptOptions, WishedBind } from './script-options.ts';
import GATHERED from './shell/gathered-binds.sh';
import GIVE from './shell/give-apptainer.sh';
import GIVE_AUTHORED from './shell/give-authored.sh';
import HAND from './shell/hand.sh';
import READDRESS from './shell/readdress.sh';
import ROOT from './shell/root-without-capabilities.sh';
import { becomeRuntime, findProgram, passedLines } from './start-script.ts';

/** Apptainer would change an argument or a variable. */
class ChangedByApptainerError extends JcdsError {
  constructor(what: string) {
    super({
      code: 'NOT_TEXT',
      message: `apptainer would change ${what}: it is not UTF-8, or has a carriage return before a line end`,
      hint: 'jcds exec hands it on; so does a script of jcds wrap --runtime bubblewrap',
    });
  }
}

/** Scripts for Apptainer, and for Singularity, which reads its own prefix alone. */
export const apptainerScript: RuntimeScript = {
  directories: ['.singularity.d/env'],
  readsNoImage: false,
  variables,
  functions,
  decide,
  read: requested => [...cwdOfImage(requested), 'jcds_check "$1"', ...missingPlaces(requested.contain)],
  found: () => ['cwd', 'lacks'],
  start,
};

/** What Apptainer itself reads stays in its own environment whatever the job gets. */
function variables({ policy, isAuthored = false }: ScriptOptions): OwnVariables {
  const names = callersFirst(policy);
  return {
    kept: [
      ...['PATH', 'LD_LIBRARY_PATH', 'HOME', 'PWD'],
      ...['APPTAINER_*', 'APPTAINERENV_*', 'SINGULARITY_*', 'SINGULARITYENV_*'],
    ],
    first: gatherAuthored(isAuthored),
    onKept: [
      'jcds_hand "$jcds_word" "the variable $jcds_item"',
      ...(names.length === 0
        ? []
        : [
            'case $jcds_item in',
            `  ${patterns(names, '    ')})`,
            '    eval "jcds_text=\\${APPTAINERENV_$jcds_item+set}\\${SINGULARITYENV_$jcds_item+set}"',
            '    if [ -z "$jcds_text" ] && [ "$jcds_word" != "$jcds_item=" ]; then',
            '      jcds_replace "${jcds_word#*=}" "$jcds_one" "$jcds_newline"',
            '      jcds_give "$jcds_item" "$jcds_text"',
            '    fi',
            '    ;;',
            'esac',
          ]),
    ],
  };
}

/** Names of which the caller's value comes before the image's: Apptainer has it the other way round. */
function callersFirst(policy: ScriptOptions['policy']): string[] {
  return ENVIRONMENT_RULES.flatMap(rule => (rule[policy] === 'host' ? rule.names : []));
}

function functions({ binds, passed, policy, program, registryCheck, isAuthored }: ScriptOptions): string[] {
  const gives = isAuthored === true || passed.length > 0 || callersFirst(policy).length > 0;
  return [
    'jcds_ascii="$jcds_newline\t -~"',
    part(HAND, { CHANGED: failLine(new ChangedByApptainerError(TEXT), '  ', '$2') }),
    ...(gives ? [part(GIVE, { PREFIX: String(program.prefix) })] : []),
    ...(isAuthored === true ? [part(GIVE_AUTHORED)] : []),
    ...checkOrigin(registryCheck),
    ownBinds(binds.length > 0),
  ];
}

function ownBinds(areSorted: boolean): string {
  const odd = failLine(new OddNameError(TEXT), '      ', '$1');
  const own = (made: string) => `jcds_own() { # SOURCE PLACE [ro]
  [ -e "$1" ] || return 0
  case $1$2 in
    *[:,\\"$jcds_newline]*)
      ${odd}
      ;;
  esac
  ${made}
}`;
  return areSorted
    ? `jcds_binds='' jcds_tab='\t'\n${part(GATHERED, { ODD_NAME: odd })}\n${own('jcds_bind "$2" "$1:$2${3:+:ro}"')}`
    : `jcds_binds=''\n${own('jcds_binds=$1:$2${3:+:ro}$jcds_newline$jcds_binds')}`;
}

function decide(requested: ScriptOptions): string[] {
  const { contain, workdir } = requested;
  return [
    ...imageLines(requested),
    ...jobVariables(requested),
    ...findProgram(requested.program),
    ...placeLines(requested),
    ...bindLines(requested, { showsCwd: true, word: bindWord }),
    'unset APPTAINER_BIND APPTAINER_BINDPATH SINGULARITY_BIND SINGULARITY_BINDPATH',
    ...(contain && workdir === null ? CONTAINED_CWD : []),
  ];
}

/** Each puts words before those that were put there: in the end they have the order in which src/runtimes/ puts them. */
function start(requested: ScriptOptions, starting: readonly string[]): string[] {
  const { binds, contain, runtimeArguments, writableTmpfs, gpu, recorded } = requested;
  return [
    'IFS=" " && jcds_hand "$*" "an argument"', // between two of them is no line end
    'IFS=$jcds_newline',
    'set -- "$jcds_target" "$@"',
    ...(runtimeArguments.length > 0 ? [`set -- ${runtimeArguments.map(quoteWord).join(' ')} "$@"`] : []),
    'set -- --pwd "$jcds_cwd" "$@"',
    ...(binds.length > 0 ? SORTED : BINDS),
    ...(recorded?.environmentFileDropped === true
      ? [
          '[ -z "$jcds_dropped" ] || set -- --bind /dev/null:/.singularity.d/env/10-docker2singularity.sh "$@"',
        ]
      : []),
    ...(gpu === 'none' ? [] : ['[ -z "$jcds_gpu" ] || set -- "$jcds_gpu" "$@"']),
    ...(writableTmpfs ? ['set -- --writable-tmpfs "$@"'] : []),
    ...HOME_OPTIONS,
    `[ -z "$jcds_lacks" ] || set -- ${contain ? '--scratch /tmp' : '--bind /tmp:/tmp'} "$@"`,
    ...(contain ? ['set -- --contain "$@"'] : []),
    ...part(ROOT).split('\n'),
    'set -- "$jcds_program" -s exec "$@"',
    ...becomeRuntime(starting, 'exec "$@"'),
  ];
}

/** Variables of the job beside those of the caller and the image. */
function jobVariables({ set, passed, program: { prefix }, isAuthored = false }: ScriptOptions): string[] {
  const names = [...passed, ...set.map(([name]) => name)];
  return [
    ...(prefix === 'SINGULARITYENV_' ? part(READDRESS).split('\n') : []),
    'export "${jcds_prefix}JCDS_IMAGE=$jcds_name" "${jcds_prefix}JCDS_IMAGE_PATH=$jcds_target"',
    ...(names.length > 0
      ? [`[ -n "$jcds_prefix" ] ||\n  ${failLine(new DeafImageError(names[0]!), '  ')}`]
      : []),
    ...giveAuthored(isAuthored, 'jcds_give_authored'),
    ...passedLines(passed),
    ...set.map(([name, value]) => `export ${prefix}${name}=${quoteWord(escapeForApptainer(value))}`),
    ...set.filter(([name]) => name === 'PATH').map(([, value]) => `jcds_search=${quoteWord(value)}`),
    ...(passed.includes('PATH') ? ['jcds_search=${PATH-$jcds_search}'] : []),
    ...(names.includes('PATH')
      ? [
          'unset APPTAINERENV_PREPEND_PATH APPTAINERENV_APPEND_PATH',
          'unset SINGULARITYENV_PREPEND_PATH SINGULARITYENV_APPEND_PATH',
        ]
      : []),
  ];
}

/** Apptainer's --bind, or --mount for names that --bind cannot hold. */
function bindWord({ source, destination, mode }: WishedBind): string {
  if (/[:,\\"]/.test(source + destination))
    return mountFields([
      'type=bind',
      `src=${source}`,
      `dst=${destination}`,
      ...(mode === 'ro' ? ['ro'] : []),
    ]);
  return `${source}:${destination}${mode === 'ro' ? ':ro' : ''}`;
}

const BINDS = ['for jcds_item in $jcds_binds; do', '  set -- --bind "$jcds_item" "$@"', 'done'];

/** The last first, as each is put before the others. */
const SORTED = [
  "jcds_more=''",
  'for jcds_item in $jcds_binds; do',
  '  jcds_more=${jcds_item#*"$jcds_tab"}$jcds_newline$jcds_more',
  'done',
  'for jcds_item in $jcds_more; do',
  '  case $jcds_item in',
  '    /*) set -- --bind "$jcds_item" "$@" ;;',
  '    *) set -- --mount "$jcds_item" "$@" ;;',
  '  esac',
  'done',
];

/** Apptainer makes no /tmp in an image that has none, and contains no image without /dev (src/runtimes/apptainer.ts). */
function missingPlaces(contain: boolean): string[] {
  const has = (place: string) => `[ -e "$jcds_target${place}" ] || [ -h "$jcds_target${place}" ] ||`;
  return [
    `${has('/tmp')} jcds_lacks=/tmp`,
    ...(contain ? [`${has('/dev')}\n  ${failLine(new NoDevicesError(TEXT), '  ', '$jcds_target')}`] : []),
  ];
}
