import { isJcdsError, type JcdsError } from '../../errors.ts';
import { askServer, type ServerQuestion } from './ask-server.ts';
import type { Manifest } from './manifest.ts';
import { isLagging } from './older-revision.ts';
import { type Recalled, recall } from './recall.ts';
import { isVerificationError } from './verification-error.ts';
import { assertInForce, parseWhitelist } from './whitelist.ts';

/** The revision that answers, and what that rests on. */
export interface CurrentRevision {
  readonly manifest: Manifest;
  readonly freshness: Freshness;
  /** Why servers were passed over. */
  readonly passedOver: readonly JcdsError[];
}

export type Freshness =
  /** `age`: seconds for which a proxy had kept the server's word; absent: it comes from the server itself, as far as is known. */
  | { readonly from: 'server'; readonly server: string; readonly age?: number }
  /** No server could be asked; `confirmedAt` (milliseconds since 1970) is when one last said that this is the newest. */
  | { readonly from: 'memory'; readonly confirmedAt: number; readonly because: JcdsError };

/**
 * Finds the newest revision that can be proven: servers are asked in turn until one has a manifest that holds and is
 * not older than what is remembered. Throws the VerificationError of the first server that sent something wrong,
 * OlderRevisionError when all lag behind, UnreachableError when none answers and nothing is remembered.
 */
export async function currentRevision(options: ServerQuestion): Promise<CurrentRevision> {
  const { memory, trust, repository } = options;
  const remembered = await recall(memory, trust, repository);
  const passedOver: JcdsError[] = [];
  for (const server of options.fetcher.servers) {
    try {
      const { manifest, age } = await askPastLag(server, remembered, options);
      return { manifest, freshness: { from: 'server', server, ...(age > 0 && { age }) }, passedOver };
    } catch (error) {
      if (!isJcdsError(error)) throw error;
      passedOver.push(error);
    }
  }
  return answerFromMemory(remembered, passedOver, options);
}

/** One that lags behind what was seen before may be a proxy, which has kept what the server said before. */
async function askPastLag(server: string, remembered: Recalled | null, options: ServerQuestion) {
  try {
    return await askServer(server, remembered, options);
  } catch (error) {
    if (!isJcdsError(error) || !isLagging(error) || options.isFresh) throw error;
    return askServer(server, remembered, { ...options, isFresh: true });
  }
}

function answerFromMemory(
  remembered: Recalled | null,
  failures: readonly JcdsError[],
  { repository, now }: ServerQuestion,
): CurrentRevision {
  const wrong = failures.find(error => isVerificationError(error) && !isLagging(error));
  if (wrong) throw wrong;
  const because = failures.find(error => !isLagging(error));
  if (!because || !remembered) throw because ?? failures[0]!;
  assertInForce(parseWhitelist(remembered.whitelist, repository), repository, now());
  return {
    manifest: remembered.manifest,
    freshness: { from: 'memory', confirmedAt: remembered.confirmedAt, because },
    passedOver: failures,
  };
}
