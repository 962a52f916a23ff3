import { existsSync, readdirSync } from 'node:fs';

/** Where the device files are looked for; tests give another directory. */
const DEVICES = '/dev';

/**
 * Which GPU the job gets. `auto` looks for device files as today's wrappers do (/dev/nvidia[0-9]+, /dev/kfd), and
 * respects a batch system that assigned none: HTCondor sets CUDA_VISIBLE_DEVICES=10000, NVIDIA_VISIBLE_DEVICES is
 * `none` or `void` (facts: HTCondor 23.9 and 25.14).
 */
export function chooseGpu(
  wanted: 'auto' | 'nvidia' | 'rocm' | 'none',
  environment: Readonly<Record<string, string | undefined>>,
  devices = DEVICES,
): 'nvidia' | 'rocm' | null {
  if (wanted !== 'auto') return wanted === 'none' ? null : wanted;
  const assignedNone =
    environment.CUDA_VISIBLE_DEVICES === '10000' ||
    ['none', 'void'].includes(environment.NVIDIA_VISIBLE_DEVICES ?? '');
  if (!assignedNone && namesIn(devices).some(name => /^nvidia\d+$/.test(name))) return 'nvidia';
  return existsSync(`${devices}/kfd`) ? 'rocm' : null;
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
