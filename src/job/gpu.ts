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

/** By which device files a host with such a GPU is known; the last is that of WSL. */
const SIGNS = {
  nvidia: { title: 'NVIDIA', device: /^(?:nvidia.*|dxg)$/, shown: '/dev/nvidia*' },
  rocm: { title: 'AMD', device: /^(?:kfd|dxg)$/, shown: '/dev/kfd' },
} as const;

/** What a GPU that was asked for by name and is not on this host is said to be. */
export function missingGpuText(gpu: 'nvidia' | 'rocm'): string {
  const { title, shown } = SIGNS[gpu];
  return `--gpu ${gpu}: this host has no ${title} GPU (${shown}), so the job gets none`;
}

/** A warning where a GPU was asked for by name and this host has no such device; every runtime starts the job without it. */
export function missingGpu(wanted: 'auto' | 'nvidia' | 'rocm' | 'none', devices = DEVICES): string | null {
  if (wanted === 'auto' || wanted === 'none') return null;
  return namesIn(devices).some(name => SIGNS[wanted].device.test(name)) ? null : missingGpuText(wanted);
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
