import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FakeGitLab } from './fake-gitlab.ts';
import type { FakeProject } from './fake-gitlab-state.ts';
import { ask, BMN, connect, LIST, TOKEN } from './setup.ts';

let server: FakeGitLab;
let upstream: FakeProject;
beforeEach(async () => {
  server = new FakeGitLab();
  await server.listen();
  server.addUser(TOKEN, 'nica');
  server.addUser('t-other', 'baikal');
  upstream = server.addProject('sync/registry', {
    'docker_images.txt': LIST,
    'README.md': 'Read me: a b c\n',
  });
});
afterEach(() => server.close());

const posts = () =>
  server.log.filter(({ method }) => method !== 'GET').map(({ path }) => path.replace(/^.*\//, ''));
const changesOf = (index: number) => server.changes(server.requests[index]!, 'docker_images.txt');

describe('the way of a request', () => {
  test('without the right to push: fork, branch, merge request; the second time it is found', async () => {
    const url = `${server.origin}/sync/registry/-/merge_requests/1`;
    expect(await ask(server)).toMatchObject({ state: 'opened', iid: 1, url });
    expect(posts()).toEqual(['fork', 'commits', 'merge_requests']);
    expect(server.requests).toMatchObject([
      { title: `Add ${BMN}`, source: { path: 'nica/registry' }, targetBranch: 'main', removeSource: true },
    ]);
    expect(changesOf(0)).toEqual({ removed: [], added: [`${BMN}\n`] });
    expect(await ask(server)).toMatchObject({ state: 'exists', iid: 1, url, isOwn: true, rebuilt: false });
    expect(posts()).toHaveLength(3);
  });

  test('with the right to push: a branch of the project itself', async () => {
    upstream.levels.set('nica', 30);
    expect(await ask(server, { message: 'For run 9.' })).toMatchObject({ state: 'opened' });
    expect(posts()).toEqual(['commits', 'merge_requests']);
    expect(server.requests[0]).toMatchObject({
      source: { path: 'sync/registry' },
      branch: expect.stringMatching(/^jcds\/bmn-24-12-[0-9a-f]{12}$/),
      description: `Please publish \`${BMN}\`.\n\nFor run 9.\n\nMade with jcds: one line is added to the list.`,
    });
    expect(upstream.branches.get('main')).not.toBe(upstream.branches.get(server.requests[0]!.branch));
  });

  test('says what will change and where', async () => {
    expect(await ask(server)).toMatchObject({
      change: {
        path: 'docker_images.txt',
        entry: BMN,
        line: BMN,
        lineNumber: 3,
        diff: `--- docker_images.txt\n+++ docker_images.txt\n@@ -1,5 +1,6 @@\n # images\n git.jinr.ru:5005/nica/docker-images/bmn:24.04\n+${BMN}\n \n # others\n ubuntu:22.04`,
      },
    });
  });

  test.each([
    ['ubuntu:22.04', 'listed', 5, 'ubuntu:22.04'],
    ['gromacs/gromacs:2026', 'covered', 6, 'gromacs/gromacs:*'],
  ])('%s is %s: nothing is written', async (image, by, lineNumber, line) => {
    server.push(upstream, { 'docker_images.txt': `${LIST}gromacs/gromacs:*\n` });
    expect(await ask(server, { image })).toEqual({
      state: 'listed',
      by,
      path: 'docker_images.txt',
      line,
      lineNumber,
      surprise: null,
    });
    expect(posts()).toEqual([]);
  });

  test('an old fork needs no update', async () => {
    await ask(server);
    server.push(upstream, { 'docker_images.txt': `${LIST}debian:12\n` });
    expect(await ask(server, { image: 'git.jinr.ru:5005/nica/docker-images/mpd:dev' })).toMatchObject({
      state: 'opened',
    });
    expect(changesOf(1).added).toEqual(['git.jinr.ru:5005/nica/docker-images/mpd:dev\n']);
    expect(posts().filter(name => name === 'fork')).toHaveLength(1);
  });

  test('the fork lies under another name when a project of the own account has its name', async () => {
    server.addProject('nica/registry', { a: 'b' });
    expect(await ask(server)).toMatchObject({ state: 'opened' });
    expect(server.requests[0]?.source.path).toBe('nica/sync-registry');
    expect(await ask(server, { image: 'debian:12' })).toMatchObject({ state: 'opened' });
    expect(server.projects).toHaveLength(3);
  });

  test("CERN's recipe, its bytes kept", async () => {
    const recipe = "# ü\r\nversion: 1\r\ninput:\r\n    - 'https://ghcr.io/a/b:1'  # why\r\n    # end";
    server.push(upstream, { 'sub/recipe.yaml': recipe });
    const place = {
      project: 'sync/registry',
      branch: 'main',
      path: 'sub/recipe.yaml',
      format: 'cern' as const,
    };
    expect(await ask(server, { place, image: 'ghcr.io/a/b:2' })).toMatchObject({ state: 'opened' });
    expect(server.changes(server.requests[0]!, 'sub/recipe.yaml')).toEqual({
      removed: [],
      added: ["    - 'https://ghcr.io/a/b:2'\r\n"],
    });
  });
});

describe('nothing is written', () => {
  const page = () => `${server.origin}/sync/registry/-/edit/main/docker_images.txt`;
  test('without a token: the change and the page', async () => {
    expect(await ask(server, { token: null })).toMatchObject({
      state: 'ready-change',
      reason: 'no-token',
      url: page(),
      change: { line: BMN, lineNumber: 3 },
    });
  });
  test('without a token, what is asked for already is found', async () => {
    await ask(server);
    expect(await ask(server, { token: null })).toMatchObject({
      state: 'exists',
      iid: 1,
      isOwn: false,
      author: 'nica',
    });
  });
  test('without a yes', async () => {
    const asked: string[] = [];
    const confirm = async ({ line }: { line: string }) => asked.push(line) > 1;
    expect(await ask(server, { confirm })).toMatchObject({
      state: 'ready-change',
      reason: 'not-confirmed',
      url: page(),
    });
    expect(asked).toEqual([BMN]);
    expect(posts()).toEqual([]);
  });
  test('when it would be published in the place of another', async () => {
    const image = 'ghcr.io/nica/docker-images/bmn:24.04';
    await expect(ask(server, { image })).rejects.toMatchObject({
      code: 'WISHLIST_COLLISION',
      message: `"${image}" would be published at the place of another image of the list: git.jinr.ru:5005/nica/docker-images/bmn:24.04 (line 2)`,
    });
    expect(await ask(server, { image, acceptCollisions: true })).toMatchObject({ state: 'opened' });
  });
});

describe('requests that were there before', () => {
  test('of someone else, by the same branch or by the text', async () => {
    await ask(server, { token: 't-other' });
    expect(await ask(server)).toMatchObject({ state: 'exists', iid: 1, isOwn: false, author: 'baikal' });
    server.requests[0]!.branch = 'by-hand';
    expect(await ask(server)).toMatchObject({ state: 'exists', iid: 1, isOwn: false, author: 'baikal' });
    expect(await ask(server, { image: BMN.slice(0, -1) })).toMatchObject({ state: 'opened', iid: 2 });
  });

  test('on a later page', async () => {
    server.perPageLimit = 2;
    for (const tag of 'abcdef') await ask(server, { token: 't-other', image: `${BMN}${tag}` });
    await ask(server, { token: 't-other' });
    server.requests.unshift(server.requests.pop()!);
    server.requests[0]!.branch = 'by-hand';
    expect(await ask(server)).toMatchObject({ state: 'exists', iid: 7 });
  });

  test('refused: not asked again unless told to', async () => {
    await ask(server);
    server.requests[0]!.state = 'closed';
    expect(await ask(server)).toMatchObject({ state: 'refused', iid: 1 });
    expect(await ask(server, { askAgain: true })).toMatchObject({ state: 'opened', iid: 2 });
    expect(changesOf(1).added).toEqual([`${BMN}\n`]);
  });

  test('merged, and taken out of the list since: asked anew on the list as it is', async () => {
    await ask(server);
    server.requests[0]!.removeSource = false;
    server.merge(server.requests[0]!);
    expect(await ask(server)).toMatchObject({ state: 'listed', lineNumber: 3 });
    server.push(upstream, { 'docker_images.txt': LIST });
    expect(await ask(server)).toMatchObject({ state: 'opened', iid: 2 });
    expect(changesOf(1)).toEqual({ removed: [], added: [`${BMN}\n`] });
  });

  test('in conflict: made anew in place', async () => {
    await ask(server);
    server.push(upstream, {
      'docker_images.txt': LIST.replace('24.04\n', '24.04\ngit.jinr.ru:5005/nica/docker-images/bmn:25\n'),
    });
    expect(server.merged(server.requests[0]!)).toBeNull();
    expect(await ask(server)).toMatchObject({ state: 'exists', iid: 1, rebuilt: true });
    expect(server.merged(server.requests[0]!)).not.toBeNull();
    expect(await ask(server)).toMatchObject({ state: 'exists', iid: 1, rebuilt: false });
  });
});

test('a request in conflict whose branch lies elsewhere is left alone', async () => {
  await ask(server);
  server.push(upstream, {
    'docker_images.txt': LIST.replace('24.04\n', '24.04\ngit.jinr.ru:5005/nica/docker-images/bmn:25\n'),
  });
  upstream.levels.set('nica', 30);
  expect(await ask(server)).toMatchObject({ state: 'exists', isOwn: true, rebuilt: false });
  expect(posts()).toHaveLength(3);
});

describe('many at once', () => {
  test.each([0, 30])('50 clients of one account with access level %i: one request', async level => {
    upstream.levels.set('nica', level);
    const results = await Promise.all(Array.from({ length: 50 }, () => ask(server)));
    expect(results.filter(({ state }) => state === 'opened')).toHaveLength(1);
    expect(results.filter(({ state }) => state === 'exists')).toHaveLength(49);
    expect(server.requests).toHaveLength(1);
    expect(changesOf(0)).toEqual({ removed: [], added: [`${BMN}\n`] });
    expect(server.projects).toHaveLength(level === 0 ? 2 : 1);
  });

  test('20 images: 20 requests; merged one after the other, the others made anew', async () => {
    const images = Array.from(
      { length: 20 },
      (_, index) => `git.jinr.ru:5005/nica/docker-images/bmn:25.${index}`,
    );
    const results = await Promise.all(images.map(image => ask(server, { image })));
    expect(results.map(({ state }) => state)).toEqual(images.map(() => 'opened'));
    let rebuilt = 0;
    for (const [index, image] of images.entries()) {
      const again = await ask(server, { image });
      expect(again).toMatchObject({ state: 'exists', rebuilt: index > 0 });
      if (again.state === 'exists' && again.rebuilt) rebuilt++;
      const request = server.requests.find(({ title }) => title === `Add ${image}`)!;
      server.merge(request);
    }
    expect(rebuilt).toBe(19);
    expect(server.requests).toHaveLength(20);
    const lines = server.text(upstream, 'docker_images.txt').split('\n');
    expect(lines.filter(line => line !== '').sort()).toEqual(
      [...LIST.split('\n').filter(line => line !== ''), ...images].sort(),
    );
  });

  test('two accounts: the later one finds the first; a race leaves two at most', async () => {
    const both = await Promise.all([ask(server), ask(server, { token: 't-other' })]);
    expect(both.every(({ state }) => state === 'opened' || state === 'exists')).toBe(true);
    expect(server.requests.length).toBeLessThanOrEqual(2);
    expect(await ask(server, { token: 't-other' })).toMatchObject({ state: 'exists' });
  });
});

describe('the list is looked for', () => {
  const place = { project: 'sync/registry', branch: null, path: null, format: 'osg' as const };
  const words = 'alpha\nbeta\n';
  test('among the files, and chosen once', async () => {
    server.push(upstream, {
      'images.txt': LIST,
      'docker_images.txt': words,
      'requirements.txt': 'a/b\n',
      '.hidden.txt': LIST,
      'b\u001b.txt': LIST,
      'ci/prose.txt': 'a b c\nd/e\n',
    });
    const asked: (readonly string[])[] = [];
    const choose = async (paths: readonly string[]) => {
      asked.push(paths);
      return paths[0]!;
    };
    expect(await ask(server, { place, choose })).toMatchObject({
      state: 'opened',
      change: { path: 'images.txt' },
    });
    expect(asked).toEqual([['images.txt']]);
  });
  test('and neither that nor the change is asked about again when the list changed meanwhile', async () => {
    const asked: string[] = [];
    let left = 2;
    server.interfere = ({ method, url }) =>
      method === 'POST' && url.pathname.endsWith('/commits') && left-- > 0
        ? { status: 400, body: { message: 'changed' } }
        : undefined;
    const choose = async (paths: readonly string[]) => (asked.push('path') > 0 ? paths[0]! : null);
    const confirm = async () => asked.push('change') > 0;
    expect(await ask(server, { place, choose, confirm })).toMatchObject({ state: 'opened' });
    expect(asked).toEqual(['path', 'change']);
  });
  test.each([
    [null, 'it is not known which file of sync/registry is its list of images'],
    ['wishlist', 'it is not known which file of sync/registry is its list of images (it has no wishlist)'],
  ])('and named when nobody can be asked (configured: %s)', async (path, message) => {
    await expect(ask(server, { place: { ...place, path } })).rejects.toMatchObject({
      code: 'LIST_UNKNOWN',
      message,
      hint: 'it may be docker_images.txt: give it with --list-path docker_images.txt',
      exitCode: 2,
    });
  });
  test('and is nowhere', async () => {
    server.push(upstream, { 'docker_images.txt': words });
    await expect(ask(server, { place, choose: async () => 'x' })).rejects.toMatchObject({
      hint: 'ask the operators of the service, then give it with --list-path PATH',
    });
  });
  test('a list that is not UTF-8 is not touched', async () => {
    const project = server.addProject('sync/latin', {
      'docker_images.txt': Buffer.from('# \xfc\nubuntu:1\n', 'latin1'),
    });
    await expect(
      ask(server, { place: { ...place, project: project.path, path: 'docker_images.txt' } }),
    ).rejects.toMatchObject({
      code: 'NOT_A_WISHLIST',
      message: 'the file is no list of images in the format "osg": it is not UTF-8',
    });
  });
});

test('a list that changes at every look', async () => {
  upstream.levels.set('nica', 30);
  let pushes = 0;
  server.interfere = ({ method, url }) => {
    if (method === 'POST' && url.pathname.endsWith('/commits'))
      return { status: 400, body: { message: `changed ${++pushes} times` } };
    return undefined;
  };
  await expect(ask(server)).rejects.toMatchObject({ code: 'LIST_BUSY', exitCode: 75 });
  expect(pushes).toBe(5);
});

test('the account is told with what the token may do', async () => {
  expect(await connect(server).account()).toEqual({ name: 'nica', scopes: ['api'], expires: null });
  expect(await connect(server, { token: null }).account()).toBeNull();
});
