import { isJcdsError, type JcdsError } from '../../errors.ts';
import { catalogRequest } from './catalog-tree.ts';
import type { Manifest } from './manifest.ts';
import { isOlder, OlderRevisionError } from './older-revision.ts';
import { keep, type Recalled } from './recall.ts';
import type { RevisionMemory } from './revision-memory.ts';
import {
  fetchCertificate,
  fetchManifest,
  fetchWhitelist,
  type ManifestAnswer,
  type RevisionSource,
} from './revision-requests.ts';
import { type Trust, verifyChain } from './verify-chain.ts';
import { assertInForce, parseWhitelist } from './whitelist.ts';

/** All that is needed to get a revision out of a server and to believe it. */
export interface ServerQuestion extends RevisionSource {
  readonly memory: RevisionMemory | null;
  /** Null: nothing is verified, nothing is remembered. `now` is set here. */
  readonly trust: Omit<Trust, 'now'> | null;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Where a memory that cannot be written is reported. */
  readonly note: (error: JcdsError) => void;
}

/**
 * One server's manifest, verified and remembered. Cold, it takes two round trips: manifest and whitelist, then
 * certificate and root catalog; warm, one conditional request.
 */
export async function askServer(
  server: string,
  remembered: Recalled | null,
  question: ServerQuestion,
): Promise<{ readonly manifest: Manifest; readonly age: number }> {
  const { repository, trust, now } = question;
  const isListKept = remembered !== null && isInForce(remembered.whitelist, repository, now());
  const firstList = trust && !isListKept ? settled(fetchWhitelist(server, question)) : null;
  const answer = sameAs(remembered, await fetchManifest(server, remembered, question));
  const { manifest } = answer;
  if (remembered && isOlder(manifest, remembered.manifest))
    throw new OlderRevisionError(repository, manifest, remembered.manifest);
  if (!answer.isSame) await question.objects.ahead(rootCatalog(manifest));
  if (!trust) return { manifest, age: answer.age };

  const [certificate, whitelist] = await Promise.all([
    fetchCertificate(manifest, remembered, question),
    firstList
      ? unsettled(firstList)
      : answer.isSame
        ? remembered!.whitelist
        : fetchWhitelist(server, question),
  ]);
  verifyChain({ manifest, whitelist, certificate }, { ...trust, now: now() });
  const { bytes, etag, lastModified } = answer;
  const found = { revision: manifest.revision, server, bytes, whitelist, certificate, etag, lastModified };
  await keep({ ...found, confirmedAt: now() }, remembered, question.memory).catch(error => {
    if (!isJcdsError(error)) throw error;
    question.note(error);
  });
  return { manifest, age: answer.age };
}

/** What a server's answer comes to beside what is remembered. */
function sameAs(
  remembered: Recalled | null,
  answer: ManifestAnswer | null,
): ManifestAnswer & { isSame: boolean } {
  if (remembered && (answer === null || Buffer.compare(answer.bytes, remembered.bytes) === 0))
    return {
      ...remembered,
      age: answer?.age ?? 0,
      ...(answer && { etag: answer.etag, lastModified: answer.lastModified }),
      isSame: true,
    };
  return { ...answer!, isSame: false };
}

/** How the root catalog of a manifest is asked for. */
function rootCatalog(manifest: Manifest): ReturnType<typeof catalogRequest> {
  const { name, rootHash, rootSize, hasAlternativePath } = manifest;
  return catalogRequest({ mountpoint: '', hash: rootHash, size: rootSize }, name, hasAlternativePath);
}

function isInForce(whitelist: Uint8Array, repository: string, now: number): boolean {
  try {
    assertInForce(parseWhitelist(whitelist, repository), repository, now);
    return true;
  } catch {
    return false;
  }
}

/** Keeps a promise that may fail before anybody waits for it from counting as unhandled. */
function settled<Value>(promise: Promise<Value>): Promise<PromiseSettledResult<Value>> {
  return promise.then(
    value => ({ status: 'fulfilled', value }),
    reason => ({ status: 'rejected', reason }),
  );
}

async function unsettled<Value>(promise: Promise<PromiseSettledResult<Value>>): Promise<Value> {
  const result = await promise;
  if (result.status === 'rejected') throw result.reason;
  return result.value;
}
