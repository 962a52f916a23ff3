import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connectForge } from '../../src/requests/forges/index.ts';
import { Secret } from '../../src/secret.ts';
import { FakeGitLab } from './fake-gitlab.ts';
import type { FakeProject } from './fake-gitlab-state.ts';
import type { FakeRequest, Interference } from './fake-server.ts';
import { ask, BMN, connect, failureOf, LIST, QuickClock, TOKEN } from './setup.ts';

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

describe('too many requests', () => {
  const limited = (headers: Record<string, string>) => ({ status: 429, text: 'Retry later\n', headers });
  test.each([
    ['Retry-After', { 'retry-after': '7' }, 7000],
    ['the time of reset', { 'ratelimit-reset': String(Date.parse('2026-01-02T03:04:25Z') / 1000) }, 20_000],
    ['nothing', {}, 60_000],
  ])('%s says how long', async (_, headers, pause) => {
    interfere('GET', '/user', limited(headers as Record<string, string>), 1);
    const clock = new QuickClock();
    expect(await connect(server, { clock }).account()).toMatchObject({ name: 'nica' });
    expect(clock.slept).toBe(pause);
  });
  test('a change is sent again too: 429 says that nothing was done', async () => {
    interfere('POST', '/merge_requests', limited({ 'retry-after': '3' }), 2);
    expect(await ask(server)).toMatchObject({ state: 'opened' });
    expect(server.requests).toHaveLength(1);
  });
  test('longer than anyone waits', async () => {
    interfere('GET', '/user', limited({ 'retry-after': '3600' }));
    expect(await failureOf(ask(server))).toMatchObject({
      code: 'FORGE_RATE_LIMIT',
      message: `could not read whose token this is on ${host()}: too many requests; the server asks to wait 3600 s`,
      hint: 'run the same command again in 60 min',
      exitCode: 75,
    });
  });
  test('"at once" for ever', async () => {
    interfere('GET', '/user', limited({ 'retry-after': '0' }));
    expect(await failureOf(ask(server))).toMatchObject({ code: 'FORGE_RATE_LIMIT' });
    expect(server.log).toHaveLength(9);
  });
});

describe('outages', () => {
  const down: Interference = {
    status: 502,
    text: '<html>502 Bad Gateway</html>',
    headers: { 'content-type': 'text/html' },
    isWrong: true,
  };
  test('a passing one is not noticed', async () => {
    interfere('GET', '/user', down, 2);
    expect(await ask(server)).toMatchObject({ state: 'opened' });
  });
  test('a lasting one is told', async () => {
    interfere('GET', '/user', down);
    expect(await failureOf(ask(server))).toMatchObject({
      code: 'FORGE_DOWN',
      message: `could not read whose token this is on ${host()}: the server answers 502`,
      exitCode: 75,
    });
  });
  test.each(['/fork', '/commits', '/merge_requests'])(
    'a lost answer to POST …%s: looked for, not sent again',
    async end => {
      interfere('POST', end, 'cut-after', 1);
      expect(await ask(server)).toMatchObject({ state: 'opened', iid: 1 });
      const sent = server.log.filter(({ method, path }) => method === 'POST' && path.endsWith(end));
      expect(sent).toHaveLength(1);
      expect(server.requests).toHaveLength(1);
    },
  );
  test.each([
    ['/fork', 'fork sync/registry'],
    ['/commits', `make the branch jcds/bmn-24-12-`],
    ['/merge_requests', 'open a merge request in sync/registry'],
  ])('a lost request to POST …%s: told; the next run goes on', async (end, what) => {
    interfere('POST', end, 'cut-before', 1);
    const failure = await failureOf(ask(server));
    expect(failure).toMatchObject({
      code: 'FORGE_ANSWER_LOST',
      hint: 'run the same command again: it looks first and goes on from where this one stopped',
      exitCode: 75,
    });
    expect(failure.message).toContain(`could not ${what}`);
    expect(await ask(server)).toMatchObject({ state: 'opened', iid: 1 });
    // What was done the first time is not done again, but for a branch: whether it holds this change alone is not known.
    const done = server.log
      .filter(({ method }) => method === 'POST')
      .map(({ path }) => path.replace(/^.*\//, ''));
    const again = end === '/merge_requests' ? ['commits'] : [];
    expect(done).toEqual(['fork', 'commits', ...again, 'merge_requests']);
  });
  test('5xx on a change is a lost answer too', async () => {
    interfere('POST', '/merge_requests', { ...(down as object), status: 504 } as Interference);
    expect(await failureOf(ask(server))).toMatchObject({ code: 'FORGE_ANSWER_LOST' });
    expect(
      server.log.filter(({ method, path }) => method === 'POST' && path.endsWith('/merge_requests')),
    ).toHaveLength(1);
  });
  test('nobody listens', async () => {
    const gone = new FakeGitLab();
    await gone.listen();
    const address = { host: gone.host, origin: gone.origin } as FakeGitLab;
    await gone.close();
    expect(await failureOf(ask(address))).toMatchObject({
      code: 'FORGE_UNREACHABLE',
      message: `could not read whose token this is on ${address.host}: the connection is refused`,
      exitCode: 75,
    });
  });
});

describe('proxies of the environment', () => {
  async function throughProxy(
    origin: string,
    environment: (proxy: string) => Record<string, string>,
  ): Promise<string[]> {
    const asked: string[] = [];
    const proxy = createServer();
    proxy.on('request', (request, response) => {
      asked.push(String(request.url));
      response.writeHead(502).end();
    });
    proxy.on('connect', (request, socket) => {
      asked.push(String(request.url));
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    });
    await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve));
    const address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const clock = new QuickClock();
    const forge = connectForge({
      kind: 'gitlab',
      host: origin,
      token: new Secret(TOKEN),
      environment: environment(address),
      clock,
    });
    await forge
      .project('sync/registry')
      .catch((error: unknown) => expect(error).toMatchObject({ code: 'FORGE_UNREACHABLE' }));
    proxy.close();
    return [...new Set(asked)];
  }
  const HOST = 'git.invalid';
  test.each([
    ['https by its own', `https://${HOST}`, (proxy: string) => ({ HTTPS_PROXY: proxy }), [`${HOST}:443`]],
    ['https by all_proxy', `https://${HOST}`, (proxy: string) => ({ all_proxy: proxy }), [`${HOST}:443`]],
    ['https not by http_proxy', `https://${HOST}`, (proxy: string) => ({ http_proxy: proxy }), []],
    [
      'not what no_proxy names',
      `https://${HOST}`,
      (proxy: string) => ({ https_proxy: proxy, NO_PROXY: HOST }),
      [],
    ],
  ])('%s', async (_what, origin, environment, asked) => {
    expect(await throughProxy(origin, environment)).toEqual(asked);
  });
  test('loopback never: a proxy would see the token', async () => {
    expect(await throughProxy(server.origin, proxy => ({ http_proxy: proxy, all_proxy: proxy }))).toEqual([]);
    expect(server.log).toHaveLength(1);
  });
});

describe('what is no forge', () => {
  let other: Server | undefined;
  afterEach(() => {
    other?.closeAllConnections();
    other?.close();
    other = undefined;
  });
  async function serve(answer: Parameters<typeof createServer>[1]): Promise<FakeGitLab> {
    other = createServer(answer!);
    await new Promise<void>(resolve => other!.listen(0, '127.0.0.1', resolve));
    const name = `127.0.0.1:${(other.address() as AddressInfo).port}`;
    return { host: name, origin: `http://${name}` } as FakeGitLab;
  }

  test('a login page', async () => {
    const page = await serve((_, response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>\u001b]0;x</html>'),
    );
    expect(await failureOf(ask(page))).toMatchObject({
      code: 'NOT_A_FORGE',
      message: `could not read whose token this is on ${page.host}: the answer is not what its API sends (200, text/html)`,
      exitCode: 125,
    });
  });
  test('JSON of another kind', async () => {
    const page = await serve((_, response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end('[1]'),
    );
    expect(await failureOf(ask(page))).toMatchObject({ code: 'NOT_A_FORGE' });
  });
  test('a body without end', async () => {
    const page = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536, 32)));
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    });
    expect(await failureOf(ask(page))).toMatchObject({
      code: 'FORGE_ANSWER_TOO_LARGE',
      message: `could not read whose token this is on ${page.host}: the answer has more than ${8 * 2 ** 20} bytes`,
    });
  });
  test('an answer that never comes', async () => {
    const page = await serve(() => undefined);
    expect(await failureOf(ask(page, { limits: { timeout: 100 } }))).toMatchObject({
      code: 'FORGE_UNREACHABLE',
      message: `could not read whose token this is on ${page.host}: it did not answer in time`,
    });
  });
  test('a body that drips', async () => {
    const page = await serve((_, response) => {
      const timer = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(timer));
    });
    expect(await failureOf(ask(page, { limits: { timeout: 100 } }))).toMatchObject({
      code: 'FORGE_UNREACHABLE',
    });
  });
});

describe('hostile texts', () => {
  const list = (facts: Record<string, unknown>) =>
    interfere('GET', '/merge_requests', () => ({
      status: 200,
      body: [
        {
          iid: 5,
          state: 'opened',
          title: `Add ${BMN}`,
          source_branch: 'x',
          source_project_id: 1,
          author: { username: 'eve' },
          ...facts,
        },
      ],
    }));
  test.each([
    'javascript:alert(1)',
    'http://evil.example/x',
    'https://a:b@127.0.0.1/',
    '\u001b[2J',
    'x'.repeat(3000),
  ])('an address %j is replaced by our own', async web_url => {
    list({ web_url });
    expect(await ask(server)).toMatchObject({
      state: 'exists',
      url: `${server.origin}/sync/registry/-/merge_requests/5`,
    });
  });
  test('names and titles come out clean', async () => {
    list({ author: { username: 'e\u001b[31mve\u202e' }, title: `Add ${BMN} \u001b[2J` });
    expect(await ask(server)).toMatchObject({ author: 'e?[31mve?' });
    const project = { id: '1', path: 'a/b', defaultBranch: 'm', mayPush: false };
    const [open] = await connect(server).openRequests(project, 'm', 1);
    expect(open?.title).toBe(`Add ${BMN} ?[2J`);
  });
  test('so does a refusal, and the lines around the change', async () => {
    server.push(upstream, { 'docker_images.txt': `${LIST.replace('# images', '# im\u001b[31mages')}` });
    interfere('POST', '/fork', { status: 400, body: { message: { base: ['no\u0007pe'.repeat(100)] } } });
    const failure = await failureOf(ask(server));
    expect(failure).toMatchObject({ code: 'FORGE_REFUSED' });
    expect(failure.message.length).toBeLessThan(400);
    const ready = await ask(server, { token: null });
    expect(ready.state === 'ready-change' && ready.change.diff.split('\n')[3]).toBe(' # im?[31mages');
  });
  test.each(['http://127.0.0.1:1/api/v4/projects/1/forks', 'https://evil.example/', 'data:x', '/api/v5/x'])(
    'a next page at %s is not asked for',
    async next => {
      interfere('GET', '/forks', { status: 200, body: [], headers: { link: `<${next}>; rel="next"` } });
      expect(await failureOf(ask(server))).toMatchObject({ code: 'FORGE_FOREIGN_LINK' });
    },
  );
  test('pages without end are not all read', async () => {
    interfere('GET', '/forks', () => ({
      status: 200,
      body: [],
      headers: { link: `<${server.origin}/api/v4/projects/1/forks>; rel="next"` },
    }));
    expect(await ask(server)).toMatchObject({ state: 'opened' });
    expect(server.log.filter(({ path }) => path.includes('/forks'))).toHaveLength(50);
  });
});
