import type { OptionRow } from './command.ts';

/** Options that every command takes. */
export const COMMON_OPTIONS: readonly OptionRow[] = [
  { flags: '-v, --verbose', description: 'say more about what is done, on standard error' },
  { flags: '-q, --quiet', description: 'say only errors' },
  { flags: '--no-input', description: 'never ask anything' },
  { flags: '--color <when>', description: 'colour the output', choices: ['auto', 'always', 'never'] },
];

/** Options of every command that looks at CVMFS. */
export const CVMFS_OPTIONS: readonly OptionRow[] = [
  {
    flags: '--repository <name>',
    description: 'search this CVMFS repository (repeatable)',
    repeatable: true,
    completes: 'repository',
    variable: 'JCDS_REPOSITORIES',
  },
  {
    flags: '--cvmfs-root <directory>',
    description: 'where CVMFS is mounted',
    completes: 'directory',
    variable: 'JCDS_CVMFS_ROOT',
  },
  {
    flags: '--cvmfs-timeout <seconds>',
    description: 'how long a look at CVMFS may take',
    variable: 'JCDS_CVMFS_TIMEOUT',
  },
  {
    flags: '--platform <os/arch>',
    description: 'choose the image of this platform where several are published',
  },
];

/** Options of the commands that answer over HTTP where nothing is mounted. `job/http-options.ts` reads them. */
export const HTTP_OPTIONS: readonly OptionRow[] = [
  {
    flags: '--no-mount',
    description: 'look at the signed repository over HTTP, whatever is mounted here',
  },
  {
    flags: '--server <url>',
    description: 'over HTTP, ask this server: http://HOST/cvmfs/@fqrn@ (repeatable)',
    repeatable: true,
  },
  {
    flags: '--keys <path>',
    description:
      'over HTTP, believe these master public keys: a PEM file, or a directory of *.pub (repeatable)',
    repeatable: true,
    completes: 'file',
  },
  { flags: '--insecure', description: 'over HTTP, look without verifying; marked so in every output' },
  {
    flags: '--forget-revision',
    description: 'over HTTP, take an older revision than was seen before, once: the repository was made anew',
  },
  {
    flags: '--cache-dir <directory>',
    description: 'keep what is fetched over HTTP here',
    completes: 'directory',
  },
];

/** Prints JSON for programs instead of text for people. */
export const JSON_OPTION: OptionRow = {
  flags: '--json',
  description: 'print JSON; errors are one JSON object on standard error',
};
