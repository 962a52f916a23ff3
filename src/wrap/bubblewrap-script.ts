import { JcdsError } from '../errors.ts';
import { INPUT_LIMIT, NoFreeDescriptorError } from '../launch/plan.ts';
import { quoteWord } from '../launch/quote.ts';
import { MOST_WORDS, OWN_LINES_LIMIT, TooManyEntriesError } from '../runtimes/bubblewrap-limits.ts';
import { ENVIRONMENT_RULES } from '../runtimes/environment-policy.ts';
import { GPU_LIBRARIES, gpuLibraryPattern } from '../runtimes/gpu.ts';
import { HELD_IN_PROC } from '../runtimes/held-places.ts';
import { RUNTIME_NAMES, RUNTIMES } from '../runtimes/index.ts';
import { PlaceError } from '../runtimes/root-tree.ts';
import { UnsupportedByRuntimeError } from '../runtimes/select.ts';
import { bindLines, OddNameError } from './binds-script.ts';
import { type OwnVariables, UNSTEADY } from './environment-script.ts';
import { failLine, PLACE, TEXT, unreadableError } from './failures.ts';
import { gpuLibraries } from './gpu-libraries-script.ts';
import { checkOrigin, whichImage } from './image-script.ts';
import { part, patterns } from './part.ts';
import { CONTAINED_CWD, placeLines } from './places-script.ts';
import type { RecordedImage, ScriptOptions, WishedBind } from './script-options.ts';
import ACCOUNTS from './shell/accounts.sh';
import ADDRESSED from './shell/addressed.sh';
import GATHERED from './shell/gathered-binds.sh';
import GIVE from './shell/give-plain.sh';
import FOLLOWED from './shell/on-host-followed.sh';
import READ_IMAGE from './shell/read-image.sh';
import TREE from './shell/tree.sh';
import ZONE from './shell/zone.sh';
import { becomeRuntime, findProgram, passedLines } from './start-script.ts';

/** The ENV of an image that nothing is recorded of has a value that a shell cannot make out. */
export class UnreadEnvironmentError extends JcdsError {
  constructor(name: string, variable: string) {
    super({
      code: 'ENVIRONMENT_UNREAD',
      message: `the ENV of ${name} has a value that a script cannot read: ${variable}`,
      hint: 'jcds exec can, and a script written for it anew with jcds wrap',
    });
  }
}

/** A script for bubblewrap was not told which GPU to expect. */
class GpuNotExpectedError extends JcdsError {
  constructor() {
    super({
      code: 'GPU_NOT_EXPECTED',
      message:
        'this host has a GPU, and a script for bubblewrap hands on only the kind that it was written for',
      hint: 'jcds wrap --gpu nvidia, rocm or none; or jcds exec',
    });
  }
}

/** Names by which a job's environment would steer a runtime that is linked dynamically; as a pattern of `case`. */
const STEERING = 'LD_* | GLIBC_TUNABLES | MALLOC_* | GCONV_PATH | LOCPATH | NLSPATH';

/**
 * What a script for bubblewrap reads itself, and gives the job in the end. What is addressed to the container waits in
 * jcds_addressed, an entry a line.
 */
export const BUBBLEWRAP_VARIABLES: OwnVariables = {
  kept: ['APPTAINERENV_*', 'SINGULARITYENV_*'],
  first: [
    'case $jcds_kept:$jcds_item in',
    '  *:PATH | *:HOME | *:PWD) continue ;;',
    "  1:APPTAINERENV_?*) jcds_addressed=$jcds_addressed$jcds_word$jcds_newline jcds_kept='' ;;",
    "  1:SINGULARITYENV_?*) jcds_addressed_before=$jcds_addressed_before$jcds_word$jcds_newline jcds_kept='' ;;",
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

/** Whether binds have to be put in order: jcds' own alone are. */
function areGathered({ binds, contain }: ScriptOptions): boolean {
  return binds.length > 0 || contain;
}

/** The functions that a script for bubblewrap has besides those of every script. */
export function bubblewrapFunctions(requested: ScriptOptions): string[] {
  const { image, gpu, policy } = requested;
  return [
    "jcds_options='' jcds_libraries='' jcds_addressed='' jcds_addressed_before=''",
    part(GIVE, { STEERING, UNSTEADY: patterns(UNSTEADY, '      ') }),
    ...giveOwn(policy),
    ...imageFunctions(requested),
    part(TREE, {
      NO_PLACE: failLine(new PlaceError(TEXT, PLACE)),
      UNREADABLE: failLine(unreadableError(image.repository)),
      MOST: MOST_WORDS,
      TOO_MANY: failLine(new TooManyEntriesError(TEXT)),
      ODD_LINK: failLine(new OddNameError('of a link of the image, which has a line end in it')),
    }),
    ...(gpu === 'nvidia' || gpu === 'rocm' ? [gpuLibraries()] : []),
    ownBinds(areGathered(requested)),
    part(FOLLOWED),
  ];
}

/** jcds_give_own: a variable of the image's own ENV, unless the caller has a value that the policy puts before it. */
function giveOwn(policy: ScriptOptions['policy']): string[] {
  const names = ENVIRONMENT_RULES.flatMap(rule => (rule[policy] === 'host' ? rule.names : []));
  if (names.length === 0) return [];
  return [
    'jcds_give_own() { # NAME VALUE: of the image, unless the caller has one that comes first',
    '  case $1 in',
    `    ${patterns(names, '    ')})`,
    '      eval "[ -z \\"\\${$1-}\\" ]" || return 0',
    '      ;;',
    '  esac',
    '  jcds_give "$@"',
    '}',
  ];
}

function ownBinds(isGathered: boolean): string {
  if (!isGathered)
    return `jcds_own() { # SOURCE PLACE [ro]
  if [ -d "$1" ]; then
    jcds_mount "$2" directory "--\${3:+ro-}bind" "$1"
  elif [ -e "$1" ]; then
    jcds_mount "$2" file "--\${3:+ro-}bind" "$1"
  fi
}`;
  const gathered = part(GATHERED, { ODD_NAME: failLine(new OddNameError(TEXT)) });
  return `jcds_binds='' jcds_tab='\t' jcds_closed=''
${gathered}
jcds_own() { # SOURCE PLACE [ro]
  [ -e "$1" ] || return 0
  case $1:$jcds_here/ in
    "$2:$2"/*) jcds_is_shown=1 ;;
  esac
  jcds_bind "$2" "--\${3:+ro-}bind$1"
}`;
}

/** Lines that become bubblewrap: what src/runtimes/bubblewrap.ts decides, decided by the script. */
export function bubblewrapLines(requested: ScriptOptions, starting: readonly string[]): string[] {
  const { contain, workdir, runtimeArguments, set, passed } = requested;
  const binds = bindLines(requested, { showsCwd: false, word: bindWord(requested) });
  return [
    ...refuseFiles(),
    ...findProgram(requested.program),
    ...whichImage(knownTo(requested), recordedLines(requested.recorded, giver(requested.policy))),
    ...part(ADDRESSED).split('\n'),
    'jcds_give JCDS_IMAGE "$jcds_name"',
    'jcds_give JCDS_IMAGE_PATH "$jcds_target"',
    ...passedLines(passed),
    ...set.map(([name, value]) => `jcds_give ${name} ${quoteWord(value)}`),
    ...placeLines(requested),
    ...(areGathered(requested) ? binds : []),
    ...(contain && workdir === null ? CONTAINED_CWD : []),
    'jcds_check "$1"',
    'jcds_variables=$jcds_options',
    "jcds_options=''",
    ...ownPlaces(requested),
    ...part(ACCOUNTS, {
      NO_DESCRIPTOR: failLine(new NoFreeDescriptorError(1, 0)),
      LIMIT: INPUT_LIMIT - 1,
      GROUPS: OWN_LINES_LIMIT,
    }).split('\n'),
    ...part(ZONE).split('\n'),
    ...gpuLines(requested),
    ...(areGathered(requested) ? GATHERED_BINDS : binds),
    'jcds_mounts=$jcds_options',
    "jcds_options=''",
    'jcds_option "$jcds_program" --die-with-parent --cap-drop ALL --tmpfs /',
    'jcds_show_root',
    `jcds_options=$jcds_options$jcds_mounts${areGathered(requested) ? '$jcds_closed' : ''}`,
    'jcds_option --remount-ro / --chdir "$jcds_cwd"',
    ...(runtimeArguments.length > 0 ? [`jcds_option ${runtimeArguments.map(quoteWord).join(' ')}`] : []),
    'jcds_options=$jcds_options$jcds_variables',
    '[ -z "$jcds_libraries" ] || jcds_option --setenv LD_LIBRARY_PATH "$jcds_libraries"',
    'export "PATH=$jcds_search" "HOME=$jcds_home" "PWD=$jcds_cwd"',
    ...becomeRuntime(starting, '-- \\"\\$@\\"$jcds_inputs$jcds_bodies'),
  ];
}

/** A tag may lead to an image file one day. */
function refuseFiles(): string[] {
  const able = RUNTIME_NAMES.filter(name => RUNTIMES[name].images.includes('file'));
  const refusal = new UnsupportedByRuntimeError(`bubblewrap runs no image that is one file: ${TEXT}`, able);
  return [
    'if [ "$jcds_result" = file ]; then',
    '  jcds_text=$(jcds_clean "$jcds_target")',
    `  ${failLine(refusal)}`,
    'fi',
  ];
}

/** jcds_read_image, and what it calls. A value that does not read plainly ends the script. */
function imageFunctions({ registryCheck, image, policy }: ScriptOptions): string[] {
  return [
    part(READ_IMAGE, {
      FIRST: [
        ...(registryCheck === null ? [] : ['jcds_check_origin']),
        '[ -d "$jcds_target/.singularity.d" ] || printf \'jcds: %s\\n\' \\',
        '    "the image $jcds_name has no .singularity.d: a script cannot know its ENV; jcds exec asks its registry" >&2',
      ].join('\n  '),
      OTHER: `${giver(policy)} "$jcds_item" "$jcds_rest"`,
      LAST: `if [ -n "$jcds_strange" ]; then
    jcds_text=$(jcds_clean "$jcds_strange")
    ${failLine(new UnreadEnvironmentError(image.name, TEXT))}
  fi`,
    }),
    ...checkOrigin(registryCheck),
  ];
}

const giver = (policy: ScriptOptions['policy']) => (policy === 'hep' ? 'jcds_give_own' : 'jcds_give');

/** The image whose whole ENV the script has, or null: scripts of the image's own may have to run first. */
function knownTo({ recorded }: ScriptOptions): RecordedImage | null {
  return recorded?.exact === undefined ? null : recorded;
}

function recordedLines(recorded: RecordedImage | null, give: string): string[] {
  if (recorded?.exact === undefined) return [];
  return [
    `jcds_search=${quoteWord(recorded.searchPath)}`,
    ...recorded.exact.variables.map(([name, value]) => `${give} ${quoteWord(name)} ${quoteWord(value)}`),
  ];
}

/** What every job gets, in the order of src/runtimes/skeleton.ts. */
function ownPlaces({ contain }: ScriptOptions): string[] {
  const temporary = (at: string) => (contain ? '--perms 1777 --tmpfs' : `--bind ${at}`);
  return [
    `jcds_mount_own /dev directory ${contain ? '--dev' : '--dev-bind /dev'}`,
    "jcds_spot=''",
    'jcds_mount_own /proc directory --proc',
    'if [ -n "$jcds_spot" ] && [ -w /proc/sys/kernel/core_pattern ]; then # root: src/runtimes/held-places.ts',
    `  for jcds_item in ${HELD_IN_PROC.join(' ')}; do`,
    '    jcds_option --ro-bind-try "/proc/$jcds_item" "$jcds_spot/$jcds_item"',
    '  done',
    'fi',
    'jcds_mount_own /sys directory --ro-bind /sys',
    ...['/tmp', '/var/tmp'].map(at => `jcds_mount_own ${at} directory ${temporary(at)}`),
    'case $jcds_home:$jcds_shown in',
    '  /:*) ;;',
    '  *:) jcds_mount "$jcds_home" directory --perms 0700 --tmpfs ;;',
    '  *) jcds_mount "$jcds_home" directory --bind "$jcds_shown" ;;',
    'esac',
  ];
}

function gpuLines({ gpu, contain }: ScriptOptions): string[] {
  if (gpu === 'none') return [];
  if (gpu === 'auto') return [`[ -z "$jcds_gpu" ] ||\n    ${failLine(new GpuNotExpectedError())}`];
  const devices = gpu === 'nvidia' ? '/dev/nvidia*' : '/dev/kfd /dev/dri';
  return [
    ...(contain
      ? [
          'set +f',
          `for jcds_item in ${devices}; do`,
          '  [ ! -e "$jcds_item" ] || jcds_option --dev-bind-try "$jcds_item" "$jcds_item"',
          'done',
          'set -f',
        ]
      : []),
    `jcds_gpu_libraries ${quoteWord(gpuLibraryPattern(gpu))}`,
    `jcds_libraries=\${jcds_libraries:+$jcds_libraries:}${GPU_LIBRARIES}`,
  ];
}

/** What is shown below a read-only bind is put into it first. */
function bindWord({ binds }: ScriptOptions): (bind: WishedBind) => string {
  return ({ source, destination, mode }) => {
    const isOpen = binds.some(other => other.destination.startsWith(`${destination}/`));
    return `${mode === 'rw' ? '--bind' : isOpen ? '--open' : '--ro-bind'}${source}`;
  };
}

const GATHERED_BINDS = [
  'for jcds_bound in $jcds_binds; do',
  '  jcds_word=${jcds_bound#*"$jcds_tab"}',
  '  jcds_source=/${jcds_word#*/} jcds_word=${jcds_word%%/*}',
  "  if [ -d \"$jcds_source\" ]; then jcds_kind='directory'; else jcds_kind='file'; fi",
  '  case $jcds_word in',
  '    --open)',
  '      jcds_mount "${jcds_bound%%"$jcds_tab"*}" "$jcds_kind" --bind "$jcds_source"',
  '      jcds_replace "$jcds_spot" "\'" "\'\\\\\'\'"',
  '      jcds_closed="$jcds_closed --remount-ro \'$jcds_text\'"',
  '      ;;',
  '    *) jcds_mount "${jcds_bound%%"$jcds_tab"*}" "$jcds_kind" "$jcds_word" "$jcds_source" ;;',
  '  esac',
  'done',
];
