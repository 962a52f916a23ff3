import { field, needText, readJson, textField } from './answer.ts';
import type { ForgeClient } from './client.ts';
import { encodePath } from './encode-path.ts';
import { ForkPendingError, isAnswerLost, ProposalsClosedError } from './failures.ts';
import type { Account, Project } from './forge.ts';
import { readRepository } from './github-answers.ts';

const FORK_LIMIT = 300_000;
const POLL = [500, 1000, 2000, 3000, 5000];

/**
 * Our fork of a repository, made if there is none. GitHub answers 202 and copies behind; asked for a second fork, it
 * gives the first one again, whatever its name. Throws ForkPendingError, ProposalsClosedError.
 */
export async function gitHubFork(client: ForgeClient, project: Project, account: Account): Promise<Project> {
  const found = await forkOfThatName(client, project, account);
  const path = found ?? (await makeFork(client, project, account));
  return awaitCopy(client, path, project);
}

async function forkOfThatName(
  client: ForgeClient,
  project: Project,
  account: Account,
): Promise<string | null> {
  const path = `${account.name}/${project.path.split('/').at(-1)}`;
  const what = `look for your fork of ${project.path}`;
  const answer = await client.send({
    method: 'GET',
    path: `/repos/${encodePath(path)}`,
    what,
    accept: [403, 404],
  });
  if (answer.status !== 200) return null;
  const data = readJson(answer);
  const isFork = textField(data, 'parent', 'full_name') === project.path && field(data, 'archived') !== true;
  return isFork ? needText(answer, data, 'full_name') : null;
}

async function makeFork(client: ForgeClient, project: Project, account: Account): Promise<string> {
  try {
    const answer = await client.send({
      method: 'POST',
      path: `/repos/${encodePath(project.id)}/forks`,
      what: `fork ${project.path}`,
      accept: [404],
      body: { default_branch_only: true },
    });
    if (answer.status === 404) throw new ProposalsClosedError(answer.asked.host, project.path, 'forks');
    return needText(answer, readJson(answer), 'full_name');
  } catch (thrown) {
    const found = isAnswerLost(thrown) ? await forkOfThatName(client, project, account) : null;
    if (found === null) throw thrown;
    return found;
  }
}

/** Ready when its default branch is there. */
async function awaitCopy(client: ForgeClient, path: string, project: Project): Promise<Project> {
  const { clock } = client;
  const what = `fork ${project.path}`;
  const giveUp = clock.now() + FORK_LIMIT;
  for (let round = 0; ; round++) {
    const answer = await client.send({
      method: 'GET',
      path: `/repos/${encodePath(path)}`,
      what,
      accept: [404],
    });
    if (answer.status === 200) {
      const fork = { ...readRepository(answer, readJson(answer)), mayPush: true };
      const ref = `/repos/${encodePath(path)}/git/ref/heads/${encodePath(fork.defaultBranch)}`;
      const branch = await client.send({ method: 'GET', path: ref, what, accept: [404, 409] });
      if (branch.status === 200) return fork;
    }
    const pause = POLL[Math.min(round, POLL.length - 1)]!;
    if (clock.now() + pause > giveUp) throw new ForkPendingError(answer.asked, FORK_LIMIT / 1000);
    await clock.sleep(pause);
  }
}
