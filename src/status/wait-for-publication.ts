import { commandText } from '../command-text.ts';
import { brokenError } from '../cvmfs/publication.ts';
import { JcdsError } from '../errors.ts';
import { safeText } from '../output/safe-text.ts';
import { durationText } from './duration.ts';
import type { ImageStatus } from './gather.ts';

/** How waiting is done; everything that takes time comes from outside. */
export interface Waiting {
  /** Seconds in all. */
  readonly timeout: number;
  /** The `--repository` options that were typed, for the hint. */
  readonly typed: string;
  /** Looks once, within so many seconds. */
  look(seconds: number): Promise<ImageStatus>;
  /** Seconds that one look may take. */
  readonly lookTimeout: number;
  /** Milliseconds since some moment. */
  now(): number;
  /** Lets seconds pass. */
  pause(seconds: number, tell: () => void): Promise<unknown>;
  /** What is true now, and for how many seconds was waited. */
  tell(news: string, waited: number): void;
}

/** The time was up before the image could be seen here. */
export class NotVisibleYetError extends JcdsError {
  /** @param typed the `--repository` options that were typed, for the hint */
  constructor(name: string, seconds: number, news: string, typed: string) {
    super({
      code: 'NOT_VISIBLE_YET',
      message: `${safeText(name)} could not be seen here within ${durationText(seconds)}: ${safeText(news, 600)}`,
      hint: `see what stands in the way with: jcds status -v ${typed}${commandText(name)}`,
    });
  }
}

/** The last look may begin when the time is up, and takes at most this many seconds. */
const LAST_LOOK = 1;

/**
 * Looks until an image can be seen on this host, at the pace at which the client learns of anything new.
 * Throws NotVisibleYetError when the time is up; a look that fails for a bug is thrown on.
 */
export async function waitForImage(waiting: Waiting): Promise<ImageStatus> {
  const { timeout, lookTimeout, now, typed } = waiting;
  const started = now();
  const waited = (): number => (now() - started) / 1000;
  for (;;) {
    const left = Math.max(LAST_LOOK, timeout - waited());
    const isLast = timeout - waited() <= 0;
    const status = await waiting.look(Math.min(lookTimeout, left));
    if (status.publication.state === 'published' && status.notMounted === null) return status;
    refuseBroken(status);
    const news = newsOf(status);
    if (isLast || waited() >= timeout) throw new NotVisibleYetError(status.name, timeout, news, typed);
    const tell = (): void => waiting.tell(news, waited());
    tell();
    await waiting.pause(Math.min(nextLook(status), timeout - waited()), tell);
  }
}

/** No waiting mends an entry that leads to no image; a newer revision, which this client has not got yet, may have mended it. */
function refuseBroken({ publication, freshness }: ImageStatus): void {
  if (publication.state !== 'broken' || freshness.some(({ standing }) => standing === 'behind')) return;
  throw brokenError(publication.entry);
}

/** What stands in the way, as far as it is known. */
export function newsOf({ publication, freshness, notMounted }: ImageStatus): string {
  if (publication.state === 'published' && notMounted !== null)
    return `it is published in ${publication.repository}, but not mounted here: ${notMounted.detail} (--no-mount waits for the publication alone)`;
  if (publication.state === 'unreachable')
    return `${publication.repository} cannot be seen: ${publication.reason.detail}`;
  return (
    freshness.map(({ repository, sentence }) => `${repository}: ${sentence}`).join('; ') || 'not published'
  );
}

const SHORTEST = 10;
const LONGEST = 600;
const UNSEEN = 30;
/** Without the client's word, a share of the time for which the server says that its revision is current. */
const SHARE = 4;
const USUAL_TTL = 240;

/** In how many seconds something can have changed: shortly after the client looks for a newer revision. */
export function nextLook({ publication, freshness, notMounted }: ImageStatus): number {
  if (publication.state === 'unreachable' || notMounted !== null) return UNSEEN;
  const seconds = freshness.map(({ client, server }) =>
    typeof client.nextCheck === 'number'
      ? client.nextCheck * 60 + SHORTEST
      : (server?.ttlSeconds ?? USUAL_TTL) / SHARE,
  );
  return Math.min(LONGEST, Math.max(SHORTEST, Math.min(...seconds, LONGEST)));
}
