import { GPU_LIBRARIES } from '../runtimes/gpu.ts';
import { part } from './part.ts';
import LIBRARIES from './shell/gpu-libraries.sh';

/** jcds_gpu_libraries PATTERN: shows them to a job under bubblewrap. */
export function gpuLibraries(): string {
  return part(LIBRARIES, { LIBRARIES: GPU_LIBRARIES });
}
