import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { makeImage } from '../registry/images.ts';
import { MemoryRegistry } from '../registry/memory-registry.ts';
import {
  BASIC,
  failure,
  having,
  LOGIN,
  opened,
  PASSWORD,
  printed,
  serve,
  thrownBy,
} from '../registry/opened.ts';
import { reply } from '../registry/server.ts';

/** A proxy that lets CONNECT through to one place, or refuses. */
async function proxy(target: number | null) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.writeHead(200, { 'content-type': 'application/vnd.oci.image.manifest.v1+json' }).end();
  });
  server.on('connect', (request, socket) => {
    asked.push(
      `CONNECT ${request.url} ${request.headers['proxy-authorization'] ?? ''} ${request.headers.authorization ?? ''}`.trim(),
    );
    if (target === null) return socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    const onward = connect(target, '127.0.0.1', () => socket.write('HTTP/1.1 200 OK\r\n\r\n'));
    onward.pipe(socket).pipe(onward);
    for (const one of [onward, socket]) one.on('error', () => {});
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { port: (server.address() as AddressInfo).port, asked };
}

test('a proxy that refuses', async () => {
  const { port, asked } = await proxy(null);
  const registry = await opened('git.example.org:5005', {
    environment: { https_proxy: `http://ann:${PASSWORD}@127.0.0.1:${port}` },
    findCredential: having(LOGIN),
  });
  const thrown = await thrownBy(registry.head('a/b', '1'));
  expect(thrown).toMatchObject({
    code: 'REGISTRY_UNREACHABLE',
    message: 'cannot reach git.example.org:5005: the proxy does not let the request through',
    exitCode: 75,
  });
  expect(asked).toEqual([`CONNECT git.example.org:5005 ${BASIC}`]);
  expect(printed(thrown)).not.toContain(PASSWORD);
});

test('an answer that is no TLS, behind a proxy that opens the way', async () => {
  const server = await serve((_heard, response) => reply(response, 200));
  const { port, asked } = await proxy(Number(server.host.split(':')[1]));
  const registry = await opened('git.example.org:5005', {
    environment: { https_proxy: `127.0.0.1:${port}` },
  });
  expect(await failure(registry.head('a/b', '1'))).toMatchObject({
    code: 'REGISTRY_UNREACHABLE',
    message: 'cannot reach git.example.org:5005: what answers does not speak the protocol expected',
  });
  expect(asked).toEqual(['CONNECT git.example.org:5005']);
});

test('an insecure registry is asked through the http proxy in absolute form', async () => {
  const { port, asked } = await proxy(null);
  const registry = await opened('node1.example.org:5000', {
    environment: { http_proxy: `127.0.0.1:${port}` },
    insecure: ['node1.example.org:5000'],
  });
  expect(await registry.head('a/b', '1')).toEqual({ digest: null, kind: 'image' });
  expect(asked).toEqual(['HEAD http://node1.example.org:5000/v2/a/b/manifests/1']);
});

test('loopback and no_proxy go without', async () => {
  const { port, asked } = await proxy(null);
  const image = makeImage('one');
  const server = await serve(new MemoryRegistry().tag('a/b', '1', image.manifest, [image]).handle);
  const environment = {
    http_proxy: `127.0.0.1:${port}`,
    https_proxy: `127.0.0.1:${port}`,
    no_proxy: 'other.invalid,.example.invalid',
  };
  await (await opened(server.host, { environment })).head('a/b', '1');
  for (const name of ['other.invalid', 'deep.example.invalid:5005'])
    expect(await failure((await opened(name, { environment })).head('a/b', '1'))).toMatchObject({
      message: `cannot reach ${name}: its name is not known`,
    });
  expect(
    await failure(
      (await opened('plain.invalid', { environment: { http_proxy: environment.http_proxy } })).head(
        'a/b',
        '1',
      ),
    ),
  ).toMatchObject({ message: 'cannot reach plain.invalid: its name is not known' });
  expect(asked).toEqual([]);
});
