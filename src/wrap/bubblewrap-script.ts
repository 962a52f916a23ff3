import { quoteWord } from '../launch/quote.ts';
import { ENVIRONMENT_RULES } from '../runtimes/environment-policy.ts';
import { RUNTIME_NAMES, RUNTIMES } from '../runtimes/index.ts';
import { UnsupportedByRuntimeError } from '../runtimes/select.ts';
import { gatherAuthored, giveAuthored } from './authored-script.ts';
import { followLinks } from './binds-script.ts';
import { DescriptorInUseError, UnreadEnvironmentError } from './bubblewrap-errors.ts';
import {
  areGathered,
  bubblewrapBinds,
  GATHERED_BINDS,
  mountFunctions,
  ownMounts,
} from './bubblewrap-places.ts';
import { CONTROL_BYTES, environmentScript, type OwnVariables, UNSTEADY } from './environment-script.ts';
import { failLine, TEXT } from './failures.ts';
import { gpuLibraries, gpuLines } from './gpu-script.ts';
import { whichImage } from './image-script.ts';
import { checkOrigin } from './origin-script.ts';
import { ownDirectories, ownPlaces } from './own-directories-script.ts';
import { inside, part, patterns } from './part.ts';
import { CONTAINED_CWD, cwdOfImage, placeLines } from './places-script.ts';
import type { RuntimeScript } from './runtime-script.ts';
import type { RecordedImage, ScriptOptions } from './script-options.ts';
import ADDRESSED from './shell/addressed.sh';
import GIVE from './shell/give-plain.sh';
import OPTION from './shell/option.sh';
import USUAL_PLACES from './shell/usual-places.sh';
import { siteVariables } from './site-script.ts';
import { becomeRuntime, chooseGpu, findProgram, givenLines, passedLines } from './start-script.ts';

/** Scripts for bubblewrap, which makes a root out of what it is told, and hands on its own environment. */
export const bubblewrapScript: RuntimeScript = {
  directories: ['etc', 'var', '.singularity.d/env'],
  readsNoImage: true,
  seesDeaf: () => false,
  functions,
  find,
  image: () => [],
  variables,
  read,
  found: requested => (areGathered(requested) ? [...FOUND, 'closed'] : FOUND),
  start,
};

/** Names by which a job's environment would steer a runtime that is linked dynamically; as a pattern of `case`. */
const STEERING = 'LD_* | GLIBC_TUNABLES | MALLOC_* | GCONV_PATH | LOCPATH | NLSPATH';

/** What is addressed to the container waits in jcds_addressed, an entry a line, the weaker first. */
const OWN_VARIABLES: OwnVariables = {
  kept: ['APPTAINERENV_*', 'SINGULARITYENV_*'],
  first: [
    'case $jcds_kept:$jcds_item in',
    '  *:PATH | *:HOME | *:PWD) continue ;;',
    '  1:APPTAINERENV_?*) jcds_addressed=$jcds_addressed$jcds_word$jcds_newline ;;',
    '  1:SINGULARITYENV_?*) jcds_addressed=$jcds_word$jcds_newline$jcds_addressed ;;',
    'esac',
    'case $jcds_kept$jcds_item in',
    '  1APPTAINERENV_* | 1SINGULARITYENV_*) jcds_given="$jcds_given${jcds_item#*ENV_} " jcds_kept=\'\' ;;',
    'esac',
  ],
  onKept: [
    'case $jcds_item in',
    `  ${STEERING})`,
    '    eval "jcds_option --setenv $jcds_item \\"\\$$jcds_item\\""',
    '    unset "$jcds_item"',
    '    ;;',
    'esac',
  ],
};

function functions(requested: ScriptOptions): string[] {
  return [
    `jcds_options='' jcds_libraries='' jcds_addressed='' jcds_given='${given(requested)}'`,
    part(OPTION),
    part(GIVE, { STEERING, UNSTEADY: patterns(UNSTEADY, '      ') }),
    ...giveOwn(requested.policy),
    ...checkOrigin(requested.registryCheck),
    ...mountFunctions(requested),
    ...followLinks(requested),
    ownDirectories(),
    ...(requested.gpu === 'none' ? [] : [gpuLibraries()]),
  ];
}

/** Names that a person gives, with a blank around each; JCDS_IMAGE is jcds' own. */
function given({ set }: ScriptOptions): string {
  return [' JCDS_IMAGE', 'JCDS_IMAGE_PATH', ...set.map(([name]) => name), ''].join(' ');
}

/** jcds_give_own: a variable of the image's own ENV, unless the caller has a value that the policy puts before it. */
function giveOwn(policy: ScriptOptions['policy']): string[] {
  const names = ENVIRONMENT_RULES.flatMap(rule => (rule[policy] === 'host' ? rule.names : []));
  if (names.length === 0) return [];
  return [
    'jcds_give_own() { # NAME VALUE: of the image, unless the caller has one that comes first',
    '  case $1 in',
    `    ${patterns(names, '      ')})`,
    '      eval "[ -z \\"\\${$1-}\\" ]" || return 0',
    '      ;;',
    '  esac',
    '  jcds_give "$@"',
    '}',
  ];
}

function find(requested: ScriptOptions): string[] {
  return [
    ...chooseGpu(requested.gpu),
    ...findProgram(requested.program),
    ...placeLines(requested),
    ...ownPlaces(requested),
    ...siteVariables(),
  ];
}

/** What src/runtimes/bubblewrap.ts decides, decided by the script. */
function variables(requested: ScriptOptions): string[] {
  const { set, passed, policy, isAuthored = false } = requested;
  const first = [...gatherAuthored(isAuthored), ...OWN_VARIABLES.first];
  return [
    CONTROL_BYTES,
    environmentScript(policy, { ...OWN_VARIABLES, first }),
    ...givenLines(passed),
    ...imageLines(requested),
    ...part(ADDRESSED).split('\n'),
    'jcds_pass JCDS_IMAGE "$jcds_name"',
    'jcds_pass JCDS_IMAGE_PATH "$jcds_target"',
    ...giveAuthored(isAuthored, 'jcds_pass'),
    ...passedLines(passed, 'jcds_pass'),
    ...set.map(([name, value]) => `jcds_pass ${name} ${quoteWord(value)}`),
  ];
}

/** Places are shown in the order of their mounts, over the image's own. */
function read(requested: ScriptOptions): string[] {
  const { contain, workdir } = requested;
  return [
    ...(requested.recorded === null ? refuseFiles() : []),
    ...(areGathered(requested) ? bubblewrapBinds(requested) : []),
    ...(contain && workdir === null ? CONTAINED_CWD : []),
    ...cwdOfImage(requested),
    'jcds_check "$1"',
    ...ownMounts(requested),
    ...gpuLines(requested),
    ...(areGathered(requested) ? GATHERED_BINDS : bubblewrapBinds(requested)),
    "jcds_mounts=$jcds_options jcds_options=''",
    'jcds_show_root',
  ];
}

/** Each puts words before those that were put there. */
function start(requested: ScriptOptions, starting: readonly string[]): string[] {
  const { runtimeArguments } = requested;
  const isGathered = areGathered(requested);
  return [
    ...FREE_DESCRIPTORS,
    'set -- -- "$@"',
    '[ -z "$jcds_libraries" ] || set -- --setenv LD_LIBRARY_PATH "$jcds_libraries" "$@"',
    ...(runtimeArguments.length > 0 ? [`set -- ${runtimeArguments.map(quoteWord).join(' ')} "$@"`] : []),
    'set -- --remount-ro / --chdir "$jcds_cwd" "$@"',
    ...(starting.length > 0 ? MARK : []),
    `eval "set -- $jcds_options $jcds_mounts${isGathered ? ' $jcds_closed' : ''} \\"\\$@\\""`,
    'set -- "$jcds_program" --die-with-parent --cap-drop ALL --tmpfs / "$@"',
    'export "PATH=$jcds_search" "HOME=$jcds_home" "PWD=$jcds_cwd"',
    ...becomeRuntime(
      starting,
      starting.length > 0
        ? START.replace('6<<PASSWD', '5<<STATUS 6<<PASSWD').replace('\n', '\n$jcds_told\nSTATUS\n')
        : START,
    ),
  ];
}

const FOUND = [
  'lines',
  'program',
  'home',
  'cwd',
  'options',
  'mounts',
  'libraries',
  'passwd',
  'group',
  'resolver',
];

/** Only the caller's: where the shell itself has a pipe open, that may be one of them. */
const FREE_DESCRIPTORS = [
  'for jcds_item in 6 7 8; do',
  `  [ ! -h "/proc/$$/fd/$jcds_item" ] ||\n    ${failLine(new DescriptorInUseError(), '    ')}`,
  'done',
];

/** bubblewrap itself writes, when all is mounted, what jcds_told then holds: that the job has started. */
const MARK = ['[ -z "$jcds_file" ] || set -- --file 5 "$jcds_file" "$@"'];

/** Descriptors that accounts.sh found free. */
const START = `exec "$@" 6<<PASSWD 7<<GROUP 8<<RESOLVER
$jcds_passwd
PASSWD
$jcds_group
GROUP
\${jcds_resolver%"$jcds_newline$jcds_newline"}
RESOLVER`;

/** A job of HTCondor may name an image that is one file. */
function refuseFiles(): string[] {
  const able = RUNTIME_NAMES.filter(name => RUNTIMES[name].images.includes('file'));
  const refusal = new UnsupportedByRuntimeError(`bubblewrap runs no image that is one file: ${TEXT}`, able);
  return ['[ "$jcds_result" = directory ] ||', `  ${failLine(refusal, '  ', '$jcds_target')}`];
}

const giver = (policy: ScriptOptions['policy']) => (policy === 'hep' ? 'jcds_give_own' : 'jcds_give');

/** The look's word for an image that does not tell its ENV. */
const BARE = `if [ "$jcds_word" = . ]; then
    printf 'jcds: %s\\n' >&2 \\
      "the image $jcds_name has no .singularity.d: a script cannot know its ENV; jcds exec asks its registry"
    continue
  fi`;

/** PATH and ENV of the image. A value that does not read plainly ends the script. */
function imageLines({ registryCheck, image, policy, recorded }: ScriptOptions): string[] {
  const give = giver(policy);
  const refusal = failLine(new UnreadEnvironmentError(image.name, TEXT), '      ', '$jcds_strange');
  // Scripts of the image's own may have to run first: then nothing is known.
  const known = recorded?.exact === undefined ? null : recorded;
  return whichImage(known, known === null ? [] : knownLines(known, give), {
    MARK: BARE,
    OTHER: `${give} "\${jcds_word%%=*}" "\${jcds_word#*=}"`,
    LAST: [
      ...(registryCheck === null ? [] : ['jcds_check_origin']),
      `[ -z "$jcds_strange" ] ||\n  ${refusal}`,
      inside(USUAL_PLACES, ''),
    ].join('\n'),
  });
}

function knownLines({ searchPath, exact }: RecordedImage, give: string): string[] {
  return [
    `jcds_search=${quoteWord(searchPath)}`,
    ...(exact?.variables ?? []).map(([name, value]) => `${give} ${name} ${quoteWord(value)}`),
  ];
}
