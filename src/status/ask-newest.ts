import type { Context } from '../context.ts';
import type { SeenImage } from '../cvmfs/find-anywhere.ts';
import type { Search } from '../cvmfs/find-publication.ts';
import type { ImageName } from '../cvmfs/look-question.ts';
import { freshnessOverHttp } from '../cvmfs/no-mount/http-freshness.ts';
import type { HttpOptions } from '../cvmfs/no-mount/http-options.ts';
import type { Missing } from '../cvmfs/publication.ts';
import { type Repository, repositoryNamed } from '../repositories/index.ts';
import { areLocal } from './are-local.ts';
import { deadlineIn } from './deadline.ts';
import { gatherFreshness, SERVER_PATIENCE } from './gather-freshness.ts';
import { gatherWitnesses } from './gather-witnesses.ts';
import type { Standing } from './newest.ts';

/** An image that was not found, and where it was looked for. */
export interface MissingHere {
  readonly image: ImageName;
  readonly found: SeenImage;
  readonly search: Search;
  /** The table of services. */
  readonly table: readonly Repository[];
  readonly requested: HttpOptions;
}

type AskContext = Pick<Context, 'self' | 'environment' | 'home' | 'uid' | 'now'>;

function repositoriesOf({ looked }: Missing): readonly string[] {
  return [...new Set(looked.map(({ repository }) => repository))];
}

/**
 * How an absence stands to the newest revision of the servers: asks the mount and a server once, and, where the server is ahead,
 * the signed repository.
 */
export async function askNewest(missing: MissingHere, context: AskContext): Promise<Standing> {
  const { image, found, search, table, requested } = missing;
  const { publication, overHttp, views } = found;
  if (publication.state !== 'missing') return { publication, freshness: [], witness: null, isLocal: false };
  if (overHttp)
    return {
      publication,
      freshness: views.map(view => freshnessOverHttp(view, context.now())),
      witness: null,
      isLocal: false,
    };
  // For all of it: whoever asked has an answer already.
  const deadline = deadlineIn(Math.min(SERVER_PATIENCE, search.timeout * 1000));
  const names = repositoriesOf(publication);
  if (await areLocal(search.root, names, deadline, context))
    return { publication, freshness: [], witness: null, isLocal: true };
  const question = {
    root: search.root,
    servers: requested.servers,
    network: requested.when !== 'never',
    deadline,
  };
  const freshness = await Promise.all(
    names.map(name => gatherFreshness(repositoryNamed(name, table), question, context)),
  );
  const asked = [{ image, found, freshness }];
  const [witness] = await gatherWitnesses(asked, search, requested, deadline, context);
  return { publication, freshness, witness: witness ?? null, isLocal: false };
}
