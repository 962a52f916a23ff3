import { JcdsError } from '../errors.ts';
import { isRuntimeName, RUNTIMES, type RuntimeName } from '../runtimes/index.ts';
import { UnknownRuntimeError } from '../runtimes/select.ts';

/**
 * Runtimes that a script can start without jcds, in order of preference. Apptainer makes its own mount points; for bubblewrap
 * the script looks itself what the image lacks.
 */
export const WRAPPABLE_NAMES = [
  'apptainer',
  'singularity',
  'bubblewrap',
] as const satisfies readonly RuntimeName[];

/** A runtime that a script can start. */
export type WrappableName = (typeof WRAPPABLE_NAMES)[number];

const APPTAINER = 'install Apptainer, or load the site module that has it';

/** The name of the program that a script looks for, and what to do where it is missing. */
export const INSTALL: Record<WrappableName, { readonly program: string; readonly cure: string }> = {
  apptainer: { program: 'apptainer', cure: APPTAINER },
  singularity: { program: 'singularity', cure: APPTAINER },
  bubblewrap: { program: 'bwrap', cure: 'install the package bubblewrap' },
};

/** A case that a script ends with 125 for, where `jcds exec` starts the job. */
export interface Refusal {
  /** The code of the error, which the status file of a job has. */
  readonly code: string;
  /** What it is, for docs/wrap.md. */
  readonly what: string;
}

const OWN_NAME: Refusal = {
  code: 'OWN_NAME',
  what: "a variable of the caller's whose name begins with `jcds_`: such names are the script's own",
};
const ODD_NAME: Refusal = {
  code: 'ODD_NAME',
  what: 'where binds were asked for, or with `--contain`: a directory or file that is shown and has a tab or a line end in its name',
};
const APPTAINERS: readonly Refusal[] = [
  OWN_NAME,
  ODD_NAME,
  {
    code: 'NOT_TEXT',
    what: 'an argument or a variable that is not UTF-8, or has a carriage return before a line end: Apptainer would change it',
  },
  {
    code: 'VARIABLE_NOT_POSSIBLE',
    what: '`--env` for an image that lost `.singularity.d/env/99-base.sh`',
  },
];

/** What scripts leave to `jcds exec`, so that a person can read them. docs/wrap.md lists it, and a test holds that. */
export const REFUSED: Record<WrappableName, readonly Refusal[]> = {
  apptainer: APPTAINERS,
  singularity: APPTAINERS,
  bubblewrap: [
    OWN_NAME,
    ODD_NAME,
    {
      code: 'ENVIRONMENT_UNREAD',
      what: 'an image that came after the script was written, whose ENV has a value with a quote, `\\`, `$`, a backtick or several lines',
    },
    {
      code: 'BIND_PLACE',
      what: 'a place where the image has a file and a directory is shown, or the other way round',
    },
    {
      code: 'GPU_NOT_EXPECTED',
      what: 'a GPU on the host, unless the script was written with `--gpu nvidia`, `rocm` or `none`',
    },
  ],
};

const isWrappable = (name: string): name is WrappableName =>
  WRAPPABLE_NAMES.some(wrappable => wrappable === name);

/** None of the runtimes that were asked for can be started by a script. */
export class NotWrappableError extends JcdsError {
  constructor(names: readonly string[]) {
    const reasons = names.filter(isRuntimeName).map(name => `${name} ${reasonFor(name)}`);
    super({
      code: 'NOT_WRAPPABLE',
      message: `a script without jcds cannot start ${names.join(' or ')}: ${reasons.join('; ')}`,
      hint: `jcds wrap --runtime ${names.includes('unshare') ? 'bubblewrap' : WRAPPABLE_NAMES[0]} …, or call jcds exec in a script of your own`,
    });
  }
}

function reasonFor(name: RuntimeName): string {
  return RUNTIMES[name].diesWithParent
    ? 'builds its root by tools and libraries of this very host, which jcds finds at each start'
    : 'needs jcds to prepare it at each start';
}

/** Those of the configured order (empty: the table's) that a script can start. @throws NotWrappableError, UnknownRuntimeError */
export function wrappableOf(configured: readonly string[]): readonly WrappableName[] {
  const unknown = configured.find(name => !isRuntimeName(name));
  if (unknown !== undefined) throw new UnknownRuntimeError(unknown);
  const names = configured.length === 0 ? WRAPPABLE_NAMES : configured.filter(isWrappable);
  if (names.length === 0) throw new NotWrappableError(configured);
  return names;
}
