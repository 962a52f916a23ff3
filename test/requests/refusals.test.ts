import { describe, expect, test } from 'vitest';
import { followRequest } from '../../src/requests/follow.ts';
import { FakeGitHub } from './fake-github.ts';
import { FakeGitLab } from './fake-gitlab.ts';
import { REFUSALS, type Refusal } from './refusals.ts';
import { ask, connect, failureOf, LIST, QuickClock, TOKEN } from './setup.ts';

const FILES = { 'docker_images.txt': LIST };
type Fake = FakeGitHub | FakeGitLab;

/** A forge with a user and the list, for the time of one test. */
async function withForge(kind: Refusal['forge'], use: (server: Fake) => Promise<void>): Promise<void> {
  const server = kind === 'github' ? new FakeGitHub() : new FakeGitLab();
  await server.listen();
  if (server instanceof FakeGitHub) {
    server.users.set(TOKEN, { login: 'nica', scopes: null });
    server.addRepository('sync/registry', FILES);
  } else {
    server.addUser(TOKEN, 'nica');
    server.addProject('sync/registry', FILES);
  }
  await use(server);
  await server.close();
}

test.each(REFUSALS)('%s', async (_title, refusal) => {
  await withForge(refusal.forge, async server => {
    const clock = new QuickClock();
    server.interfere = ({ method, url }) =>
      method === refusal.method && url.pathname.endsWith(refusal.end)
        ? refusal.answer({ origin: server.origin, now: clock.now() })
        : undefined;
    const failure = await failureOf(ask(server, { kind: refusal.forge, clock }));
    const hidden = (text: string) =>
      text.replaceAll(server.host, 'HOST').replaceAll('sync/registry', 'PROJECT');
    expect([failure.code, failure.exitCode]).toEqual([refusal.code, refusal.exitCode]);
    const wanted = (text: string | RegExp) =>
      typeof text === 'string' ? text.replaceAll('sync/registry', 'PROJECT') : expect.stringMatching(text);
    expect(hidden(failure.message).replace(/^could not .*? on HOST: /, '')).toEqual(wanted(refusal.message));
    expect(hidden(failure.hint ?? '')).toEqual(wanted(refusal.hint));
  });
});

describe('checks that are not shown', () => {
  const CASES = [
    [
      'gitlab',
      '/pipelines',
      { status: 403, body: { message: '403 Forbidden' }, isWrong: true },
      '"403 Forbidden"',
    ],
    [
      'gitlab',
      '/pipelines',
      { status: 404, body: { message: '404 Not found' }, isWrong: true },
      '"404 Not found"',
    ],
    [
      'github',
      '/check-runs',
      {
        status: 403,
        body: { message: 'Resource not accessible by personal access token' },
        headers: { 'x-accepted-github-permissions': 'checks=read' },
        isWrong: true,
      },
      'lacks the permission checks=read that is needed to read its checks',
    ],
  ] as const;
  test.each(CASES)('%s, %s, %j: unknown, with the reason', async (kind, end, answer, words) => {
    await withForge(kind, async server => {
      await ask(server, { kind });
      server.interfere = ({ url }) => (url.pathname.endsWith(end) ? answer : undefined);
      const forge = connect(server, { kind });
      const seen = await followRequest(forge, await forge.project('sync/registry'), 1);
      expect(seen).toMatchObject({
        stage: 'open',
        checksUrl: null,
        checksUnseen: expect.stringContaining(words),
      });
    });
  });
  test.each([
    ['gitlab', '/pipelines', 429],
    ['github', '/check-runs', 403],
  ] as const)('%s, %s: a limit is none, and ends with 75', async (kind, end, status) => {
    await withForge(kind, async server => {
      await ask(server, { kind });
      const headers = { 'retry-after': '3600' };
      server.interfere = ({ url }) =>
        url.pathname.endsWith(end) ? { status, text: '', headers, isWrong: true } : undefined;
      const forge = connect(server, { kind });
      const project = await forge.project('sync/registry');
      expect(await failureOf(followRequest(forge, project, 1))).toMatchObject({
        code: 'FORGE_RATE_LIMIT',
        exitCode: 75,
      });
    });
  });
});
