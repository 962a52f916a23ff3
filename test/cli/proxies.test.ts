import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeOsgRepository } from '../hosts/tree.ts';
import { BMN, TOKEN } from '../requests/setup.ts';
import { RealWorld } from './real-names-setting.ts';
import { Program, printed, World } from './request-setting.ts';

// The proxy variables as a whole process reads them, for the forge, its token check, registries and CVMFS.
const program = new Program();
let closing: (() => Promise<unknown>)[] = [];
beforeEach(() => {
  closing = [];
});
afterEach(async () => {
  for (const close of closing) await close();
});
afterAll(() => {
  program.remove();
  expect(printed.join('\n')).not.toContain(TOKEN);
});

/** A proxy that notes what it hears, and lets nothing through. */
async function listener(refusal = '403 Forbidden'): Promise<{
  readonly address: string;
  readonly heard: string[];
  readonly logins: ReadonlySet<string | undefined>;
}> {
  const heard: string[] = [];
  const logins = new Set<string | undefined>();
  const server: Server = createServer((request, response) => {
    heard.push(`${request.method} ${request.url} ${request.headers.authorization ?? ''}`.trim());
    response.writeHead(403, { 'content-type': 'text/html' }).end('<html>');
  });
  server.on('connect', (request, socket) => {
    logins.add(request.headers['proxy-authorization']);
    heard.push(`CONNECT ${request.url}`);
    socket.end(`HTTP/1.1 ${refusal}\r\n\r\n`);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => new Promise(resolve => server.close(resolve)));
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, heard, logins };
}

async function realWorld(): Promise<RealWorld> {
  const real = await RealWorld.make(program);
  closing.push(() => real.remove());
  return real;
}

describe('loopback', () => {
  test('a token for a forge on loopback, and a registry there, are no matter of any proxy', async () => {
    const world = await World.make(program);
    closing.push(() => world.remove());
    const { address, heard } = await listener();
    const proxies = { http_proxy: address, HTTP_PROXY: address, all_proxy: address, no_proxy: undefined };
    const { code, stdout } = await world.jcds(['auth', 'status'], proxies);
    expect([code, stdout]).toEqual([0, expect.stringContaining('of nica, scopes: api')]);
    const image = `127.0.0.1:${world.registryPort}/nica/docker-images/bmn:24.12`;
    makeOsgRepository(`${world.cvmfs}/containers.jinr.ru`, {
      'nica/docker-images/bmn:24.12': { files: { 'bin/sh': '' } },
    });
    await world.jcds(['status', '--check-registry', image], proxies);
    expect(world.registryHeard.map(({ url }) => url)).toContain('/v2/nica/docker-images/bmn/manifests/24.12');
    expect(heard).toEqual([]);
  });
});

describe('https', () => {
  test('by https_proxy as HOST:PORT without a scheme', async () => {
    const real = await realWorld();
    const https_proxy = real.names.environment.https_proxy.replace('http://', '');
    const { code, stderr } = await real.jcds(['request', '--yes', BMN], { https_proxy });
    expect([code, stderr]).toEqual([0, '']);
    expect([...new Set(real.names.asked)].sort()).toEqual(['git.jinr.ru:443', 'git.jinr.ru:5005']);
  });
  test('by all_proxy', async () => {
    const real = await realWorld();
    const all_proxy = real.names.environment.https_proxy;
    const { code } = await real.jcds(['auth', 'status'], { https_proxy: undefined, all_proxy });
    expect([code, real.names.asked]).toEqual([0, ['git.jinr.ru:443', 'git.jinr.ru:443']]);
  });
  test('not by http_proxy', async () => {
    const real = await realWorld();
    const { address, heard } = await listener();
    const { code } = await real.jcds(['auth', 'status'], { https_proxy: undefined, http_proxy: address });
    expect([code, heard]).toEqual([75, []]);
  });
  test('not by a proxy that is not asked because of no_proxy', async () => {
    const real = await realWorld();
    const { code } = await real.jcds(['auth', 'status'], { no_proxy: '.jinr.ru' });
    expect([code, real.names.asked]).toEqual([75, []]);
  });
});

describe('what a proxy refuses', () => {
  const HINT =
    'hint: write them into the variable that names it: https_proxy=http://NAME:PASSWORD@HOST:PORT\n';
  test('that wants a login is no matter of waiting, and its password is not told', async () => {
    const real = await realWorld();
    const { address, heard, logins } = await listener('407 Proxy Authentication Required');
    const https_proxy = `http://ann:hunter2%40@${address}`;
    for (const [words, host] of [
      [['request', '--yes', BMN], 'cannot reach git.jinr.ru:5005'],
      [['auth', 'status'], 'could not read whose token this is on git.jinr.ru'],
    ] as const) {
      const { code, stderr } = await real.jcds(words, { https_proxy });
      expect([code, stderr]).toEqual([
        1,
        `jcds: ${host}: the proxy wants a name and a password, or does not accept those that it got\n${HINT}`,
      ]);
    }
    // Encoded for the address, not for the proxy.
    const login = Buffer.from('ann:hunter2@').toString('base64');
    expect(new Set(heard)).toEqual(new Set(['CONNECT git.jinr.ru:5005', 'CONNECT git.jinr.ru:443']));
    expect(logins).toEqual(new Set([`Basic ${login}`]));
  });
  test('that refuses a host may come to its senses', async () => {
    const real = await realWorld();
    const { address } = await listener();
    const { code, stderr } = await real.jcds(['request', '--yes', BMN], { https_proxy: address });
    expect([code, stderr]).toEqual([
      75,
      'jcds: cannot reach git.jinr.ru:5005: the proxy does not let the request through\nhint: check https_proxy and no_proxy\n',
    ]);
  });
});

describe('a variable that holds no proxy', () => {
  test.each([
    ['https_proxy', 'socks5://127.0.0.1:1080', 'names a socks5:// proxy, which jcds does not speak'],
    ['ALL_PROXY', 'socks5h://ann:hunter2@p:1', 'names a socks5h:// proxy, which jcds does not speak'],
    ['https_proxy', 'junk://127.0.0.1:1080', 'does not hold the address of a proxy'],
    ['HTTPS_PROXY', 'http://ann:hunter2%zz@p:1', 'does not hold the address of a proxy'],
  ])('%s=%s', async (variable, value, problem) => {
    const real = await realWorld();
    const text = `jcds: the environment variable ${variable} ${problem}
hint: set it to http://HOST:PORT or https://HOST:PORT, unset it, or name the hosts that need no proxy in no_proxy
`;
    const environment = { https_proxy: undefined, [variable]: value };
    const asked = await real.jcds(['request', BMN], environment);
    expect(asked).toEqual({ code: 2, stdout: '', stderr: text });
    const status = await real.jcds(['auth', 'status'], environment);
    expect([status.code, status.stderr]).toEqual([2, text]);
  });
});

test('CVMFS without a client: by http_proxy, then directly; what no_proxy names, directly', async () => {
  const world = await World.make(program);
  closing.push(() => world.remove());
  const { address, heard } = await listener();
  const look = (more: Record<string, string>) =>
    world.jcds(
      [
        'resolve',
        '--no-mount',
        '--insecure',
        '--server',
        'http://s1.invalid:8000/cvmfs/@fqrn@',
        'ubuntu:22.04',
      ],
      { no_proxy: undefined, http_proxy: address, ...more },
    );
  const { code, stderr } = await look({});
  expect(code).toBe(75);
  expect(heard).toContain('GET http://s1.invalid:8000/cvmfs/containers.jinr.ru/.cvmfspublished');
  expect(stderr).toContain(`through http://${address} answered 403; `);
  expect(stderr).toContain('has a name that cannot be resolved');
  heard.length = 0;
  await look({ no_proxy: 's1.invalid' });
  expect(heard).toEqual([]);
  expect(await look({ http_proxy: 'socks5://p:1' })).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('the environment variable http_proxy names a socks5:// proxy'),
  });
});
