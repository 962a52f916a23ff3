import type { Context } from '../context.ts';
import { readAttributes } from '../cvmfs/attributes.ts';
import { clientRevision, REVISION_NAMES } from '../cvmfs/client-view.ts';
import { type Freshness, freshnessOf } from '../cvmfs/freshness.ts';
import type { Access } from '../cvmfs/http/access.ts';
import { askServerRevision, type ServerAnswer } from '../cvmfs/server-revision.ts';
import { isJcdsError } from '../errors.ts';
import type { Repository } from '../repositories/index.ts';
import { accessHere } from './access-here.ts';
import type { Deadline } from './deadline.ts';

/** How the freshness of repositories is found out. */
export interface FreshnessQuestion {
  /** The CVMFS root in use. */
  readonly root: string;
  /** URLs that the user names. */
  readonly servers: readonly string[];
  /** Whether jcds may use the network. */
  readonly network: boolean;
  readonly deadline: Deadline;
}

/**
 * Milliseconds for a server: what the mount shows is an answer without it, and whether that is the newest is then said to be
 * unknown.
 */
export const SERVER_PATIENCE = 2000;

/** Why a question that needs the network was not asked. */
export const NO_NETWORK = 'jcds may not use the network here (setting `network`)';

/**
 * Asks the mount and a server of a repository at the same time: the one may hang while the other answers. The server is
 * asked again, and others too, where the client turns out to be ahead of it.
 */
export async function gatherFreshness(
  row: Repository,
  question: FreshnessQuestion,
  context: Pick<Context, 'environment'>,
): Promise<Freshness> {
  const { root, deadline } = question;
  const [attributes, [access, first]] = await Promise.all([
    readAttributes({
      path: `${root}/${row.name}`,
      names: REVISION_NAMES,
      environment: context.environment,
      timeout: deadline.left(),
    }),
    askServer(row, question, context),
  ]);
  const ours = clientRevision(attributes).revision;
  const lags = first.state === 'known' && ours !== null && first.revision < ours;
  const server = lags && access !== null ? await ask(access, deadline, ours) : first;
  return freshnessOf(row.name, attributes, server.state === 'known' ? server : first);
}

async function askServer(
  row: Repository,
  { network, servers, deadline }: FreshnessQuestion,
  context: Pick<Context, 'environment'>,
): Promise<[Access | null, ServerAnswer]> {
  if (!network) return [null, { state: 'unknown', reason: NO_NETWORK, hint: null }];
  try {
    // Only a revision is read here, which proves nothing.
    const access = await accessHere(row, { servers, insecure: true }, deadline.left(), context);
    return [access, await ask(access, deadline, null)];
  } catch (thrown) {
    // A proxy of the site's that is none, say.
    if (!isJcdsError(thrown)) throw thrown;
    return [null, { state: 'unknown', reason: thrown.message, hint: thrown.hint ?? null }];
  }
}

function ask(access: Access, deadline: Deadline, expected: number | null): Promise<ServerAnswer> {
  const { name, servers, proxies, isProxyFor, timeout } = access;
  return askServerRevision({
    repository: name,
    servers,
    proxies,
    ...(isProxyFor && { isProxyFor }),
    ...(timeout && { timeout }),
    patience: Math.min(SERVER_PATIENCE, deadline.left()),
    expected,
  });
}
