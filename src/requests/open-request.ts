import type { Reference } from '../image/reference.ts';
import type { ChangePlan, ProposedChange } from './change-plan.ts';
import { ForgeRefusedError, isAnswerLost } from './forges/failures.ts';
import type { Account, Change, Clock, Forge, ForgeRequest, Project } from './forges/forge.ts';
import { parseList } from './locate-list.ts';
import { findImage } from './wishlist/find.ts';

/** Pauses before looking again after a lost answer, in milliseconds: what was sent may take effect a little later. */
const LOOKS = [1000, 2000, 4000];

/** What is looked for until it is there; null when it does not come. */
export async function lookAgain<T>(
  clock: Clock,
  look: () => Promise<T | null | undefined>,
): Promise<T | null> {
  for (const pause of LOOKS) {
    await clock.sleep(pause);
    const seen = await look();
    if (seen) return seen;
  }
  return null;
}

export function changeOf(
  { project, branch, located, addition }: ChangePlan,
  source: Project,
  rewrite: boolean,
): Change {
  const message = `Add ${addition.entry}`;
  return { project, source, branch, base: located.file, content: addition.text, message, rewrite };
}

/**
 * A branch that holds the line: the one that is there, or a new one. `isStale` says that what is there belongs to an earlier
 * request. `changed`: somebody else wrote meanwhile; plan again.
 */
export async function prepareBranch(
  forge: Forge,
  plan: ChangePlan,
  {
    source,
    reference,
    isStale,
    clock,
  }: { source: Project; reference: Reference; isStale: boolean; clock: Clock },
): Promise<'written' | 'changed'> {
  const holds = await branchHolds(forge, plan, source, reference);
  if (holds === true && !isStale) return 'written';
  try {
    return await forge.writeBranch(changeOf(plan, source, holds !== null));
  } catch (thrown) {
    if (!isAnswerLost(thrown)) throw thrown;
    const seen = await lookAgain(clock, () => branchHolds(forge, plan, source, reference));
    if (seen === null) throw thrown;
    return 'written';
  }
}

/** Whether the list on the branch has the image; null when there is no such branch. */
async function branchHolds(
  forge: Forge,
  plan: ChangePlan,
  source: Project,
  reference: Reference,
): Promise<boolean | null> {
  const file = await forge.readFile(source, plan.located.file.path, plan.branch);
  if (file === null) return null;
  return findImage(plan.format, parseList(plan.format, file), reference) !== null;
}

/** Opens the request, or finds the one that somebody opened in the same moment. Throws ForgeRefusedError, AnswerLostError. */
export async function openRequest(
  forge: Forge,
  plan: ChangePlan,
  {
    source,
    account,
    message,
    clock,
  }: { source: Project; account: Account; message: string | undefined; clock: Clock },
): Promise<{ request: ForgeRequest; isNew: boolean }> {
  const { project, branch, target, change } = plan;
  const look = async () =>
    (await forge.requestsFrom(project, branch, target, account)).find(({ state }) => state === 'open');
  const title = `Add ${change.entry}`;
  try {
    const opened = await forge.open({
      project,
      source,
      branch,
      target,
      title,
      description: describe(change, message),
    });
    if (!('refusal' in opened)) return { request: opened, isNew: true };
    const request = await look();
    if (request) return { request, isNew: false };
    throw new ForgeRefusedError(
      { host: forge.host, what: `open a request in ${project.path}` },
      opened.status,
      opened.refusal,
    );
  } catch (thrown) {
    const request = isAnswerLost(thrown) ? await lookAgain(clock, look) : null;
    if (request === null) throw thrown;
    return { request, isNew: true };
  }
}

function describe({ entry }: ProposedChange, message: string | undefined): string {
  const words = message === undefined || message.trim() === '' ? [] : [message.trim()];
  return [`Please publish \`${entry}\`.`, ...words, 'Made with jcds: one line is added to the list.'].join(
    '\n\n',
  );
}
