import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FakeGitHub } from './fake-github.ts';
import { FakeGitLab } from './fake-gitlab.ts';
import { ask, BMN, LIST, TOKEN } from './setup.ts';

/** Somebody else's open request, as both forges keep it. */
interface Others {
  title: string;
  body?: string;
  description?: string;
  source: { branches: Map<string, string>; known: Set<string> };
  branch: string;
}

describe.each(['gitlab', 'github'] as const)('%s: open requests of others', kind => {
  let server: FakeGitHub | FakeGitLab;
  beforeEach(async () => {
    server = kind === 'github' ? new FakeGitHub() : new FakeGitLab();
    await server.listen();
    const files = { 'docker_images.txt': LIST, 'other.txt': LIST, 'recipe.yaml': RECIPE };
    if (server instanceof FakeGitHub) {
      server.users.set(TOKEN, { login: 'nica', scopes: null });
      server.users.set('t-other', { login: 'baikal', scopes: null });
      server.addRepository('sync/registry', files);
    } else {
      server.addUser(TOKEN, 'nica');
      server.addUser('t-other', 'baikal');
      server.addProject('sync/registry', files);
    }
  });
  afterEach(() => server.close());

  const RECIPE =
    "version: 1\nuser: x\ncvmfs_repo: y\noutput_format: z\ninput:\n    - 'https://ghcr.io/a/b:1'\n";

  /** A request by hand: a file of the project has this text, and the request says this of itself. */
  async function byHand(path: string, text: string, title = `Update ${path}`, words = ''): Promise<void> {
    const placeholder = `quay.io/by/hand:${server.log.length}`;
    await ask(server, { kind, token: 't-other', image: placeholder });
    const all: Others[] = server instanceof FakeGitHub ? server.pulls : server.requests;
    const request = all.at(-1)!;
    Object.assign(request, { title, body: words, description: words });
    const head = request.source.branches.get(request.branch)!;
    const { sha } = server.commits.add(head, { 'docker_images.txt': LIST, [path]: text }, 'by hand');
    request.source.branches.set(request.branch, sha);
    request.source.known.add(sha);
  }

  const mine = (image = BMN) => ask(server, { kind, image });
  const read = () => server.log.filter(({ path }) => /\/(?:diffs|changes|files)(?:\?|$)/.test(path));

  test.each([
    ['the very line', `${LIST}${BMN}\n`, BMN],
    ['the same image, written otherwise', `${LIST}library/fedora:40\n`, 'fedora:40'],
    ['a pattern that covers it', `${LIST}gromacs/gromacs:*\n`, 'gromacs/gromacs:2026'],
    ['several lines', LIST.replace('# others\n', `# others\na/b:1\n${BMN}\nc/d:2\n`), BMN],
  ])('that add %s are found, whatever they say', async (_what, text, image) => {
    await byHand('docker_images.txt', text);
    expect(await mine(image)).toMatchObject({ state: 'exists', iid: 1, author: 'baikal', isOwn: false });
  });
  test.each([
    ['the line of another file', 'other.txt', `${LIST}${BMN}\n`, 'Update'],
    ['another line', 'docker_images.txt', `${LIST}${BMN}.1\n`, 'Update'],
    ['another line, whatever they say', 'docker_images.txt', `${LIST}a/b:1\n`, `Add ${BMN}`],
    ['a comment', 'docker_images.txt', `${LIST}# ${BMN}\n`, 'Update'],
  ])('that add %s are none', async (_what, path, text, title) => {
    await byHand(path, text, title);
    expect(await mine()).toMatchObject({ state: 'opened', iid: 2 });
  });
  test('whose changes are not shown are known by their words', async () => {
    if (server instanceof FakeGitHub) server.patchLimit = 10;
    else server.diffLimit = 10;
    await byHand('docker_images.txt', `${LIST}${BMN}\n`);
    expect(await mine('fedora:40')).toMatchObject({ state: 'opened', iid: 2 });
    await byHand('docker_images.txt', `${LIST}${BMN}\n`, 'please', `We need ${BMN}.`);
    expect(await mine()).toMatchObject({ state: 'exists', iid: 3 });
  });
  test("CERN's recipe", async () => {
    await byHand('recipe.yaml', `${RECIPE}    - "https://${BMN}"  # soon\n`);
    const place = { project: 'sync/registry', branch: null, path: 'recipe.yaml', format: 'cern' as const };
    expect(await ask(server, { kind, place })).toMatchObject({ state: 'exists', iid: 1 });
    expect(await ask(server, { kind, place, image: 'fedora:40' })).toMatchObject({ state: 'opened' });
  });
  test('are read until one is found, the most promising first, and not without end', async () => {
    for (let index = 0; index < 60; index++) await byHand('docker_images.txt', `${LIST}a/b:${index}\n`);
    await byHand('docker_images.txt', `${LIST}${BMN}\n`, `Add ${BMN}`);
    for (let index = 60; index < 70; index++) await byHand('docker_images.txt', `${LIST}a/b:${index}\n`);
    server.log.length = 0;
    expect(await mine()).toMatchObject({ state: 'exists', iid: 61 });
    expect(read().length).toBeLessThanOrEqual(4);
    server.log.length = 0;
    expect(await mine('fedora:40')).toMatchObject({ state: 'opened' });
    expect(read()).toHaveLength(50);
    server.log.length = 0;
    expect(await ask(server, { kind, image: 'fedora:41', token: null })).toMatchObject({
      state: 'ready-change',
    });
    expect(read()).toHaveLength(10);
  }, 120_000);
});

test('a GitLab that is older than 15.7 shows the changes with the request', async () => {
  const server = new FakeGitLab();
  await server.listen();
  server.isOld = true;
  server.addUser(TOKEN, 'nica');
  server.addUser('t-other', 'baikal');
  server.addProject('sync/registry', { 'docker_images.txt': LIST });
  await ask(server, { token: 't-other' });
  Object.assign(server.requests[0]!, { title: 'Update docker_images.txt', description: '' });
  expect(await ask(server)).toMatchObject({ state: 'exists', iid: 1, author: 'baikal' });
  await server.close();
});
