import type { Attributes } from './attributes.ts';
import { type ClientRevision, clientRevision } from './client-view.ts';
import type { ServerAnswer, ServerRevision } from './server-revision.ts';

/** How the client of this host stands to the servers of a repository. */
export interface Freshness {
  readonly repository: string;
  readonly client: ClientRevision;
  readonly server: ServerRevision | null;
  /** No server is known here at all. */
  readonly isServerless: boolean;
  /** `behind`: the servers have something newer; `ahead`: the server that was asked lags; `unknown`: one is not known. */
  readonly standing: 'current' | 'behind' | 'ahead' | 'unknown';
  /** For people, without a full stop: "the server is at revision 812, this client at 811 and looks again in 3 min". */
  readonly sentence: string;
  /** How an absence is to be read, as the end of "IMAGE is …": "not in revision 2, which this client shows (the server has 3)". */
  readonly absence: string;
  /** What to do where something could not be known. */
  readonly hint: string | null;
}

/** Compares what the client shows with what a server says. Pure. */
export function freshnessOf(repository: string, attributes: Attributes, server: ServerAnswer): Freshness {
  const client = clientRevision(attributes);
  const known = server.state === 'known' ? server : null;
  const standing = standingOf(client, known);
  return {
    repository,
    client,
    server: known,
    isServerless: server.state === 'unknown' && server.isLasting === true,
    standing,
    sentence: sentenceOf(client, standing, attributes, server),
    absence: absenceOf(client, standing, server),
    hint: server.state === 'unknown' ? server.hint : null,
  };
}

/** What a client that does not show an image says about it. */
function absenceOf(client: ClientRevision, standing: Freshness['standing'], server: ServerAnswer): string {
  const ours = client.revision === null ? 'the revision' : `revision ${client.revision},`;
  const here = `not in ${ours} ${client.revision === null ? 'that' : 'which'} this client shows`;
  if (server.state === 'unknown') return `${here}; ${NOT_KNOWN}: ${server.reason}`;
  const theirs = server.revision === client.revision ? `another ${server.revision}` : server.revision;
  switch (standing) {
    case 'current':
      return `${here}, the newest of the server`;
    case 'behind':
      return `${here} (the server has ${theirs}${next(client, '; it')})`;
    case 'ahead':
      return `${here} (the server that was asked has ${theirs}; ${NOT_KNOWN})`;
    case 'unknown':
      return `${here} (the server has ${theirs}; which one this is, is not known)`;
    default:
      return standing satisfies never;
  }
}

const NOT_KNOWN = 'whether there is a newer one is not known';

function standingOf(client: ClientRevision, server: ServerRevision | null): Freshness['standing'] {
  if (client.revision === null || server === null) return 'unknown';
  if (server.revision !== client.revision) return server.revision > client.revision ? 'behind' : 'ahead';
  // The same number with another root: the repository was made anew, and the client will follow.
  return client.rootHash === null || client.rootHash === server.rootHash ? 'current' : 'behind';
}

function sentenceOf(
  client: ClientRevision,
  standing: Freshness['standing'],
  attributes: Attributes,
  server: ServerAnswer,
): string {
  const ours = client.revision;
  const theirs = server.state === 'known' ? server.revision : 0;
  switch (standing) {
    case 'behind':
      return theirs === ours
        ? `the server has another revision ${theirs} than this client${next(client, ', which')}`
        : `the server is at revision ${theirs}, this client at ${ours}${next(client, ' and')}`;
    case 'current':
      return `this client is at revision ${ours}, the newest of the server`;
    case 'ahead':
      return `this client is at revision ${ours}, and the server that was asked lags behind at ${theirs}`;
    case 'unknown':
      return unknownSentence(ours, theirs, attributes, server);
    default:
      return standing satisfies never;
  }
}

function unknownSentence(
  ours: number | null,
  theirs: number,
  attributes: Attributes,
  server: ServerAnswer,
): string {
  const why = attributes.state === 'unknown' ? attributes.reason : 'the client does not tell it';
  const client =
    ours === null ? `the revision of this client is not known: ${why}` : `this client is at revision ${ours}`;
  return server.state === 'known'
    ? `the server is at revision ${theirs}; ${client}`
    : `${client}; that of the server is not known: ${server.reason}`;
}

/** When the client looks again, as the end of a sentence. */
function next({ nextCheck }: ClientRevision, joint: string): string {
  if (nextCheck === null) return '';
  if (nextCheck === 'never') return `${joint} was told to stay there`;
  return `${joint} looks again ${nextCheck === 0 ? 'within a minute' : `in ${nextCheck} min`}`;
}
