import { type AnswerFacts, failureOf } from './answers.ts';
import type { AuthorizedSend } from './authorization.ts';
import type { Answer, Exchange } from './exchange.ts';

/** The largest manifest, configuration and page of tags, in bytes: what registries themselves accept. */
export const CONTENT_LIMIT = 4 * 1024 * 1024;

/** Something to ask a registry about one of its repositories. */
export interface Question {
  readonly method: 'GET' | 'HEAD';
  readonly repository: string;
  /** What follows `/v2/REPOSITORY/`, or the whole address. */
  readonly at: string | URL;
  readonly accept: string;
  /** Of a long body, which the answer then does not have: the bytes wanted of it, where they go, and how many there may be. */
  readonly stream?: { readonly range: string | null } & Required<Pick<Exchange, 'sink' | 'limit'>>;
  /** What is asked about as a user would say it, for messages: a tag, a digest, or '' for the repository. */
  readonly place: string;
  /** Whether a refusal is given back instead of thrown; `isElsewhere`: it came from the far end of a redirect. */
  readonly isTolerated?: (answer: Answer, isElsewhere: boolean) => boolean;
}

/** An answer of status 200, or a tolerated one. */
export interface Asked {
  readonly answer: Answer;
  readonly facts: AnswerFacts;
}

/** Asks, and throws the failure that any other answer means. */
export type Ask = (question: Question) => Promise<Asked>;

export function asking(registry: string, origin: URL, send: AuthorizedSend, now: () => number): Ask {
  return async ({ method, repository, at, accept, place, stream, isTolerated = () => false }) => {
    const url = at instanceof URL ? at : new URL(`/v2/${repository}/${at}`, origin);
    const { range = null, ...taken } = stream ?? { limit: CONTENT_LIMIT };
    const headers = range === null ? { accept } : { accept, range };
    const exchange = { url, method, headers, ...taken };
    const asked = await send(repository, `${registry}/${repository}${suffix(place)}`, exchange);
    const failure = failureOf(asked.answer, asked.facts, now());
    if (failure && !isTolerated(asked.answer, asked.answer.url.href !== url.href)) throw failure;
    return asked;
  };
}

function suffix(place: string): string {
  if (place === '') return '';
  return isDigest(place) ? `@${place}` : `:${place}`;
}

/** Whether a place in a repository is a digest; a tag holds no colon. */
export function isDigest(place: string): boolean {
  return place.includes(':');
}
