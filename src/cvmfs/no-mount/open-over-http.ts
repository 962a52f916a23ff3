import type { Context } from '../../context.ts';
import { isJcdsError, JcdsError } from '../../errors.ts';
import { safeText } from '../../output/safe-text.ts';
import { repositoryNamed } from '../../repositories/index.ts';
import { detectLayout, type Layout } from '../../repositories/layouts/index.ts';
import { readClientConfiguration } from '../client-config.ts';
import { type Access, repositoryAccess } from '../http/access.ts';
import { openObjectCache } from '../http/object-cache.ts';
import { openRepository, type Repository } from '../http/repository.ts';
import { revisionMemory } from '../http/revision-memory.ts';
import type { RepositoryRow } from '../look-question.ts';
import type { HttpOptions } from './http-options.ts';

/** A repository that is read over HTTP. */
export interface HttpRepository {
  readonly row: RepositoryRow;
  readonly layout: Layout;
  readonly repository: Repository;
  readonly access: Access;
}

/** What reaching a repository needs of the outside. */
export type HttpContext = Pick<Context, 'environment' | 'now'>;

/** How long a look may take. */
export interface HttpBounds {
  /** Milliseconds for each object, after which no further server is asked. */
  readonly patience: number;
  /** Ends everything. */
  readonly signal?: AbortSignal;
}

/**
 * Opens a repository by what this host's CVMFS client, the user and the table of services know of it.
 * @throws JcdsError: of the reader, of the cache, of keys and servers that were named; SignalError of `signal` as it is
 */
export async function openOverHttp(
  row: RepositoryRow,
  requested: HttpOptions,
  bounds: HttpBounds,
  { environment, now }: HttpContext,
): Promise<HttpRepository> {
  const { servers, keys, insecure, services, forgetRevision, isFresh } = requested;
  const service = repositoryNamed(row.name, services);
  const client = await readClientConfiguration(row.name, { environment });
  const access = await repositoryAccess({ service, client, named: { servers, keys, insecure }, environment });
  if (access.servers.length === 0) throw new UnknownServerError(row.name);
  const { cache, notes } = await openCache(requested);
  if (forgetRevision && cache !== null) await revisionMemory(cache, row.name).forget();
  const repository = await openRepository({ ...access, ...bounds, cache, notes, now, isFresh });
  try {
    return { row, access, repository, layout: await layoutOf(row, repository) };
  } catch (thrown) {
    await repository.close();
    throw thrown;
  }
}

/** A home that cannot be written costs its user the cache, never the answer; a directory that the user named must do. */
async function openCache({ cacheDirectory, isCacheNamed }: HttpOptions) {
  try {
    return { cache: await openObjectCache({ directory: cacheDirectory }), notes: [] };
  } catch (thrown) {
    if (isCacheNamed || !isJcdsError(thrown)) throw thrown;
    return { cache: null, notes: [thrown] };
  }
}

/** The names that tell layouts apart. */
const TELLING = ['.flat', '.multiarch', '.images', 'all'];

/** By what the root catalog lists, as a mount would. */
async function layoutOf(row: RepositoryRow, repository: Repository): Promise<Layout> {
  if (row.layout !== 'detect') return detectLayout(row, []);
  const entries = await Promise.all(TELLING.map(name => repository.stat(`/${name}`)));
  return detectLayout(
    row,
    TELLING.filter((_, index) => entries[index] !== null && !entries[index]!.isHidden),
  );
}

/** Nobody knows a server of this repository. */
export class UnknownServerError extends JcdsError {
  constructor(repository: string) {
    super({
      code: 'SERVER_UNKNOWN',
      message: `no server of ${safeText(repository, 80)} is known here`,
      hint: `name one with --server http://HOST/cvmfs/@fqrn@, or in the configuration: services["${safeText(repository, 80)}"].servers`,
    });
  }
}
