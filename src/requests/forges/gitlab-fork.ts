import { safeText } from '../../output/safe-text.ts';
import { type Answer, field, numberField, readJson, readList, textField, wordsOf } from './answer.ts';
import type { ForgeClient } from './client.ts';
import { ForkFailedError, ForkPendingError, isAnswerLost, ProposalsClosedError } from './failures.ts';
import type { Account, Project } from './forge.ts';
import { readProject } from './gitlab-answers.ts';

const IMPORT_LIMIT = 300_000;
const POLL = [500, 1000, 2000, 3000, 5000];

/**
 * Our fork of a project, made if there is none, ready to be pushed to. Making one is asynchronous; a second client
 * that comes meanwhile gets 409 and finds the first one's. Throws ForkFailedError, ForkPendingError.
 */
export async function gitLabFork(
  client: ForgeClient,
  host: string,
  project: Project,
  account: Account,
): Promise<Project> {
  const what = `fork ${project.path}`;
  const found = await findFork(client, project, account);
  if (found !== null) return awaitImport(client, found, { host, what });
  const alone = project.path.split('/').at(-1)!;
  // The plain name may be taken by a project of the user's own: then by the whole path.
  for (const name of [alone, project.path.replaceAll('/', '-')]) {
    const id =
      (await makeFork(client, project, account, name, what)) ??
      (await forkNamed(client, project, account, name, what));
    if (id !== null) return awaitImport(client, id, { host, what });
  }
  throw new ForkFailedError(
    { host, what },
    `your account has other projects of the names that the fork could have`,
  );
}

async function findFork(client: ForgeClient, project: Project, account: Account): Promise<string | null> {
  const candidates: unknown[] = [];
  const query = { owned: 'true', per_page: 100 };
  for await (const page of client.pages({
    path: `/projects/${project.id}/forks`,
    query,
    what: `look for your fork of ${project.path}`,
  }))
    candidates.push(...readList(page));
  const usable = candidates.filter(
    data => field(data, 'archived') !== true && numberField(data, 'id') !== null,
  );
  const own = usable.find(data => textField(data, 'namespace', 'full_path') === account.name) ?? usable[0];
  return own === undefined ? null : String(numberField(own, 'id'));
}

/** The id of the new fork, also when its answer was lost; null when a project has that name already. */
async function makeFork(
  client: ForgeClient,
  project: Project,
  account: Account,
  name: string,
  what: string,
): Promise<string | null> {
  const isPlain = project.path.endsWith(`/${name}`);
  try {
    const answer = await client.send({
      method: 'POST',
      path: `/projects/${project.id}/fork`,
      what,
      accept: [404, 409],
      body: isPlain ? {} : { name, path: name },
    });
    if (answer.status === 409 && isNameTaken(answer)) return null;
    if (answer.status === 409) throw forkRefused(answer);
    if (answer.status === 404) throw new ProposalsClosedError(answer.asked.host, project.path, 'forks');
    return String(numberField(readJson(answer), 'id'));
  } catch (thrown) {
    if (!isAnswerLost(thrown)) throw thrown;
    const found = await findFork(client, project, account);
    if (found === null) throw thrown;
    return found;
  }
}

/** GitLab's 409 is for every reason that it finds in the new project; one of its name is told by these words. */
function isNameTaken(answer: Answer): boolean {
  return /has already been taken/.test(wordsOf(answer) ?? '');
}

function forkRefused(answer: Answer): ForkFailedError {
  const { asked } = answer;
  return new ForkFailedError(
    asked,
    wordsOf(answer) ?? 'the server does not say why (status 409)',
    `ask the administrators of ${safeText(asked.host, 100)}; \`jcds request --dry-run\` prints the line to send to the operators instead`,
  );
}

/** A project that has the name already, if it is a fork of ours after all. */
async function forkNamed(
  client: ForgeClient,
  project: Project,
  account: Account,
  name: string,
  what: string,
): Promise<string | null> {
  const path = `/projects/${encodeURIComponent(`${account.name}/${name}`)}`;
  const answer = await client.send({ method: 'GET', path, what, accept: [403, 404] });
  if (answer.status !== 200) return null;
  const data = readJson(answer);
  return String(numberField(data, 'forked_from_project', 'id')) === project.id
    ? String(numberField(data, 'id'))
    : null;
}

async function awaitImport(
  client: ForgeClient,
  id: string,
  asked: { host: string; what: string },
): Promise<Project> {
  const { clock } = client;
  const giveUp = clock.now() + IMPORT_LIMIT;
  for (let round = 0; ; round++) {
    const answer = await client.send({ method: 'GET', path: `/projects/${id}`, what: asked.what });
    const data = readJson(answer);
    const status = textField(data, 'import_status') ?? 'none';
    if (status === 'finished' || status === 'none') return { ...readProject(answer, data), mayPush: true };
    if (status === 'failed')
      throw new ForkFailedError(asked, textField(data, 'import_error') ?? 'the import failed');
    const pause = POLL[Math.min(round, POLL.length - 1)]!;
    if (clock.now() + pause > giveUp) throw new ForkPendingError(asked, IMPORT_LIMIT / 1000);
    await clock.sleep(pause);
  }
}
