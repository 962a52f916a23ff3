import { JcdsError } from '../errors.ts';
import { quoteWord } from '../launch/quote.ts';
import { NoDevicesError } from '../runtimes/apptainer.ts';
import { DeafImageError } from '../runtimes/apptainer-environment.ts';
import { mountFields } from '../runtimes/mount-fields.ts';
import { bindLines, OddNameError } from './binds-script.ts';
import type { OwnVariables } from './environment-script.ts';
import { failLine, TEXT } from './failures.ts';
import { imageFunctions, imageLines } from './image-script.ts';
import { part } from './part.ts';
import { CONTAINED_CWD, HOME_OPTIONS, placeLines } from './places-script.ts';
import type { ScriptOptions, WishedBind } from './script-options.ts';
import GATHERED from './shell/gathered-binds.sh';
import GIVE from './shell/give-apptainer.sh';
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

/** What Apptainer itself reads, and so keeps in its own environment whatever the job gets. */
export const APPTAINER_VARIABLES: OwnVariables = {
  kept: [
    ...['PATH', 'LD_LIBRARY_PATH', 'HOME', 'PWD'],
    ...['APPTAINER_*', 'APPTAINERENV_*', 'SINGULARITY_*', 'SINGULARITYENV_*'],
  ],
  first: [],
  onKept: ['jcds_is_text "$jcds_word" || jcds_is_changed "the variable $jcds_item"'],
};

/** Functions that a script for Apptainer has besides those of every script. */
export function apptainerFunctions(requested: ScriptOptions): string[] {
  return [
    `jcds_is_changed() { # WHAT\n  jcds_text=$(jcds_clean "$1")\n  ${failLine(new ChangedByApptainerError(TEXT))}\n}`,
    part(GIVE, { NO_TEXT: 'jcds_is_changed "the variable $1"' }),
    ...imageFunctions(requested),
    ownBinds(requested.binds.length > 0),
  ];
}

function ownBinds(areSorted: boolean): string {
  const own = [
    'jcds_own() { # SOURCE PLACE [ro]',
    '  [ -e "$1" ] || return 0',
    '  case $1$2 in',
    '    *[:,\\\\\\"]*)',
    '      jcds_replace "src=$1" \\" \\"\\"',
    '      jcds_source=$jcds_text',
    '      jcds_replace "dst=$2" \\" \\"\\"',
    `      ${areSorted ? 'jcds_bind "$2"' : 'jcds_option --mount'} "type=bind,\\"$jcds_source\\",\\"$jcds_text\\"\${3:+,ro}"`,
    '      ;;',
    `    *) ${areSorted ? 'jcds_bind "$2"' : 'jcds_option --bind'} "$1:$2\${3:+:ro}" ;;`,
    '  esac',
    '}',
  ].join('\n');
  const gathered = part(GATHERED, { ODD_NAME: failLine(new OddNameError(TEXT)) });
  return areSorted ? `jcds_binds='' jcds_tab='\t'\n${gathered}\n${own}` : own;
}

/** Lines that become the runtime, in the order in which the row in src/runtimes/ puts its words. */
export function apptainerLines(requested: ScriptOptions, starting: readonly string[]): string[] {
  return [
    `jcds_options='' jcds_prefix=${requested.program.prefix}`,
    ...imageLines(requested),
    ...variables(requested),
    ...findProgram(requested.program),
    ...placeLines(requested),
    ...options(requested),
    '[ "$jcds_result" = file ] || jcds_check "$1"',
    'jcds_is_text "$*" || jcds_is_changed "an argument"',
    ...becomeRuntime(starting, '\\"\\$jcds_target\\" \\"\\$@\\"'),
  ];
}

/** Variables of the job beside those of the caller and the image. */
function variables({ set, passed, program: { prefix } }: ScriptOptions): string[] {
  const names = [...passed, ...set.map(([name]) => name)];
  return [
    ...(prefix === 'SINGULARITYENV_' ? part(READDRESS).split('\n') : []),
    'jcds_give JCDS_IMAGE "$jcds_name"',
    'jcds_give JCDS_IMAGE_PATH "$jcds_target"',
    ...(names.length > 0 ? [`[ -n "$jcds_prefix" ] ||\n    ${failLine(new DeafImageError(names[0]!))}`] : []),
    ...passedLines(passed),
    ...set.map(([name, value]) => `jcds_give ${name} ${quoteWord(value)}`),
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

function options(requested: ScriptOptions): string[] {
  const { contain, writableTmpfs, runtimeArguments, binds } = requested;
  return [
    'jcds_option "$jcds_program" -s exec',
    ...part(ROOT).split('\n'),
    ...(contain ? ['jcds_option --contain'] : []),
    ...missingPlaces(contain),
    ...HOME_OPTIONS,
    ...(writableTmpfs ? ['jcds_option --writable-tmpfs'] : []),
    ...(requested.gpu === 'none' ? [] : ['[ -z "$jcds_gpu" ] || jcds_option "$jcds_gpu"']),
    '[ -z "$jcds_dropped" ] || jcds_option --bind /dev/null:/.singularity.d/env/10-docker2singularity.sh',
    ...bindLines(requested, { showsCwd: true, word: bindWord }),
    ...(binds.length > 0 ? SORTED : []),
    ...(contain && requested.workdir === null ? CONTAINED_CWD : []),
    'jcds_option --pwd "$jcds_cwd"',
    ...(runtimeArguments.length > 0 ? [`jcds_option ${runtimeArguments.map(quoteWord).join(' ')}`] : []),
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

const SORTED = [
  'for jcds_item in $jcds_binds; do',
  '  case ${jcds_item#*"$jcds_tab"} in',
  '    /*) jcds_option --bind "${jcds_item#*"$jcds_tab"}" ;;',
  '    *) jcds_option --mount "${jcds_item#*"$jcds_tab"}" ;;',
  '  esac',
  'done',
];

/** Apptainer makes no /tmp in an image that has none, and contains no image without /dev (src/runtimes/apptainer.ts). */
function missingPlaces(contain: boolean): string[] {
  return [
    ...(contain
      ? [
          'if [ "$jcds_result" = directory ] && ! [ -e "$jcds_target/dev" ] && ! [ -h "$jcds_target/dev" ]; then',
          '  jcds_text=$jcds_target',
          `  ${failLine(new NoDevicesError(TEXT))}`,
          'fi',
        ]
      : []),
    'if [ "$jcds_result" = directory ] && ! [ -e "$jcds_target/tmp" ] && ! [ -h "$jcds_target/tmp" ]; then',
    contain ? '  jcds_option --scratch /tmp' : '  jcds_option --bind /tmp:/tmp',
    'fi',
  ];
}
