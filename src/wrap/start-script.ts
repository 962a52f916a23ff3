import { missingGpuText } from '../job/gpu.ts';
import { quoteWord } from '../launch/quote.ts';
import { NoRuntimeError } from '../runtimes/select.ts';
import { failLine } from './failures.ts';
import { INSTALL } from './runtimes.ts';
import type { ScriptOptions } from './script-options.ts';

/** Finds the runtime where it was, or by its name. */
export function findProgram({ name, path }: ScriptOptions['program']): string[] {
  const { program, cure } = INSTALL[name];
  const missing = failLine(new NoRuntimeError([{ name, reason: 'is not installed', cure }]));
  return [
    `jcds_program=${quoteWord(path ?? '')}`,
    `[ -x "$jcds_program" ] || jcds_find ${program}`,
    'case $jcds_program in',
    `  '') ${missing} ;;`,
    'esac',
  ];
}

/** jcds_gpu: Apptainer's option for the GPU, found as src/job/gpu.ts does; empty: none. */
export function chooseGpu(gpu: ScriptOptions['gpu']): string[] {
  switch (gpu) {
    case 'none':
      return ["jcds_gpu=''"];
    case 'nvidia':
      return ['jcds_gpu=--nv', ...warnWhereMissing('nvidia', '/dev/nvidia* /dev/dxg')];
    case 'rocm':
      return ['jcds_gpu=--rocm', ...warnWhereMissing('rocm', '/dev/kfd /dev/dxg')];
    case 'auto':
      return [
        "jcds_gpu=''",
        'case ${CUDA_VISIBLE_DEVICES-}:${NVIDIA_VISIBLE_DEVICES-} in',
        '  10000:* | *:none | *:void) ;;',
        '  *)',
        '    for jcds_item in /dev/nvidia[0-9]*; do',
        '      case ${jcds_item#/dev/nvidia} in',
        '        *[!0-9]*) ;;',
        '        *) jcds_gpu=--nv ;;',
        '      esac',
        '    done',
        '    ;;',
        'esac',
        '[ -n "$jcds_gpu" ] || [ ! -e /dev/kfd ] || jcds_gpu=--rocm',
      ];
    default:
      return gpu satisfies never;
  }
}

function warnWhereMissing(gpu: 'nvidia' | 'rocm', devices: string): string[] {
  return [
    `jcds_text=${quoteWord(missingGpuText(gpu))}`,
    `for jcds_item in ${devices}; do`,
    '  [ ! -e "$jcds_item" ] || jcds_text=\'\'',
    'done',
    '[ -z "$jcds_text" ] || printf \'jcds: %s\\n\' "$jcds_text" >&2',
  ];
}

/** What the caller has under the names of `--env NAME`, before the policy takes it. */
export function rememberPassed(passed: readonly string[]): string[] {
  return passed.map((name, index) => `jcds_theirs_${index}n=\${${name}+=}\${${name}-}`);
}

/** Gives it to the job. */
export function passedLines(passed: readonly string[]): string[] {
  return passed.flatMap((name, index) => [
    `case $jcds_theirs_${index}n in`,
    `  =*) jcds_give ${name} "\${jcds_theirs_${index}n#=}" ;;`,
    'esac',
  ]);
}

/**
 * The environment as the caller had it, and the runtime in this process' place.
 * @param last the words of the last line, as `eval` reads them in double quotes
 */
export function becomeRuntime(starting: readonly string[], last: string): string[] {
  return [
    "jcds_before='' jcds_env=''",
    'case ${BASH_VERSION+bash}:$jcds_level in',
    '  bash:) jcds_surplus=$jcds_surplus${jcds_newline}SHLVL ;;',
    '  bash:*) ;;',
    '  :) unset SHLVL ;;',
    '  :*) SHLVL=${jcds_level#*=} ;;',
    'esac',
    'case ${BASH_VERSION+bash}:$jcds_underscore in',
    '  bash:) jcds_surplus=${jcds_surplus}${jcds_newline}_ ;;',
    "  bash:*) jcds_underscore=${jcds_underscore#*=} jcds_before='_=$jcds_underscore ' ;;",
    'esac',
    '[ -z "$jcds_lost$jcds_surplus$jcds_given" ] || jcds_hand_on',
    ...[
      'case $jcds_locale in',
      '  set*) { LC_ALL=${jcds_locale#set}; } 2>/dev/null ;;',
      '  *) unset LC_ALL ;;',
      'esac',
    ],
    ...starting,
    `eval "\${jcds_before}exec $jcds_env ${last}"`,
  ];
}
