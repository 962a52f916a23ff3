import type { ChangePlan, ProposedChange } from './change-plan.ts';
import { ForgeRefusedError, isAnswerLost } from './forges/failures.ts';
import type { Account, Change, Clock, Forge, ForgeRequest, Project } from './forges/forge.ts';

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
 * Makes the branch from the list as it is, whatever a branch of that name holds: it can be foreseen, and where others may push, one of
 * them may have put more into it than the change that was shown. `isRepeated`: it could not be made before, so one may be there
 * of which the list cannot be read. `changed`: somebody else wrote meanwhile; plan again.
 */
export async function prepareBranch(
  forge: Forge,
  plan: ChangePlan,
  { source, isRepeated, clock }: { source: Project; isRepeated: boolean; clock: Clock },
): Promise<'written' | 'changed'> {
  const read = () => forge.readFile(source, plan.located.file.path, plan.branch);
  const before = await read();
  try {
    return await forge.writeBranch(changeOf(plan, source, before !== null || isRepeated));
  } catch (thrown) {
    if (!isAnswerLost(thrown)) throw thrown;
    const isWritten = async () => {
      const now = await read();
      return now !== null && now.head !== before?.head && now.content.equals(Buffer.from(plan.addition.text));
    };
    if ((await lookAgain(clock, isWritten)) === null) throw thrown;
    return 'written';
  }
}

/**
 * Opens the request, or finds the one that somebody opened in the same moment: of this account, else by what it adds. Throws
 * ForgeRefusedError, AnswerLostError.
 */
export async function openRequest(
  forge: Forge,
  plan: ChangePlan,
  {
    source,
    account,
    message,
    clock,
    findOthers,
  }: {
    source: Project;
    account: Account;
    message: string | undefined;
    clock: Clock;
    findOthers: () => Promise<ForgeRequest | undefined>;
  },
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
    const request = (await look()) ?? (await findOthers());
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
