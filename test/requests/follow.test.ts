import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { followRequest, ownRequests, watchRequest } from '../../src/requests/follow.ts';
import type { Account } from '../../src/requests/forges/forge.ts';
import { FakeGitHub } from './fake-github.ts';
import { FakeGitLab } from './fake-gitlab.ts';
import type { FakeProject } from './fake-gitlab-state.ts';
import { ask, BMN, connect, LIST, QuickClock, TOKEN } from './setup.ts';

const OTHER = LIST.replace('24.04\n', '24.04\ngit.jinr.ru:5005/nica/docker-images/bmn:25\n');

describe('GitLab', () => {
  let server: FakeGitLab;
  let upstream: FakeProject;
  beforeEach(async () => {
    server = new FakeGitLab();
    await server.listen();
    server.addUser(TOKEN, 'nica');
    upstream = server.addProject('sync/registry', { 'docker_images.txt': LIST });
    await ask(server);
  });
  afterEach(() => server.close());
  const follow = async () => {
    const forge = connect(server);
    return followRequest(forge, await forge.project('sync/registry'), 1);
  };
  const pipelinePage = (id: number) => `${server.origin}/sync/registry/-/pipelines/${id}`;

  test.each([
    [[], 'open', null],
    [['running'], 'open', 1],
    [['success'], 'open', 1],
    [['failed'], 'failed', 1],
    [['canceled'], 'failed', 1],
    [['failed', 'success'], 'open', 2],
    [['success', 'failed'], 'failed', 2],
  ])('pipelines %j: %s', async (statuses, stage, page) => {
    server.requests[0]!.pipelines = statuses.map((status, index) => ({ id: index + 1, status }));
    expect(await follow()).toEqual({
      stage,
      iid: 1,
      url: `${server.origin}/sync/registry/-/merge_requests/1`,
      title: `Add ${BMN}`,
      checksUrl: page === null ? null : pipelinePage(page),
      checksUnseen: null,
    });
  });
  test('conflicting, closed, merged', async () => {
    server.push(upstream, { 'docker_images.txt': OTHER });
    expect(await follow()).toMatchObject({ stage: 'conflicting' });
    server.requests[0]!.state = 'closed';
    expect(await follow()).toMatchObject({ stage: 'closed' });
    server.requests[0]!.state = 'merged';
    expect(await follow()).toMatchObject({ stage: 'merged' });
  });
  test('watched to its end, each change once', async () => {
    const forge = connect(server);
    const clock = new QuickClock();
    const seen: string[] = [];
    const [request] = server.requests;
    for await (const { stage } of watchRequest(forge, await forge.project('sync/registry'), 1, {
      clock,
      pace: 60_000,
    })) {
      seen.push(stage);
      if (seen.length === 1) request!.pipelines = [{ id: 3, status: 'failed' }];
      if (seen.length === 2) request!.pipelines = [{ id: 4, status: 'success' }];
      if (seen.length === 3) server.merge(request!);
    }
    expect(seen).toEqual(['open', 'failed', 'open', 'merged']);
    expect(clock.slept).toBe(180_000);
  });
  test('my requests, those of jcds only', async () => {
    await ask(server, { image: 'fedora:40' });
    server.addUser('t-other', 'baikal');
    await ask(server, { image: 'fedora:41', token: 't-other' });
    server.requests[0]!.state = 'closed';
    const forge = connect(server);
    const list = async () =>
      (
        await ownRequests(forge, await forge.project('sync/registry'), (await forge.account()) as Account)
      ).map(({ number, state }) => [number, state]);
    expect(await list()).toEqual([
      [2, 'open'],
      [1, 'closed'],
    ]);
    server.requests[1]!.branch = 'patch-1';
    expect(await list()).toEqual([[1, 'closed']]);
  });
});

describe('GitHub', () => {
  let server: FakeGitHub;
  beforeEach(async () => {
    server = new FakeGitHub();
    await server.listen();
    server.users.set(TOKEN, { login: 'nica', scopes: null });
    server.addRepository('sync/registry', { 'docker_images.txt': LIST });
    await ask(server, { kind: 'github' });
  });
  afterEach(() => server.close());
  const follow = async () => {
    const forge = connect(server, { kind: 'github' });
    return followRequest(forge, await forge.project('sync/registry'), 1);
  };

  test.each([
    [[], 'open', null],
    [[['in_progress', null]], 'open', 0],
    [[['completed', 'success']], 'open', 0],
    [
      [
        ['completed', 'success'],
        ['completed', 'failure'],
      ],
      'failed',
      1,
    ],
    [
      [
        ['in_progress', null],
        ['completed', 'timed_out'],
      ],
      'failed',
      1,
    ],
  ] as const)('check runs %j: %s', async (checks, stage, page) => {
    server.pulls[0]!.checks = checks.map(([status, conclusion]) => ({ status, conclusion }));
    const checksUrl = page === null ? null : `${server.origin}/checks/${page}`;
    expect(await follow()).toMatchObject({ stage, checksUrl, url: `${server.origin}/sync/registry/pull/1` });
  });
  test('conflicting, closed, merged, mine', async () => {
    server.push(server.repositories[0]!, { 'docker_images.txt': OTHER });
    expect(await follow()).toMatchObject({ stage: 'conflicting' });
    server.pulls[0]!.state = 'closed';
    expect(await follow()).toMatchObject({ stage: 'closed' });
    server.pulls[0]!.state = 'merged';
    expect(await follow()).toMatchObject({ stage: 'merged' });
    const forge = connect(server, { kind: 'github' });
    const mine = await ownRequests(
      forge,
      await forge.project('sync/registry'),
      (await forge.account()) as Account,
    );
    expect(mine).toMatchObject([{ number: 1, state: 'merged', author: 'nica' }]);
  });
});
