import { apptainer, singularity } from './apptainer.ts';
import { bubblewrap } from './bubblewrap.ts';
import { charliecloud } from './charliecloud.ts';
import { containerd } from './containerd.ts';
import { docker } from './docker.ts';
import { podman } from './podman.ts';
import type { Runtime } from './runtime.ts';
import { unshare } from './unshare.ts';

/** Every runtime that jcds knows. */
export type RuntimeName =
  | 'apptainer'
  | 'singularity'
  | 'unshare'
  | 'bubblewrap'
  | 'charliecloud'
  | 'podman'
  | 'docker'
  | 'containerd';

/**
 * The table, in order of preference. unshare comes before bubblewrap because nothing of it stays beside the job, and
 * signals reach the job itself.
 */
export const RUNTIMES = {
  apptainer,
  singularity,
  unshare,
  bubblewrap,
  charliecloud,
  podman,
  docker,
  containerd,
} satisfies Record<RuntimeName, Runtime>;

/** The names, in order of preference. */
export const RUNTIME_NAMES = Object.keys(RUNTIMES) as readonly RuntimeName[];

/** Whether this is the name of a runtime. */
export function isRuntimeName(name: string): name is RuntimeName {
  return Object.hasOwn(RUNTIMES, name);
}
