import { isJcdsBranch } from './branch-name.ts';
import type { Account, Clock, Forge, ForgeRequest, Project, Standing } from './forges/forge.ts';

/** Where a request stands, in one word; `open` is all the rest: waiting for people or for checks. */
export type Stage = 'open' | 'failed' | 'conflicting' | 'closed' | 'merged';

export interface Progress {
  stage: Stage;
  url: string;
  iid: number;
  title: string;
  /** The page of the failed check, or of what runs now. */
  checksUrl: string | null;
  /** Why the server does not show its checks, or null. */
  checksUnseen: string | null;
}

/** What the server says of a request, put into one word: what must be acted upon goes first. */
export function progressOf({ request, conflicting, checks }: Standing): Progress {
  const { state, url, number: iid, title } = request;
  const stage =
    state !== 'open' ? state : conflicting ? 'conflicting' : checks.state === 'failed' ? 'failed' : 'open';
  return { stage, url, iid, title, checksUrl: checks.url, checksUnseen: checks.reason };
}

/** Where one request stands now. */
export async function followRequest(forge: Forge, project: Project, iid: number): Promise<Progress> {
  return progressOf(await forge.standing(project, iid));
}

/** Every change of a request until it is merged or closed; asks at the given pace, in milliseconds. */
export async function* watchRequest(
  forge: Forge,
  project: Project,
  iid: number,
  { clock, pace }: { clock: Clock; pace: number },
): AsyncGenerator<Progress> {
  let last: Progress | null = null;
  for (;;) {
    const now = await followRequest(forge, project, iid);
    if (now.stage !== last?.stage || now.checksUrl !== last.checksUrl) yield now;
    if (now.stage === 'merged' || now.stage === 'closed') return;
    last = now;
    await clock.sleep(pace);
  }
}

/** The requests of this account that jcds made, newest first; two that are open for one branch are both there. */
export async function ownRequests(forge: Forge, project: Project, account: Account): Promise<ForgeRequest[]> {
  return (await forge.requestsBy(project, account)).filter(request => isJcdsBranch(request.branch));
}
