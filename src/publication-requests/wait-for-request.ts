import { commandText } from '../command-text.ts';
import type { Settings } from '../configuration/settings.ts';
import type { Published } from '../cvmfs/publication.ts';
import { EXIT, isJcdsError, JcdsError } from '../errors.ts';
import type { Progress as ProgressLine } from '../output/progress.ts';
import { safeText } from '../output/safe-text.ts';
import type { Progress } from '../requests/follow.ts';
import type { Clock } from '../requests/forges/forge.ts';
import type { Visible } from './published.ts';

/** The request was closed, and the image will not come of it. */
export class RequestClosedError extends JcdsError {
  /** @param typed the `--repository` options that were typed, for the hint */
  constructor(name: string, url: string, typed: string) {
    super({
      code: 'REQUEST_CLOSED',
      message: `the request for ${safeText(name)} was closed without being merged: ${safeText(url, 300)}`,
      hint: `read there why; ask once more with: jcds request --again ${typed}${commandText(name)}`,
    });
  }
}

/** What an image that was asked for waits for. */
export interface WaitingFor {
  readonly image: string;
  readonly repository: string;
  /** The page of the request; null when the image is listed already. */
  readonly url: string | null;
  /** What must happen next, for people. */
  readonly next: string;
}

/** The image was asked for and cannot be seen here yet. */
export class NotYetPublishedError extends JcdsError {
  readonly waitingFor: WaitingFor;

  /** @param typed the `--repository` options that were typed, for the hint */
  constructor(waitingFor: WaitingFor, typed: string) {
    const { image, repository, url, next } = waitingFor;
    super({
      code: 'NOT_YET_PUBLISHED',
      message: `${safeText(image)} was asked for in ${safeText(repository, 80)} and is not there yet: ${safeText(next, 300)}${url === null ? '' : ` (${safeText(url, 300)})`}`,
      hint: `try again later; see how it stands with: jcds requests${typed === '' ? '' : ` ${typed.trimEnd()}`}, or wait with: jcds request --wait ${typed}${commandText(image)}`,
    });
    this.waitingFor = waitingFor;
  }
}

/** What is waited for, and how it is found out. */
export interface Waiting {
  readonly name: string;
  readonly repository: string;
  /** The `--repository` options that were typed, for hints. */
  readonly typed: string;
  /** Looks whether the image is visible here. */
  look(): Promise<Visible>;
  /** How the client of this host stands to the servers, as a sentence. */
  freshness(): Promise<string>;
  /** How the request stands; null: there is none to follow. */
  readonly follow: (() => Promise<Progress>) | null;
  /** Makes a request that is in conflict anew, if it is ours; whether it did. */
  rebuild(): Promise<boolean>;
  readonly url: string | null;
  readonly progress: ProgressLine;
  readonly settings: Pick<Settings, 'waitTimeout' | 'waitInterval'>;
  readonly clock: Clock;
  /** For an image that is published already, and only not visible here: what is thrown when the time is over. */
  readonly late?: () => JcdsError;
}

/**
 * Waits for an image through merge, conversion and the client's next look, until it is visible here. A server that is away for a
 * while is waited for too. Throws RequestClosedError and, when the time is over, NotYetPublishedError.
 */
export async function waitUntilVisible(waiting: Waiting): Promise<Published> {
  const { clock, settings, name, repository, url, progress } = waiting;
  const deadline = clock.now() + settings.waitTimeout * 1000;
  let follow = waiting.follow;
  for (;;) {
    const seen = await waiting.look();
    if (seen.state === 'visible') return seen.published;
    const stage = follow === null ? null : await stageOf(waiting, follow);
    if (stage?.merged) follow = null;
    const next =
      stage?.merged === false
        ? stage.next
        : stillToCome(seen.reason ?? (await waiting.freshness()), waiting.late !== undefined);
    progress.update(`${name}: ${next}`);
    if (clock.now() + settings.waitInterval * 1000 > deadline)
      throw (
        waiting.late?.() ?? new NotYetPublishedError({ image: name, repository, url, next }, waiting.typed)
      );
    await clock.sleep(settings.waitInterval * 1000);
  }
}

function stillToCome(reason: string, isPublished: boolean): string {
  const before = isPublished ? 'published; waiting' : 'in the list; waiting for its conversion and';
  return `${before} for the CVMFS client of this host (${reason})`;
}

async function stageOf(
  { name, typed, rebuild }: Waiting,
  follow: () => Promise<Progress>,
): Promise<{ merged: boolean; next: string }> {
  try {
    const { stage, url, checksUrl } = await follow();
    switch (stage) {
      case 'merged':
        return { merged: true, next: '' };
      case 'closed':
        throw new RequestClosedError(name, url, typed);
      case 'conflicting':
        return {
          merged: false,
          next: (await rebuild())
            ? `made anew on the list as it is now: ${url}`
            : `in conflict with the list as it is now: ${url}`,
        };
      case 'failed':
        return { merged: false, next: `its check failed: ${checksUrl ?? url}` };
      case 'open':
        return { merged: false, next: `waiting for the operators to merge ${url}` };
      default:
        return stage satisfies never;
    }
  } catch (thrown) {
    if (!isJcdsError(thrown) || thrown.exitCode !== EXIT.later) throw thrown;
    return { merged: false, next: thrown.message };
  }
}
