import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connectForge } from '../../src/requests/forges/index.ts';
import { Secret } from '../../src/secret.ts';
import { FakeGitLab } from './fake-gitlab.ts';
import type { FakeProject } from './fake-gitlab-state.ts';
import type { FakeRequest, Interference } from './fake-server.ts';
import { ask, connect, failureOf, LIST, QuickClock, TOKEN } from './setup.ts';

let server: FakeGitLab;
let upstream: FakeProject;
beforeEach(async () => {
  server = new FakeGitLab();
  await server.listen();
  server.addUser(TOKEN, 'nica');
  upstream = server.addProject('sync/registry', { 'docker_images.txt': LIST });
});
afterEach(() => server.close());

/** Interferes with the first `times` requests that fit. */
function interfere(
  method: string,
  end: string,
  what: Interference | (() => Interference),
  times = Number.POSITIVE_INFINITY,
): void {
  let left = times;
  server.interfere = (request: FakeRequest) => {
    if (request.method !== method || !request.url.pathname.endsWith(end) || left-- <= 0) return undefined;
    return typeof what === 'function' ? what() : what;
  };
}
const host = () => server.host;

describe('the project', () => {
  test('is archived', async () => {
    upstream.archived = true;
    expect(await failureOf(ask(server))).toMatchObject({
      code: 'PROJECT_ARCHIVED',
      message: `the project sync/registry on ${host()} is archived and takes no requests`,
      hint: 'ask the operators of the service where images are requested now',
      exitCode: 125,
    });
  });
  test('takes no requests', async () => {
    upstream.acceptsRequests = false;
    expect(await failureOf(ask(server))).toMatchObject({
      code: 'PROPOSALS_CLOSED',
      message: `the project sync/registry on ${host()} does not let this account make merge requests`,
    });
  });
  test('lets nobody fork', async () => {
    upstream.forking = 'disabled';
    expect(await failureOf(ask(server))).toMatchObject({
      code: 'PROPOSALS_CLOSED',
      message: `the project sync/registry on ${host()} does not let this account make forks`,
    });
  });
  test.each([
    [
      TOKEN,
      'with this token',
      'check the project in the configuration, and ask its owners for access if it is private',
    ],
    [
      null,
      'without a token',
      'check the project in the configuration; `jcds auth status` says how to give a token',
    ],
  ])('is not to be seen (%s)', async (token, how, hint) => {
    upstream.visibility = 'private';
    expect(await failureOf(ask(server, { token }))).toMatchObject({
      code: 'PROJECT_NOT_FOUND',
      message: `could not read the project sync/registry on ${host()}: there is no such project, or it may not be seen ${how}`,
      hint,
    });
  });
  test('has moved', async () => {
    upstream.path = 'new/home';
    server.moved.set('sync/registry', upstream.id);
    expect(await failureOf(ask(server))).toMatchObject({
      code: 'PROJECT_MOVED',
      message: `could not read the project sync/registry on ${host()}: the project has moved to new/home`,
      hint: 'correct "wishlist.project" of this repository in the configuration',
    });
  });
  test.each([
    'https://evil.example/api/v4/projects/7',
    'javascript:alert(1)',
    '//evil.example/api/v4/projects/7',
  ])('moves to %s: jcds does not follow', async location => {
    interfere('GET', '/sync%2Fregistry', { status: 301, text: '', headers: { location }, isWrong: true });
    expect(await failureOf(ask(server))).toMatchObject({ code: 'FORGE_FOREIGN_LINK' });
  });
});

test.each(['https://evil.example/login', '//evil.example/users/sign_in'])(
  'a redirect to %s is not followed',
  async location => {
    interfere('GET', '/user', { status: 302, text: '', headers: { location }, isWrong: true });
    expect(await failureOf(ask(server))).toMatchObject({
      code: 'FORGE_FOREIGN_LINK',
      message: `could not read whose token this is on ${host()}: the server sends jcds on to ${location}, and jcds does not go there`,
    });
  },
);

describe('the fork', () => {
  test('cannot be made', async () => {
    server.failImports = 'disk \u001b[31mfull';
    expect(await failureOf(ask(server))).toMatchObject({
      code: 'FORK_FAILED',
      message: `could not fork sync/registry on ${host()}: disk ?[31mfull`,
    });
  });
  test('takes too long, and is used the next time', async () => {
    server.importRounds = 1000;
    expect(await failureOf(ask(server))).toMatchObject({
      code: 'FORK_PENDING',
      message: `could not fork sync/registry on ${host()}: the fork was not ready after 300 s`,
      exitCode: 75,
    });
    server.projects.at(-1)!.importRounds = 1;
    expect(await ask(server)).toMatchObject({ state: 'opened' });
    expect(server.projects).toHaveLength(2);
  });
  test('has no name left', async () => {
    server.addProject('nica/registry', { a: 'b' });
    server.addProject('nica/sync-registry', { a: 'b' });
    expect(await failureOf(ask(server))).toMatchObject({
      code: 'FORK_FAILED',
      message: `could not fork sync/registry on ${host()}: your account has other projects of the names that the fork could have`,
    });
  });
});

describe('the token', () => {
  test.each([
    ['unknown', {}, 'TOKEN_REJECTED', 'does not accept the token (revoked, mistyped, or of another server)'],
    ['expired', { expires: '2025-12-31' }, 'TOKEN_EXPIRED', 'has expired'],
  ])('is %s', async (name, facts, code, words) => {
    if (name !== 'unknown') server.addUser('glpat-old', 'old', facts);
    const failure = await failureOf(ask(server, { token: name === 'unknown' ? 'glpat-none' : 'glpat-old' }));
    expect(failure).toMatchObject({ code, exitCode: 125 });
    expect(failure.message).toContain(words);
    expect(failure.hint).toContain(`\`jcds auth status ${host()}\` says where it comes from`);
  });
  test('ends today: told by its date, before the server refuses it', async () => {
    server.addUser('glpat-ending', 'nica2', { expires: '2026-01-03' });
    const clock = new QuickClock();
    clock.slept = 86_400_000;
    expect(await failureOf(ask(server, { token: 'glpat-ending', clock }))).toMatchObject({
      code: 'TOKEN_EXPIRED',
      message: `the token for ${host()} has expired (2026-01-03)`,
    });
  });
  test.each([
    [['read_api'], 'lacks the scope api; it has read_api'],
    [['read_repository'], 'lacks the scope api'],
    [[], 'lacks the scope api'],
  ])('has the scopes %j', async (scopes, words) => {
    server.addUser('glpat-weak', 'weak', { scopes });
    const failure = await failureOf(ask(server, { token: 'glpat-weak' }));
    expect(failure).toMatchObject({ code: 'TOKEN_SCOPE' });
    expect(failure.message).toBe(`the token for ${host()} ${words}`);
  });
  test('is an OAuth token, which cannot ask about itself', async () => {
    interfere('GET', '/self', { status: 404, body: { message: '404 Not found' } });
    expect(await connect(server).account()).toEqual({ name: 'nica', scopes: null, expires: null });
  });
  test('is needed', async () => {
    interfere('GET', '/docker_images.txt', { status: 401, body: { message: '401 Unauthorized' } });
    expect(await failureOf(ask(server, { token: null }))).toMatchObject({
      code: 'TOKEN_NEEDED',
      message: `${host()} wants a token for this`,
    });
  });
  test('does not travel in the clear', async () => {
    const open = () =>
      connectForge({
        kind: 'gitlab',
        host: 'http://git.example.org',
        token: new Secret(TOKEN),
        environment: {},
      });
    expect(open).toThrow(expect.objectContaining({ code: 'FORGE_INSECURE', exitCode: 2 }));
  });
});
