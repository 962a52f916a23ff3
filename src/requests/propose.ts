import { isJcdsError, JcdsError } from '../errors.ts';
import { safeText } from '../output/safe-text.ts';
import { type ChangePlan, makeChangePlan, type ProposedChange, type Wish } from './change-plan.ts';
import type { Account, Clock, Forge, ForgeRequest, Project } from './forges/forge.ts';
import { systemClock } from './forges/index.ts';
import { changeOf, openRequest, prepareBranch } from './open-request.ts';
import { openAdditions } from './others.ts';
import type { Found } from './wishlist/wishlist.ts';

export interface ProposeOptions extends Wish {
  forge: Forge;
  /** A sentence of the user's for those who decide. */
  message?: string | undefined;
  /** Whether a request that was refused is made again. */
  askAgain?: boolean;
  /** Asked once, before anything is written; absent: yes. */
  confirm?: (change: ProposedChange) => Promise<boolean>;
  clock?: Clock;
}

/** The list has it: by an entry of its own or by a pattern. */
export interface Listed {
  state: 'listed';
  by: Found['state'];
  path: string;
  /** The entry, fit for a terminal, and its line. */
  line: string;
  lineNumber: number;
  surprise: Found['surprise'];
}

export type ProposeResult =
  | Listed
  /** An open request was there; `rebuilt` when it had a conflict and was made anew on the list as it is now. */
  | {
      state: 'exists';
      url: string;
      iid: number;
      author: string | null;
      isOwn: boolean;
      rebuilt: boolean;
      change: ProposedChange;
    }
  | { state: 'opened'; url: string; iid: number; change: ProposedChange }
  /** A request for this was closed without being merged. */
  | { state: 'refused'; url: string; iid: number; change: ProposedChange }
  /** Nothing was written. `url` is the page where the line can be added by hand. */
  | { state: 'ready-change'; reason: 'no-token' | 'not-confirmed'; url: string; change: ProposedChange };

/** The list or the branch was another one each time. */
export class ListBusyError extends JcdsError {
  constructor(project: string) {
    super({
      code: 'LIST_BUSY',
      message: `the list of ${safeText(project)} changed again and again while the request was made`,
      hint: 'run the same command again in a minute',
    });
  }
}

const ATTEMPTS = 5;

/**
 * Asks for an image by a request that adds its line: looks first, and only then writes; killed at any moment and run again,
 * it goes on from where it stopped. Throws the errors of forges/ and wishlist/problems.ts, ListUnknownError, ListBusyError.
 */
export async function propose(options: ProposeOptions): Promise<ProposeResult> {
  const { forge, message, clock = systemClock } = options;
  const account = await forge.account();
  const project = await forge.project(options.place.project);
  let { place } = options;
  let confirmed = options.confirm === undefined;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const plan = await makeChangePlan({ ...options, place }, project);
    if ('found' in plan) return listed(plan);
    place = { ...place, path: plan.change.path };
    const result = await findRequest(options, plan, account);
    if (result !== null) return result;
    if (account === null) return readyChange(options, plan, 'no-token');
    confirmed ||= (await options.confirm?.(plan.change)) ?? true;
    if (!confirmed) return readyChange(options, plan, 'not-confirmed');
    const source = await forge.source(project, account);
    const isRepeated = attempt > 0;
    if ((await prepareBranch(forge, plan, { source, isRepeated, clock })) === 'changed') continue;
    const asked = { source, account, message, clock, findOthers: () => findOthers(options, plan, account) };
    const { request, isNew } = await openRequest(forge, plan, asked);
    return isNew ? opened(plan, request) : existing(options, plan, request, account);
  }
  throw new ListBusyError(project.path);
}

/** What a list has already, as a result. */
export function listed({ found, path }: { found: Found; path: string }): Listed {
  const { state: by, text, line: lineNumber, surprise } = found;
  return { state: 'listed', by, path, line: safeText(text), lineNumber, surprise };
}

function opened({ change }: ChangePlan, { url, number: iid }: ForgeRequest): ProposeResult {
  return { state: 'opened', url, iid, change };
}

function readyChange(
  { forge, place }: ProposeOptions,
  plan: ChangePlan,
  reason: 'no-token' | 'not-confirmed',
): ProposeResult {
  const url = forge.editPage(place.project, plan.target, plan.change.path);
  return { state: 'ready-change', reason, url, change: plan.change };
}

/**
 * The request that there is for this wish: an open one of this account, or of others by what it adds; or the last one of this account,
 * when it was closed. By the name of its branch none of others counts, whatever became of it: anybody can give one that name.
 */
async function findRequest(
  options: ProposeOptions,
  plan: ChangePlan,
  account: Account | null,
): Promise<ProposeResult | null> {
  const { forge, askAgain = false } = options;
  const { project, branch, target, change } = plan;
  const own = account === null ? [] : await forge.requestsFrom(project, branch, target, account);
  const open = own.find(({ state }) => state === 'open') ?? (await findOthers(options, plan, account));
  if (open) return existing(options, plan, open, account);
  const [last] = own;
  return last?.state === 'closed' && !askAgain
    ? { state: 'refused', url: last.url, iid: last.number, change }
    : null;
}

/** The same wish by someone else. Without a token a server may refuse the question: then nothing is known. */
async function findOthers(
  { forge, reference }: ProposeOptions,
  { project, target, format, change }: ChangePlan,
  account: Account | null,
): Promise<ForgeRequest | undefined> {
  const { path, entry } = change;
  const place = { forge, project, target, path, format, isKnown: account !== null };
  try {
    for await (const { request, adds } of openAdditions(place, entry))
      if (adds(reference, entry)) return request;
    return undefined;
  } catch (thrown) {
    const isClosed = isJcdsError(thrown) && /^(?:TOKEN_NEEDED|FORGE_REFUSED)$/.test(thrown.code);
    if (account === null && isClosed) return undefined;
    throw thrown;
  }
}

async function existing(
  options: ProposeOptions,
  plan: ChangePlan,
  request: ForgeRequest,
  account: Account | null,
): Promise<ProposeResult> {
  const isOwn = account !== null && request.author === account.name && request.branch === plan.branch;
  const rebuilt = isOwn && (await rebuildIfConflicting(options, plan, request, account));
  const { url, number: iid, author } = request;
  return { state: 'exists', url, iid, author, isOwn, rebuilt, change: plan.change };
}

/** A request of ours that no longer fits the list is made anew on it, in place. */
async function rebuildIfConflicting(
  { forge }: ProposeOptions,
  plan: ChangePlan,
  request: ForgeRequest,
  account: Account,
): Promise<boolean> {
  const { conflicting } = await forge.standing(plan.project, request.number);
  if (conflicting !== true) return false;
  const source: Project = await forge.source(plan.project, account);
  if (source.id !== request.source) return false;
  return (await forge.writeBranch(changeOf(plan, source, true))) === 'written';
}
