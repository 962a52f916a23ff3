import { JcdsError } from '../errors.ts';
import { quoteWord } from '../launch/quote.ts';
import { DeafImageError, escapeForApptainer } from '../runtimes/apptainer-environment.ts';
import { NoDevicesError } from '../runtimes/apptainer-errors.ts';
import { ENVIRONMENT_RULES } from '../runtimes/environment-policy.ts';
import { mountFields } from '../runtimes/mount-fields.ts';
import { gatherAuthored, giveAuthored } from './authored-script.ts';
import { bindLines, followLinks, OddNameError } from './binds-script.ts';
import { CONTROL_BYTES, environmentScript, type OwnVariables } from './environment-script.ts';
import { failLine, TEXT } from './failures.ts';
import { imageLines, recordedVariables } from './image-script.ts';
import { checkOrigin } from './origin-script.ts';
import { ownDirectories, ownPlaces } from './own-directories-script.ts';
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
import { siteVariables } from './site-script.ts';
import { becomeRuntime, chooseGpu, findProgram, passedLines } from './start-script.ts';

/** Apptainer would change an argument or a variable. */
class ChangedByApptainerError extends JcdsError {
  constructor() {
    super({
      code: 'NOT_TEXT',
      message:
        'apptainer would change an argument or a variable: it is not UTF-8, or has a carriage return before a line end',
      hint: 'jcds exec hands it on; so does a script of jcds wrap --runtime bubblewrap',
    });
  }
}

/** Scripts for Apptainer, and for Singularity, which reads its own prefix alone. */
export const apptainerScript: RuntimeScript = {
  directories: ['.singularity.d/env'],
  readsNoImage: false,
  seesDeaf: requested => requested.isAuthored === true || namesIn(requested).length > 0,
  functions,
  find,
  image,
  variables,
  read,
  found,
  start,
};

/** What Apptainer itself reads stays in its own environment whatever the job gets. */
function ownVariables({ policy, isAuthored = false }: ScriptOptions): OwnVariables {
  const names = callersFirst(policy);
  return {
    kept: [
      ...['PATH', 'LD_LIBRARY_PATH', 'HOME', 'PWD'],
      ...['APPTAINER_*', 'APPTAINERENV_*', 'SINGULARITY_*', 'SINGULARITYENV_*'],
    ],
    first: gatherAuthored(isAuthored),
    onKept:
      names.length === 0
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
          ],
  };
}

/** Names of which the caller's value comes before the image's: Apptainer has it the other way round. */
function callersFirst(policy: ScriptOptions['policy']): string[] {
  return ENVIRONMENT_RULES.flatMap(rule => (rule[policy] === 'host' ? rule.names : []));
}

function functions(requested: ScriptOptions): string[] {
  const { binds, passed, policy, program, registryCheck, isAuthored } = requested;
  const gives = isAuthored === true || passed.length > 0 || callersFirst(policy).length > 0;
  return [
    ...(gives ? [part(GIVE, { PREFIX: String(program.prefix) })] : []),
    ...(isAuthored === true ? [part(GIVE_AUTHORED)] : []),
    ...checkOrigin(registryCheck),
    ownBinds(binds.length > 0),
    ...followLinks(requested),
    ownDirectories(),
  ];
}

function ownBinds(areSorted: boolean): string {
  const odd = failLine(new OddNameError(TEXT), '      ', '$1');
  const own = (made: string) => `jcds_own() { # SOURCE PLACE [ro]
  [ -e "$1" ] || return 0
  case $1$2 in
    *[:,\\\\\\"$jcds_newline]*)
      ${odd} ;;
  esac
  ${made}
}`;
  return areSorted
    ? `jcds_binds='' jcds_tab='\t'\n${part(GATHERED, { ODD_NAME: odd })}\n${own('jcds_bind "$2" "$1:$2${3:+:ro}"')}`
    : `jcds_binds=''\n${own('jcds_binds=$1:$2${3:+:ro}$jcds_newline$jcds_binds')}`;
}

/** Names of variables that are the job's by an option. */
function namesIn({ set, passed }: ScriptOptions): string[] {
  return [...passed, ...set.map(([name]) => name)];
}

function find(requested: ScriptOptions): string[] {
  return [
    ...chooseGpu(requested.gpu),
    ...findProgram(requested.program),
    ...placeLines(requested),
    ...ownPlaces(requested),
    ...siteVariables(),
    ...(requested.recorded?.environmentFileDropped === true ? ["jcds_dropped=''"] : []),
    ...(apptainerScript.seesDeaf(requested) ? [`jcds_prefix=${requested.program.prefix}`] : []),
  ];
}

function image(requested: ScriptOptions): string[] {
  const names = namesIn(requested);
  return [
    ...(names.length > 0
      ? [`[ -n "$jcds_prefix" ] ||\n  ${failLine(new DeafImageError(names[0]!), '  ')}`]
      : []),
    ...imageLines(requested),
    ...searchLines(requested),
  ];
}

/** Where the command is looked for. */
function searchLines({ set, passed }: ScriptOptions): string[] {
  const theirs = `jcds_theirs_${passed.indexOf('PATH')}`;
  return [
    ...(passed.includes('PATH') ? [`[ -z "$${theirs}" ] || jcds_search=\${${theirs}#=}`] : []),
    ...set.filter(([name]) => name === 'PATH').map(([, value]) => `jcds_search=${quoteWord(value)}`),
  ];
}

/** Once all binds are known, since one may be the caller's directory. */
function read(requested: ScriptOptions): string[] {
  const { contain, workdir } = requested;
  return [
    ...bindLines(requested, { showsCwd: true, word: bindWord }),
    ...(contain && workdir === null ? CONTAINED_CWD : []),
    ...cwdOfImage(requested),
    'jcds_check "$1"',
    ...missingPlaces(contain),
  ];
}

function found({ gpu, recorded, isAuthored }: ScriptOptions): string[] {
  return [
    ...['program', 'cwd', 'home', 'shown', 'binds', 'lacks'],
    ...(gpu === 'none' ? [] : ['gpu']),
    ...(recorded?.environmentFileDropped === true ? ['dropped'] : []),
    ...(isAuthored === true ? ['prefix'] : []),
  ];
}

/** Each puts words before those that were put there: in the end they have the order in which src/runtimes/ puts them. */
function start(requested: ScriptOptions, starting: readonly string[]): string[] {
  const { binds, contain, runtimeArguments, writableTmpfs, gpu, recorded } = requested;
  return [
    ...part(HAND, { CHANGED: failLine(new ChangedByApptainerError(), '  ') }).split('\n'),
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

/** Those of the caller, of the image, and of options. Where an image lost a part, it has what Apptainer inherits. */
function variables(requested: ScriptOptions): string[] {
  const { policy, set, passed, program, isAuthored = false } = requested;
  const { prefix } = program;
  return [
    CONTROL_BYTES,
    environmentScript(policy, ownVariables(requested)),
    'unset APPTAINER_BIND APPTAINER_BINDPATH SINGULARITY_BIND SINGULARITY_BINDPATH',
    ...(prefix === 'SINGULARITYENV_' ? part(READDRESS).split('\n') : []),
    ...recordedVariables(requested),
    `export "JCDS_IMAGE=$jcds_name" "${prefix}JCDS_IMAGE=$jcds_name"`,
    `export "JCDS_IMAGE_PATH=$jcds_target" "${prefix}JCDS_IMAGE_PATH=$jcds_target"`,
    ...giveAuthored(isAuthored, 'jcds_give_authored'),
    ...passedLines(passed),
    ...set.map(([name, value]) => `export ${prefix}${name}=${quoteWord(escapeForApptainer(value))}`),
    ...(namesIn(requested).includes('PATH')
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
    "jcds_lacks=''",
    `${has('/tmp')} jcds_lacks=/tmp`,
    ...(contain ? [`${has('/dev')}\n  ${failLine(new NoDevicesError(TEXT), '  ', '$jcds_target')}`] : []),
  ];
}
