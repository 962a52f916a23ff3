import { GPU_LIBRARIES, gpuLibraryPattern } from '../runtimes/gpu.ts';
import { part } from './part.ts';
import type { ScriptOptions } from './script-options.ts';
import LIBRARIES from './shell/gpu-libraries.sh';

/** jcds_gpu_libraries PATTERN: shows them to a job under bubblewrap. */
export function gpuLibraries(): string {
  return part(LIBRARIES, { LIBRARIES: GPU_LIBRARIES });
}

const GPUS = {
  nvidia: { option: '--nv', devices: '/dev/nvidia*' },
  rocm: { option: '--rocm', devices: '/dev/kfd /dev/dri' },
};

/** Lines that show a GPU to a job under bubblewrap: its libraries, and its devices where not all are shown. */
export function gpuLines({ gpu, contain }: ScriptOptions): string[] {
  if (gpu === 'none') return [];
  return [
    'case $jcds_gpu in',
    ...(['nvidia', 'rocm'] as const)
      .filter(kind => gpu === 'auto' || gpu === kind)
      .flatMap(kind => [
        `  ${GPUS[kind].option})`,
        ...(contain ? devices(GPUS[kind].devices).map(line => `    ${line}`) : []),
        `    jcds_gpu_libraries ${inPieces(gpuLibraryPattern(kind))}`,
        '    ;;',
      ]),
    'esac',
    `[ -z "$jcds_gpu" ] || jcds_libraries=\${jcds_libraries:+$jcds_libraries:}${GPU_LIBRARIES}`,
  ];
}

/** A pattern that is too long for a line. */
function inPieces(pattern: string): string {
  return (pattern.match(/.{1,80}(?![^|])|.{1,80}/g) ?? []).map(piece => `'${piece}'`).join('\\\n');
}

function devices(patterns: string): string[] {
  return [
    'set +f',
    `for jcds_item in ${patterns}; do`,
    '  [ ! -e "$jcds_item" ] || jcds_option --dev-bind-try "$jcds_item" "$jcds_item"',
    'done',
    'set -f',
  ];
}
