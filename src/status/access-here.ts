import type { Context } from '../context.ts';
import { readClientConfiguration } from '../cvmfs/client-config.ts';
import { type Access, repositoryAccess } from '../cvmfs/http/access.ts';
import type { Repository } from '../repositories/index.ts';

/** Longest wait for the client's tool or files, in milliseconds; they are asked at most three times. */
const CONFIGURATION_LIMIT = 3000;

/**
 * How this host reaches a repository over HTTP: what the user names, then how its own client is set up, then the table.
 * @param timeout milliseconds that are left
 * @throws InvalidServerError, BlacklistError
 */
export async function accessHere(
  row: Repository,
  named: { readonly servers: readonly string[]; readonly insecure: boolean },
  timeout: number,
  { environment }: Pick<Context, 'environment'>,
): Promise<Access> {
  const limit = Math.min(CONFIGURATION_LIMIT, timeout / 3);
  const client = await readClientConfiguration(row.name, { environment, timeout: limit });
  return repositoryAccess({ service: row, client, named: { ...named, keys: [] }, environment });
}
