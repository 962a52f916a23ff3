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
