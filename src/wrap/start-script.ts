import { missingGpuText } from '../job/gpu.ts';
import { quoteWord } from '../launch/quote.ts';
import { NoRuntimeError } from '../runtimes/select.ts';
import { failLine } from './failures.ts';
import { part } from './part.ts';
import { INSTALL } from './runtimes.ts';
import type { ScriptOptions } from './script-options.ts';
import BECOME from './shell/become.sh';
import GPU from './shell/gpu.sh';

/** Finds the runtime where it was, or by its name. */
export function findProgram({ name, path }: ScriptOptions['program']): string[] {
  const { program, cure } = INSTALL[name];
  return [
    `jcds_program=${quoteWord(path ?? '')}`,
    '[ -x "$jcds_program" ] ||',
    `  jcds_program=$(PATH=\${PATH-}:/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin command -v ${program}) ||`,
    `  ${failLine(new NoRuntimeError([{ name, reason: 'is not installed', cure }]), '  ')}`,
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
      return part(GPU).split('\n');
    default:
      return gpu satisfies never;
  }
}

function warnWhereMissing(gpu: 'nvidia' | 'rocm', devices: string): string[] {
  return [
    `jcds_text=${quoteWord(missingGpuText(gpu))}`,
    'set +f',
    `for jcds_item in ${devices}; do`,
    '  [ ! -e "$jcds_item" ] || jcds_text=\'\'',
    'done',
    'set -f',
    '[ -z "$jcds_text" ] || jcds_warned="jcds: $jcds_text$jcds_newline"',
  ];
}

/** What the caller has under the names of `--env NAME`, before the policy takes it. */
export function rememberPassed(passed: readonly string[]): string[] {
  return passed.map((name, index) => `jcds_theirs_${index}=\${${name}+=}\${${name}-}`);
}

/** Gives it to the job. */
export function passedLines(passed: readonly string[], give = 'jcds_give'): string[] {
  return passed.map(
    (name, index) => `[ -z "$jcds_theirs_${index}" ] || ${give} ${name} "\${jcds_theirs_${index}#=}"`,
  );
}

/** Lines that remember that they are given, where whoever runs the script has them. */
export function givenLines(passed: readonly string[]): string[] {
  return passed.map((name, index) => `[ -z "$jcds_theirs_${index}" ] || jcds_given="$jcds_given${name} "`);
}

/** The environment as the caller had it: env(1) stands before "$@" where the shell does not hand something on. */
export const HAND_ON = part(BECOME);

/**
 * The environment as the caller had it, and the runtime in this process' place.
 * @param last the line that becomes it, of "$@"
 */
export function becomeRuntime(starting: readonly string[], last: string): string[] {
  return [HAND_ON, ...starting, last];
}
