import { OTHER_ATTRIBUTES, writeWrapper } from '../batch/htcondor/wrapper.ts';
import type { CommandDeclaration } from './command.ts';
import { JOB_OPTIONS } from './job-options.ts';

/** Options of a job that the owner of a pool decides for every job. The rest is in the job's own description. */
const OF_THE_POOL = [
  ...['--bind', '--mount', '--volume', '--env-policy', '--cleanenv', '--contain', '--gpu', '--nv', '--rocm'],
  ...['--writable-tmpfs', '--runtime', '--runtime-arg', '--any-registry'],
  ...['--repository', '--cvmfs-root', '--cvmfs-timeout'],
];

/** `jcds condor wrapper`: the script that runs a pool's jobs in the images that they name. */
export const condorWrapper: CommandDeclaration = {
  group: 'condor',
  name: 'wrapper',
  summary: 'Write the job wrapper of an HTCondor pool, which runs jobs in the image that they name',
  description:
    'The script is for USER_JOB_WRAPPER on execute nodes, and needs no Node.js. A job that says My.JCDSImage = "IMAGE" in its submit description runs in that image; every other job, and what HTCondor puts into a container itself, is left as it is. A job that cannot start ends with 75 (later, or elsewhere) or 125 (never), and says why on standard error and in .jcds-status.CLUSTER.PROCESS.json. It is a convenience, not a fence: docs/htcondor.md.',
  arguments: [],
  options: [
    {
      flags: '-o, --output <file>',
      description: 'write the script to this file (default: standard output)',
      completes: 'file',
    },
    { flags: '--force', description: 'replace the file' },
    {
      flags: '--attribute <name>',
      description: 'let this attribute of a job name an image too, where JCDSImage does not (repeatable)',
      choices: OTHER_ATTRIBUTES,
      repeatable: true,
    },
    ...JOB_OPTIONS.filter(({ flags }) => OF_THE_POOL.some(name => flags.split(/[ ,]+/).includes(name))),
  ],
  examples: [
    ['jcds condor wrapper -o /etc/condor/jcds-wrapper', 'then USER_JOB_WRAPPER = /etc/condor/jcds-wrapper'],
  ],
  action: writeWrapper,
};
