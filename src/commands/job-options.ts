import type { ArgumentRow, OptionRow } from './command.ts';
import { CVMFS_OPTIONS, JSON_OPTION } from './common-options.ts';

/** IMAGE, wherever a command takes one. */
export const IMAGE_ARGUMENT: ArgumentRow = {
  name: 'image',
  description:
    'reference (registry/repository:tag), or a path under the CVMFS root; `.` is the configured image',
  completes: 'image',
};

/** The options of `run`, `exec` and `shell`. */
export const JOB_OPTIONS: readonly OptionRow[] = [
  {
    flags: '-B, --bind <spec>',
    description: 'show SRC[:DST[:ro|rw]] of this host inside (repeatable)',
    repeatable: true,
    completes: 'file',
  },
  {
    flags: '--mount <spec>',
    description: 'the same as type=bind,src=…,dst=…[,ro], for names with colons (repeatable)',
    repeatable: true,
  },
  {
    flags: '--env <name=value>',
    description: 'set a variable inside (repeatable); NAME alone passes the caller’s value',
    repeatable: true,
  },
  {
    flags: '--env-file <file>',
    description: 'set the variables of a file of NAME=value lines (repeatable)',
    repeatable: true,
    completes: 'file',
  },
  {
    flags: '--env-policy <policy>',
    description: 'which of the caller’s variables the job sees',
    choices: ['keep', 'clean', 'hep'],
    variable: 'JCDS_ENV_POLICY',
  },
  {
    flags: '--workdir <directory>',
    description: 'working directory inside; `image` is the image’s own (default: the caller’s)',
  },
  {
    flags: '--home <directory>',
    description: 'show this directory of the host as the home directory',
    completes: 'directory',
  },
  { flags: '--no-home', description: 'do not show the home directory' },
  {
    flags: '--contain',
    description: 'show nothing of the host but what is bound: own /tmp and home, minimal /dev',
  },
  {
    flags: '--gpu <kind>',
    description: 'which GPU is shown inside',
    choices: ['auto', 'nvidia', 'rocm', 'none'],
    variable: 'JCDS_GPU',
  },
  { flags: '--writable-tmpfs', description: 'a small writable layer over the image, lost at the end' },
  {
    flags: '--runtime <name>',
    description: 'use this runtime',
    completes: 'runtime',
    variable: 'JCDS_RUNTIMES',
  },
  {
    flags: '--runtime-arg <argument>',
    description: 'pass an argument on to the runtime (repeatable)',
    repeatable: true,
  },
  {
    flags: '--if-missing <policy>',
    description: 'what to do when the image is not published',
    choices: ['ask', 'request', 'wait', 'local', 'fail'],
    variable: 'JCDS_IF_MISSING',
  },
  {
    flags: '--local',
    description: 'run the copy in the local store, and do not look at CVMFS (docs/local.md)',
  },
  {
    flags: '--any-registry',
    description: 'accept an image that was made from another registry than the one typed',
    variable: 'JCDS_ANY_REGISTRY',
  },
  {
    flags: '--status-file <file>',
    description: 'write what was decided to this file, as JSON',
    completes: 'file',
  },
  {
    flags: '--stats',
    description:
      'stay beside the job, and say at its end what it took and what this host downloaded meanwhile',
  },
  { flags: '-n, --dry-run', description: 'print the command instead of running it' },
  JSON_OPTION,
  ...CVMFS_OPTIONS,
  { flags: '--volume <spec>', description: 'the same as --bind', repeatable: true, alias: true },
  { flags: '--cleanenv', description: 'the same as --env-policy clean', alias: true },
  { flags: '--pwd <directory>', description: 'the same as --workdir', alias: true },
  { flags: '--cwd <directory>', description: 'the same as --workdir', alias: true },
  { flags: '--nv', description: 'the same as --gpu nvidia', alias: true },
  { flags: '--rocm', description: 'the same as --gpu rocm', alias: true },
];

/** What follows IMAGE. */
export const CONTAINED_ARGUMENTS: ArgumentRow = {
  name: 'argument',
  description: 'passed on exactly as typed; one leading -- is dropped',
  optional: true,
  variadic: true,
};

/** Short options that apptainer and podman disagree about. */
export const REFUSALS = {
  '-e': 'apptainer and podman mean different things by -e; write --env-policy clean, or --env NAME=VALUE',
  '-w': 'apptainer and podman mean different things by -w; write --writable-tmpfs, or --workdir DIRECTORY',
} as const;
