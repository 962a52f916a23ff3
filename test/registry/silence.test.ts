import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { openRegistry } from '../../src/registry/client.ts';
import { expectSecretless, MANIFEST } from './fault.ts';
import { failure, opened, options, PASSWORD, serve, thrownBy } from './opened.ts';
import { type Handler, reply } from './server.ts';

test.each<[what: string, handler: Handler, code: string]>([
  ['never answers', () => {}, 'REGISTRY_UNREACHABLE'],
  [
    'drips',
    (heard, response) => {
      if (heard.method === 'HEAD') return reply(response, 200, '', MANIFEST);
      response.writeHead(200, { ...MANIFEST, 'content-length': 1000 });
      const timer = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(timer));
    },
    'REGISTRY_UNREACHABLE',
  ],
  [
    'wants a pause beyond the deadline',
    (_heard, response) => reply(response, 429, '', { 'retry-after': '5' }),
    'REGISTRY_RATE_LIMITED',
  ],
])('a registry that %s is left at the deadline', async (_what, handler, code) => {
  const server = await serve(handler);
  const { patience: _noted, ...real } = options({ timeout: 300 });
  const registry = await openRegistry(server.host, real);
  onTestFinished(() => registry.close());
  expect(await failure(registry.manifest('a/b', '1'))).toMatchObject({ code, exitCode: 75 });
});

test('whoever gives up gets back the own reason', async () => {
  const controller = new AbortController();
  const server = await serve(() => controller.abort(new Error('Ctrl-C')));
  const registry = await opened(server.host, { signal: controller.signal });
  await expect(registry.head('a/b', '1')).rejects.toThrow('Ctrl-C');
  const late = await opened(server.host, { signal: controller.signal });
  await expect(late.head('a/b', '1')).rejects.toThrow('Ctrl-C');
});

test('whoever gives up while waiting, too', async () => {
  const controller = new AbortController();
  const server = await serve((_heard, response) => {
    response.on('close', () => controller.abort(new Error('Ctrl-C')));
    reply(response, 429, '', { 'retry-after': '9' });
  });
  const { patience: _noted, ...real } = options({ signal: controller.signal });
  const registry = await openRegistry(server.host, real);
  onTestFinished(() => registry.close());
  await expect(registry.head('a/b', '1')).rejects.toThrow('Ctrl-C');
});

test('a port where nobody listens', async () => {
  const server = await serve(() => {});
  await server.close();
  expect(await failure((await opened(server.host)).head('a/b', '1'))).toEqual({
    code: 'REGISTRY_UNREACHABLE',
    message: `cannot reach ${server.host}: the connection is refused`,
    hint: 'check the port, or try again later',
    exitCode: 75,
  });
});

test('a name that does not exist', async () => {
  expect(await failure((await opened('registry.invalid')).head('a/b', '1'))).toEqual({
    code: 'REGISTRY_UNREACHABLE',
    message: 'cannot reach registry.invalid: its name is not known',
    hint: 'check the spelling and the network of this host',
    exitCode: 75,
  });
});

test.each<[what: string, greeting: string]>([
  ['something else than HTTP', `SSH-2.0-OpenSSH_9.2p1 ${PASSWORD}\r\n`],
  ['a header without an end', `HTTP/1.1 200 OK\r\nX: ${PASSWORD.repeat(10_000)}`],
])('%s', async (_what, greeting) => {
  const server = createServer(socket => socket.on('error', () => {}).end(greeting)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const host = `127.0.0.1:${(server.address() as { port: number }).port}`;
  const thrown = await thrownBy((await opened(host)).head('a/b', '1'));
  expect([thrown.code, thrown.message, thrown.hint, thrown.exitCode]).toEqual([
    'REGISTRY_UNREACHABLE',
    `cannot reach ${host}: what answers does not speak the protocol expected`,
    'check the port; a registry without https must be named in the setting insecureRegistries',
    125,
  ]);
  expectSecretless(thrown);
});
