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

/** Prints JSON for programs instead of text for people. */
export const JSON_OPTION: OptionRow = {
  flags: '--json',
  description: 'print JSON; errors are one JSON object on standard error',
};

/** Which servers are asked over HTTP, where it is not for this host's own client to say. */
export const SERVER_OPTION: OptionRow = {
  flags: '--server <url>',
  description: 'ask this server of the repository (a Stratum-1), as in http://HOST/cvmfs/@fqrn@ (repeatable)',
  repeatable: true,
};
