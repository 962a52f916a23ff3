import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FakeGitHub } from './fake-github.ts';
import type { FakeRepository } from './fake-github-state.ts';
import { ask, BMN, connect, failureOf, LIST, QuickClock, TOKEN } from './setup.ts';

let server: FakeGitHub;
let upstream: FakeRepository;
beforeEach(async () => {
  server = new FakeGitHub();
  await server.listen();
  server.users.set(TOKEN, { login: 'nica', scopes: ['public_repo'] });
  server.users.set('t-other', { login: 'baikal', scopes: null });
  upstream = server.addRepository('sync/registry', { 'docker_images.txt': LIST, 'docs.txt': 'a b\n' });
});
afterEach(() => server.close());

const request = (facts: Parameters<typeof ask>[1] = {}) => ask(server, { kind: 'github', ...facts });
const posts = () =>
  server.log.filter(({ method }) => method !== 'GET').map(({ path }) => path.replace(/^.*\/registry\//, ''));
const changesOf = (index: number) => server.changes(server.pulls[index]!, 'docker_images.txt');

describe('the way of a request', () => {
  test('without the right to push: fork, branch, pull request; the second time it is found', async () => {
    const url = `${server.origin}/sync/registry/pull/1`;
    expect(await request()).toMatchObject({ state: 'opened', iid: 1, url });
    expect(posts()).toEqual(['forks', 'git/trees', 'git/commits', 'git/refs', 'pulls']);
    expect(server.pulls).toMatchObject([
      { title: `Add ${BMN}`, source: { path: 'nica/registry' }, base: 'main' },
    ]);
    expect(changesOf(0)).toEqual({ removed: [], added: [`${BMN}\n`] });
    expect(await request()).toMatchObject({ state: 'exists', iid: 1, url, isOwn: true, rebuilt: false });
    expect(posts()).toHaveLength(5);
  });
  test('with the right to push: a branch of the repository itself', async () => {
    upstream.pushers.add('nica');
    expect(await request()).toMatchObject({ state: 'opened' });
    expect(posts()).toEqual(['git/trees', 'git/commits', 'git/refs', 'pulls']);
    expect(server.pulls[0]?.source.path).toBe('sync/registry');
  });
  test('a fork that lags behind is brought up to date', async () => {
    await request();
    server.push(upstream, { 'docker_images.txt': `${LIST}debian:12\n` });
    expect(await request({ image: 'fedora:40' })).toMatchObject({ state: 'opened', iid: 2 });
    expect(changesOf(1)).toEqual({ removed: [], added: ['fedora:40\n'] });
    expect(posts()).toContain('merge-upstream');
  });
  test('a fork of another name is found again', async () => {
    server.addRepository('nica/registry', { a: 'b' });
    expect(await request()).toMatchObject({ state: 'opened' });
    expect(server.pulls[0]?.source.path).toBe('nica/registry-1');
    expect(await request({ image: 'fedora:40' })).toMatchObject({ state: 'opened' });
    expect(server.repositories).toHaveLength(3);
  });
  test('without a token: the change and the page', async () => {
    expect(await request({ token: null })).toMatchObject({
      state: 'ready-change',
      reason: 'no-token',
      url: `${server.origin}/sync/registry/edit/main/docker_images.txt`,
    });
  });
  test('the list is looked for in the tree', async () => {
    const place = { project: 'sync/registry', branch: null, path: null, format: 'osg' as const };
    const choose = async (paths: readonly string[]) => paths[0] ?? null;
    expect(await request({ place, choose })).toMatchObject({
      state: 'opened',
      change: { path: 'docker_images.txt' },
    });
  });
  test("someone else's is found by its text, on any page", async () => {
    server.perPageLimit = 2;
    for (const image of [BMN, 'a/b:1', 'a/b:2', 'a/b:3']) await request({ image, token: 't-other' });
    expect(await request()).toMatchObject({ state: 'exists', iid: 1, author: 'baikal', isOwn: false });
  });
  test('in conflict: made anew in place', async () => {
    await request();
    server.push(upstream, {
      'docker_images.txt': LIST.replace('24.04\n', '24.04\ngit.jinr.ru:5005/nica/docker-images/bmn:25\n'),
    });
    expect(server.isConflicting(server.pulls[0]!)).toBe(true);
    expect(await request()).toMatchObject({ state: 'exists', rebuilt: true });
    expect(server.isConflicting(server.pulls[0]!)).toBe(false);
    expect(changesOf(0)).toEqual({ removed: [], added: [`${BMN}\n`] });
  });
  test('refused, and merged before', async () => {
    await request();
    server.pulls[0]!.state = 'closed';
    expect(await request()).toMatchObject({ state: 'refused', iid: 1 });
    server.pulls[0]!.state = 'merged';
    expect(await request()).toMatchObject({ state: 'opened', iid: 2 });
  });
});

describe('many at once, and cut off', () => {
  test('50 clients of one account: one request', async () => {
    const results = await Promise.all(Array.from({ length: 50 }, () => request()));
    expect(results.filter(({ state }) => state === 'opened')).toHaveLength(1);
    expect(server.pulls).toHaveLength(1);
    expect(changesOf(0)).toEqual({ removed: [], added: [`${BMN}\n`] });
  });
  test('20 images: 20 requests', async () => {
    const images = Array.from({ length: 20 }, (_, index) => `a/b:${index}`);
    const results = await Promise.all(images.map(image => request({ image })));
    expect(results.map(({ state }) => state)).toEqual(images.map(() => 'opened'));
    expect(server.pulls.flatMap((_, index) => changesOf(index).added).sort()).toEqual(
      images.map(image => `${image}\n`).sort(),
    );
  });
  test('cut off before and after each request and run again: one request with one line', async () => {
    await request();
    const { length } = server.log;
    expect(length).toBeGreaterThan(10);
    for (let at = 0; at < length; at++)
      for (const cut of ['cut-before', 'cut-after'] as const) {
        const fresh = new FakeGitHub();
        await fresh.listen();
        fresh.users.set(TOKEN, { login: 'nica', scopes: null });
        fresh.addRepository('sync/registry', { 'docker_images.txt': LIST });
        // All connections of the first run are gone from there on, as when its process is killed.
        fresh.interfere = ({ index }) => (index < at ? undefined : index === at ? cut : 'cut-before');
        await failureOf(ask(fresh, { kind: 'github' }));
        fresh.interfere = () => undefined;
        expect(['opened', 'exists'], `${cut} ${at}`).toContain((await ask(fresh, { kind: 'github' })).state);
        expect(fresh.pulls, `${cut} ${at}`).toHaveLength(1);
        expect(fresh.changes(fresh.pulls[0]!, 'docker_images.txt')).toEqual({
          removed: [],
          added: [`${BMN}\n`],
        });
        await fresh.close();
      }
  });
});

describe('failures', () => {
  test('an archived repository', async () => {
    upstream.archived = true;
    expect(await failureOf(request())).toMatchObject({ code: 'PROJECT_ARCHIVED' });
  });
  test('a moved one', async () => {
    upstream.path = 'new/home';
    server.moved.set('sync/registry', upstream.id);
    expect(await failureOf(request())).toMatchObject({
      code: 'PROJECT_MOVED',
      message: `could not read the project sync/registry on ${server.host}: the project has moved to new/home`,
    });
  });
  test('one that is not there', async () => {
    server.repositories.length = 0;
    expect(await failureOf(request())).toMatchObject({ code: 'PROJECT_NOT_FOUND' });
  });
  test('a token without a scope that suffices', async () => {
    server.users.set('t-weak', { login: 'weak', scopes: ['gist'] });
    expect(await failureOf(request({ token: 't-weak' }))).toMatchObject({
      code: 'TOKEN_SCOPE',
      message: `the token for ${server.host} lacks the scope public_repo; it has gist`,
    });
  });
  test('a token of nobody', async () => {
    expect(await failureOf(request({ token: 'ghp_none' }))).toMatchObject({ code: 'TOKEN_REJECTED' });
  });
  test.each([
    [
      {
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': String(Date.parse('2026-01-02T03:04:35Z') / 1000),
      },
      30_000,
    ],
    [{ 'retry-after': '12' }, 12_000],
  ])('a quota that is spent: %j', async (headers, pause) => {
    let once = true;
    server.interfere = () => {
      if (!once) return undefined;
      once = false;
      return {
        status: 403,
        body: { message: 'API rate limit exceeded' },
        headers: headers as Record<string, string>,
      };
    };
    const clock = new QuickClock();
    expect(await connect(server, { kind: 'github', clock }).account()).toMatchObject({
      name: 'nica',
      scopes: ['public_repo'],
    });
    expect(clock.slept).toBe(pause);
  });
  test('a fork that never comes', async () => {
    server.copyRounds = 1000;
    expect(await failureOf(request())).toMatchObject({ code: 'FORK_PENDING', exitCode: 75 });
  });
  test('the project itself is not brought up to date with anything', async () => {
    upstream.pushers.add('nica');
    server.interfere = ({ method, url }) =>
      method === 'POST' && url.pathname.endsWith('/trees')
        ? {
            status: 409,
            body: { message: 'Git Repository is empty.', documentation_url: 'https://x.example' },
          }
        : undefined;
    expect(await failureOf(request())).toMatchObject({ code: 'LIST_BUSY' });
    expect([...new Set(posts())]).toEqual(['git/trees']);
  });
  test('a refusal that is no twin', async () => {
    server.interfere = ({ method, url }) =>
      method === 'POST' && url.pathname.endsWith('/pulls')
        ? {
            status: 422,
            body: { message: 'Validation \u001bFailed', documentation_url: 'https://x.example', errors: [] },
          }
        : undefined;
    expect(await failureOf(request())).toMatchObject({
      code: 'FORGE_REFUSED',
      message: `could not open a request in sync/registry on ${server.host}: the server answers 422 "Validation ?Failed"`,
    });
  });
});
