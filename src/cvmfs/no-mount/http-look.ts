import { EXIT, isJcdsError } from '../../errors.ts';
import { timerDelay } from '../ask-look.ts';
import type { SeenImage } from '../find-anywhere.ts';
import type { ImageName, RepositoryRow } from '../look-question.ts';
import type { Publication, Unreachable } from '../publication.ts';
import { findOverHttp } from './find-over-http.ts';
import { type HttpOptions, isAskedFor } from './http-options.ts';
import { httpReason, tooSlow } from './http-reason.ts';
import { type HttpView, viewOf } from './http-view.ts';
import { type HttpContext, type HttpRepository, openOverHttp } from './open-over-http.ts';
import { guarded, Unseen } from './unseen.ts';

/** What a look over HTTP is made with. */
export interface HttpQuestion {
  /** The CVMFS root in use: paths are said as they would be on a mount there. */
  readonly root: string;
  readonly requested: HttpOptions;
  /** Seconds for each server and object. */
  readonly timeout: number;
  /** Whether that is also the bound of the whole look; else it lasts while the servers keep a pace. */
  readonly isBounded: boolean;
}

/** Repositories opened over HTTP, each once. `close` it: connections keep a process alive. */
export interface HttpLook {
  /** The same answer as a look at mounts gives. Throws for what the user asked for and that cannot be (`isAskedFor`). */
  find(image: ImageName, rows: readonly RepositoryRow[]): Promise<SeenImage>;
  /** Does something with a repository; what the reader throws becomes the answer. */
  within<Value>(
    row: RepositoryRow,
    look: (opened: HttpRepository) => Promise<Value>,
  ): Promise<Value | Unreachable>;
  close(): Promise<void>;
}

/** A look over HTTP; nothing is asked before something is looked for. */
export function httpLook(question: HttpQuestion, context: HttpContext): HttpLook {
  const { requested, timeout, isBounded } = question;
  const bounds = {
    patience: timeout * 1000,
    ...(isBounded && { signal: AbortSignal.timeout(Math.max(1, timerDelay(timeout * 1000))) }),
  };
  const opened = new Map<string, Promise<HttpRepository>>();
  const open = (row: RepositoryRow): Promise<HttpRepository> => {
    const known = opened.get(row.name);
    const opening = known ?? openOverHttp(row, requested, bounds, context);
    opened.set(row.name, opening);
    return guarded(row.name, () => opening);
  };
  const orUnreachable = async <Value>(look: () => Promise<Value>): Promise<Value | Unreachable> => {
    try {
      return await look();
    } catch (thrown) {
      if (!(thrown instanceof Unseen)) throw thrown;
      return unreachable(thrown, question);
    }
  };
  const view = async (name: string): Promise<HttpView | null> => {
    const known = await opened.get(name)?.catch(() => null);
    return known ? viewOf(known.repository, known.access, context.now()) : null;
  };
  return {
    async find(image, rows) {
      const { root } = question;
      const { readsOrigin } = requested;
      const found = await orUnreachable(() => findOverHttp({ image, rows, root, readsOrigin, open }));
      const seen = 'publication' in found ? found : { publication: found, origin: null, architecture: null };
      const views = await viewsOf(seen.publication, view);
      const http = views.at(-1) ?? null;
      return { ...seen, facts: null, unread: null, http, views, overHttp: true, notMounted: null };
    },
    within: (row, look) =>
      orUnreachable(async () => {
        const repository = await open(row);
        return guarded(row.name, () => look(repository));
      }),
    async close() {
      const all = await Promise.all([...opened.values()].map(opening => opening.catch(() => null)));
      await Promise.all(all.map(one => one?.repository.close()));
    },
  };
}

/** What was met as an answer; mistakes of the user's own, and bugs, are thrown on. */
function unreachable({ repository, thrown }: Unseen, { requested, timeout }: HttpQuestion): Unreachable {
  if (isTimeout(thrown)) return { state: 'unreachable', repository, reason: tooSlow(repository, timeout) };
  if (!isJcdsError(thrown) || (thrown.exitCode === EXIT.usage && isAskedFor(requested))) throw thrown;
  return { state: 'unreachable', repository, reason: httpReason(thrown) };
}

/** The signal's end: in a request it says TimeoutError, in a pause between two AbortError. */
function isTimeout(thrown: unknown): boolean {
  return thrown instanceof Error && (thrown.name === 'TimeoutError' || thrown.name === 'AbortError');
}

/** The repositories that a look went through; the one that answers stands last. */
async function viewsOf(
  publication: Publication,
  view: (name: string) => Promise<HttpView | null>,
): Promise<HttpView[]> {
  const names =
    publication.state === 'missing'
      ? publication.looked.map(({ repository }) => repository)
      : [publication.repository];
  const views = await Promise.all([...new Set(names)].map(view));
  return views.filter(found => found !== null);
}
