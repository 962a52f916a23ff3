import { quoteWord } from '../launch/quote.ts';
import { NoDevicesError } from '../runtimes/apptainer.ts';
import { bindLines } from './binds-script.ts';
import { failLine, TEXT } from './failures.ts';
import { CONTAINED_CWD, HOME_OPTIONS, placeLines } from './places-script.ts';
import type { ScriptOptions } from './script-options.ts';
import { becomeRuntime, chooseGpu, findProgram, passedLines } from './start-script.ts';

/** Lines of the function that becomes the runtime, in the order in which the row in src/runtimes/ puts its words. */
export function apptainerLines(requested: ScriptOptions, starting: readonly string[]): string[] {
  return [
    ...variables(requested),
    ...findProgram(requested.program),
    ...placeLines(requested),
    ...options(requested),
    'case $jcds_result in',
    '  directory) jcds_check "$1" ;;',
    'esac',
    ...SAVE_BYTES,
    ...becomeRuntime(starting, '\\"\\$jcds_program\\" $jcds_options \\"\\$jcds_target\\" $jcds_words'),
  ];
}

/** Variables of the job beside those of the caller and the image. */
function variables({ set, passed, program: { prefix } }: ScriptOptions): string[] {
  const ownPath = set.some(([name]) => name === 'PATH') || passed.includes('PATH');
  return [
    ...(prefix === 'SINGULARITYENV_' ? ['jcds_readdress'] : []),
    'jcds_give JCDS_IMAGE "$jcds_name"',
    'jcds_give JCDS_IMAGE_PATH "$jcds_target"',
    ...passedLines(passed),
    ...set.map(([name, value]) => `jcds_give ${name} ${quoteWord(value)}`),
    ...set.filter(([name]) => name === 'PATH').map(([, value]) => `jcds_search=${quoteWord(value)}`),
    ...(passed.includes('PATH') ? ['jcds_search=${PATH-$jcds_search}'] : []),
    ...(ownPath
      ? [
          'unset APPTAINERENV_PREPEND_PATH APPTAINERENV_APPEND_PATH SINGULARITYENV_PREPEND_PATH SINGULARITYENV_APPEND_PATH',
        ]
      : []),
    ...['case $jcds_high in', '  1) jcds_mend ;;', 'esac'],
  ];
}

function options(requested: ScriptOptions): string[] {
  const { contain, writableTmpfs, runtimeArguments } = requested;
  return [
    'jcds_option -s exec',
    ...ROOT,
    ...(contain ? ['jcds_option --contain'] : []),
    ...missingPlaces(contain),
    ...HOME_OPTIONS,
    ...(writableTmpfs ? ['jcds_option --writable-tmpfs'] : []),
    ...chooseGpu(requested.gpu),
    '[ -z "$jcds_gpu" ] || jcds_option "$jcds_gpu"',
    'case $jcds_dropped in',
    '  1) jcds_option --bind /dev/null:/.singularity.d/env/10-docker2singularity.sh ;;',
    'esac',
    ...bindLines(requested, { showsCwd: true, opens: false }),
    ...(contain && requested.workdir === null ? CONTAINED_CWD : []),
    'jcds_option --pwd "$jcds_cwd"',
    ...(runtimeArguments.length > 0 ? [`jcds_option ${runtimeArguments.map(quoteWord).join(' ')}`] : []),
  ];
}

/** Root without all capabilities: Apptainer asks for them and gives up. The first digit may stand for less than four. */
const ROOT = [
  '# shellcheck disable=SC3067 # -O: in dash, bash and busybox',
  'if [ -O /proc ]; then',
  '  while read -r jcds_item jcds_word; do',
  '    case $jcds_item in',
  '      CapEff:) break ;;',
  '    esac',
  '  done </proc/self/status',
  '  jcds_word=${jcds_word#"${jcds_word%%[!0]*}"}',
  '  case $jcds_word in',
  "    [137f]*[!f]* | [!137f]* | '') jcds_option --userns ;;",
  '  esac',
  'fi',
];

/** Apptainer makes no /tmp in an image that has none, and contains no image without /dev (src/runtimes/apptainer.ts). */
function missingPlaces(contain: boolean): string[] {
  return [
    'case $jcds_result in',
    '  directory)',
    ...(contain
      ? [
          '    if ! [ -e "$jcds_target/dev" ] && ! [ -h "$jcds_target/dev" ]; then',
          '      jcds_text=$jcds_target',
          `      ${failLine(new NoDevicesError(TEXT))}`,
          '    fi',
        ]
      : []),
    '    if ! [ -e "$jcds_target/tmp" ] && ! [ -h "$jcds_target/tmp" ]; then',
    contain ? '      jcds_option --scratch /tmp' : '      jcds_option --bind /tmp:/tmp',
    '    fi',
    '    ;;',
    'esac',
  ];
}

/** Arguments whose bytes Apptainer would spoil. */
const SAVE_BYTES = [
  'jcds_words=\'"$@"\'',
  'case $* in',
  '  *[!$jcds_ascii]*) if jcds_is_spoilt "$*"; then jcds_carry "$@"; fi ;;',
  'esac',
];
