import { TOKEN_VARIABLES } from '../secret.ts';
import type { ContainerEnvironment } from './runtime.ts';

/**
 * Whose value of a variable the job gets. `image first`: the image's, else the caller's, as in bare apptainer (1.4.5, tried:
 * where the image's is empty and the caller has one, the job has none). `host`: the caller's where it is not empty, else the
 * image's. `image`: the image's, or none.
 */
export type Source = 'image first' | 'host' | 'image';

/** One line of the table: some names, and whose value they have under each policy. */
export interface EnvironmentRule {
  /** `*` at the end or the beginning stands for anything. */
  readonly names: readonly string[];
  readonly keep: Source;
  readonly clean: Source;
  readonly hep: Source;
  readonly why: string;
  /** Whether `-v` says that a value of the caller's was left behind. */
  readonly noted?: true;
}

/** What each policy is for, in one sentence. */
export const POLICIES: Record<ContainerEnvironment['policy'], string> = {
  keep: "the image's environment, and the caller's where the image says nothing, as bare apptainer has it; the default",
  clean: "the image's environment alone, and what a terminal and the way out to the network need",
  hep: 'clean, and what grid, batch and GPU software looks for',
};

/**
 * The environment policies, the same on every runtime; docs/environment.md is made from this table. The first line
 * that matches a name decides. `--env` beats every line.
 */
export const ENVIRONMENT_RULES: readonly EnvironmentRule[] = [
  {
    names: TOKEN_VARIABLES,
    keep: 'image',
    clean: 'image',
    hep: 'image',
    why: "what forges and their pipelines give jcds, glab and gh to act as you with is not the job's; --env NAME passes one on purposely",
    noted: true,
  },
  {
    names: ['PYTHONHOME', 'PYTHONPATH', 'PERL5LIB', 'LD_PRELOAD'],
    keep: 'image',
    clean: 'image',
    hep: 'image',
    why: "they name the host's files and break the image's programs",
    noted: true,
  },
  {
    names: ['PATH', 'LD_LIBRARY_PATH'],
    keep: 'image',
    clean: 'image',
    hep: 'image',
    why: "they name places in the image; the usual places that the image's PATH lacks are added at its end, as apptainer does",
  },
  {
    names: ['APPTAINERENV_*', 'SINGULARITYENV_*'],
    keep: 'image',
    clean: 'image',
    hep: 'image',
    why: "set in the container under the rest of the name, whatever the policy, as apptainer's users expect",
  },
  {
    names: ['APPTAINER_*', 'SINGULARITY_*'],
    keep: 'image',
    clean: 'image',
    hep: 'image',
    why: 'they steer Apptainer itself, which keeps them from the job',
  },
  {
    names: ['TERM', 'LANG', 'USER'],
    keep: 'image first',
    clean: 'image first',
    hep: 'host',
    why: 'what a terminal and a login need',
  },
  {
    names: ['http', 'https', 'ftp', 'all', 'no'].flatMap(scheme => [
      `${scheme}_proxy`,
      `${scheme.toUpperCase()}_PROXY`,
    ]),
    keep: 'image first',
    clean: 'image first',
    hep: 'host',
    why: 'the way out to the network, which apptainer --cleanenv leaves too',
  },
  {
    names: [
      'X509_*',
      'KRB5CCNAME',
      'BEARER_TOKEN*',
      '*_proxy',
      '*_PROXY',
      'SLURM_*',
      'PMI*',
      'OMPI_*',
      'PBS_*',
      'LSB_*',
      '_CONDOR_*',
      'BATCH_SYSTEM',
      'GLIDEIN_*',
      'OSG_*',
      'OMP_NUM_THREADS',
      'CUDA_VISIBLE_DEVICES',
      'NVIDIA_VISIBLE_DEVICES',
      'ROCR_VISIBLE_DEVICES',
      'HIP_VISIBLE_DEVICES',
      'DISPLAY',
      'XAUTHORITY',
      'TZ',
      'LC_*',
      'FRONTIER_SERVER',
      'XRD_*',
      'Xrd*',
      'RUCIO_*',
    ],
    keep: 'image first',
    clean: 'image',
    hep: 'host',
    why: 'credentials, proxies, the batch system, GPUs, the display, and what HEP software is steered by',
  },
  { names: ['*'], keep: 'image first', clean: 'image', hep: 'image', why: 'everything else' },
];

/** The line of the table that decides about this name. */
export function ruleFor(name: string): EnvironmentRule {
  return ENVIRONMENT_RULES.find(rule => rule.names.some(pattern => matches(pattern, name)))!;
}

function matches(pattern: string, name: string): boolean {
  if (pattern.endsWith('*')) return name.startsWith(pattern.slice(0, -1));
  if (pattern.startsWith('*')) return name.endsWith(pattern.slice(1));
  return pattern === name;
}
