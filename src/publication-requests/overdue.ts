import type { Context } from '../context.ts';
import { readAttributes } from '../cvmfs/attributes.ts';
import { isOverdue } from '../cvmfs/client-view.ts';
import { freshnessOf } from '../cvmfs/freshness.ts';
import type { Missing } from '../cvmfs/publication.ts';
import { NotInRevisionError } from '../status/not-in-revision.ts';

/** An image that was not found, for who asks no server. */
export interface UnaskedAbsence {
  readonly name: string;
  readonly publication: Missing;
  /** The CVMFS root in use. */
  readonly root: string;
  /** The `--repository` options that were typed, for hints. */
  readonly typed: string;
}

/** Milliseconds for the attributes of a mount. */
const PATIENCE = 2000;
const OVERDUE = { state: 'unknown', reason: 'it should have looked for one by now', hint: null } as const;

/**
 * Where the client of a repository should have looked for a newer revision and has not (its servers are down, say), an absence is one
 * of this host's alone. Asks nobody but the mount. @throws NotInRevisionError
 */
export async function refuseOverdue(
  { name, publication, root, typed }: UnaskedAbsence,
  { environment }: Pick<Context, 'environment'>,
): Promise<void> {
  for (const repository of new Set(publication.looked.map(looked => looked.repository))) {
    const path = `${root}/${repository}`;
    const names = ['revision', 'expires'];
    const attributes = await readAttributes({ path, names, environment, timeout: PATIENCE });
    if (!isOverdue(attributes)) continue;
    const freshness = [freshnessOf(repository, attributes, OVERDUE)];
    throw new NotInRevisionError(name, { publication, freshness, witness: null, isLocal: false }, typed);
  }
}
