import { expect, test } from 'vitest';
import type { Credential } from '../../src/registry/credential.ts';
import { Secret } from '../../src/secret.ts';
import { makeImage } from './images.ts';
import { MemoryRegistry } from './memory-registry.ts';
import { BASIC, failure, having, LOGIN, opened, PASSWORD, serve } from './opened.ts';
import { type Handler, reply, type TestServer } from './server.ts';

const image = makeImage('one');
const memory = new MemoryRegistry().tag('a/b', '1', image.manifest, [image]);
const IDENTITY: Credential = { kind: 'identity', token: new Secret(PASSWORD), source: 'x' };

const wantsBasic =
  (then: Handler): Handler =>
  (heard, response, request) =>
    heard.authorization === null
      ? reply(response, 401, '', { 'www-authenticate': 'Basic realm="x"' })
      : then(heard, response, request);

const authorizations = (server: TestServer) => server.heard.map(heard => heard.authorization);

test.each([
  ['another host', '127.0.0.2'],
  ['another port of the same host', '127.0.0.1'],
])('a blob is fetched from %s without the credential', async (_what, address) => {
  const store = await serve((_heard, response) => reply(response, 200, image.config.bytes), address);
  const registry = await serve(
    wantsBasic((heard, response, request) =>
      heard.url.includes('/blobs/')
        ? reply(response, 307, '', { location: `${store.origin}/signed?x=1` })
        : memory.handle(heard, response, request),
    ),
  );
  const client = await opened(registry.host, { findCredential: having(LOGIN) });
  expect(await client.blob('a/b', image.config.digest)).toEqual(image.config.bytes);
  expect(authorizations(registry)).toEqual([null, BASIC]);
  expect(store.heard).toEqual([
    { method: 'GET', url: '/signed?x=1', authorization: null, accept: '*/*', body: '' },
  ]);
});

test('not even a redirect back to the registry carries the credential, and its 401 is not answered', async () => {
  const registry = await serve(
    wantsBasic((heard, response) =>
      heard.url.includes('/manifests/1')
        ? reply(response, 301, '', { location: '/v2/a/c/manifests/1' })
        : reply(response, 200),
    ),
  );
  const client = await opened(registry.host, { findCredential: having(LOGIN) });
  expect(await failure(client.head('a/b', '1'))).toMatchObject({ code: 'REGISTRY_UNAUTHORIZED' });
  expect(registry.heard.map(({ url, authorization }) => [url, authorization])).toEqual([
    ['/v2/a/b/manifests/1', null],
    ['/v2/a/b/manifests/1', BASIC],
    ['/v2/a/c/manifests/1', null],
    // HEAD's "no" from elsewhere is asked once more by GET.
    ['/v2/a/b/manifests/1', BASIC],
    ['/v2/a/c/manifests/1', null],
  ]);
});

test('a demand from the far end of a redirect is not answered, neither there nor at the registry', async () => {
  const store = await serve((_heard, response) =>
    reply(response, 401, '', { 'www-authenticate': 'Basic realm="x"' }),
  );
  const registry = await serve((_heard, response) =>
    reply(response, 307, '', { location: `${store.origin}/x` }),
  );
  const client = await opened(registry.host, { findCredential: having(LOGIN) });
  expect(await failure(client.head('a/b', '1'))).toMatchObject({ code: 'REGISTRY_UNAUTHORIZED' });
  expect([authorizations(registry), authorizations(store)]).toEqual([
    [null, null],
    [null, null],
  ]);
});

test.each([
  ['password', LOGIN],
  ['identity token', IDENTITY],
])('a foreign token server does not get the %s, only an anonymous question', async (_what, credential) => {
  const foreign = await serve(
    (_heard, response) => reply(response, 200, { token: 'token-of-nobody' }),
    '127.0.0.2',
  );
  const registry = await serve((_heard, response) =>
    reply(response, 401, '', { 'www-authenticate': `Bearer realm="${foreign.origin}/token",service="x"` }),
  );
  const client = await opened(registry.host, { findCredential: having(credential) });
  expect(await failure(client.head('a/b', '1'))).toEqual({
    code: 'REGISTRY_UNAUTHORIZED',
    message: `${registry.host} does not show ${registry.host}/a/b:1 to everyone, and your credential was not sent to ${foreign.host}: it is private, or it does not exist`,
    hint: `if ${foreign.host} is the token server of ${registry.host}: jcds config set registryTokenServers ${registry.host}=${foreign.host}`,
    exitCode: 1,
  });
  expect(foreign.heard).toEqual([
    {
      method: 'GET',
      url: '/token?service=x&scope=repository%3Aa%2Fb%3Apull',
      authorization: null,
      accept: null,
      body: '',
    },
  ]);
  expect(authorizations(registry)).toEqual([null, 'Bearer token-of-nobody']);
});

test('a token server that redirects gets no second request', async () => {
  const foreign = await serve((_heard, response) => reply(response, 200, { token: 'x' }), '127.0.0.2');
  const registry = await serve((heard, response) =>
    heard.url.startsWith('/token')
      ? reply(response, 307, '', { location: `${foreign.origin}/token` })
      : reply(response, 401, '', {
          'www-authenticate': `Bearer realm="http://${heard.url && registry.host}/token"`,
        }),
  );
  const client = await opened(registry.host, { findCredential: having(LOGIN) });
  expect(await failure(client.head('a/b', '1'))).toMatchObject({
    code: 'REGISTRY_ADDRESS_REFUSED',
    message: `${registry.host} names a token server that is not followed: a request for a token is not redirected`,
  });
  expect(foreign.heard).toEqual([]);
});

test.each<[realm: string, reason: string]>([
  ['http://example.org/token', 'it is not https'],
  ['https://ann:x@127.0.0.1/token', 'it holds a user name or password'],
  ['file:///etc/passwd', 'it is not https'],
  ['/token', 'it is no web address'],
  ['', 'it is no web address'],
])('the token server %j is asked nothing', async (realm, reason) => {
  const registry = await serve((_heard, response) =>
    reply(response, 401, '', { 'www-authenticate': `Bearer realm="${realm}"` }),
  );
  const client = await opened(registry.host, { findCredential: having(LOGIN) });
  expect(await failure(client.head('a/b', '1'))).toMatchObject({
    code: 'REGISTRY_ADDRESS_REFUSED',
    message: `${registry.host} names a token server that is not followed: ${reason}`,
  });
  expect(authorizations(registry)).toEqual([null]);
});

test('the next page of a list is asked for with the token, and only where the list is', async () => {
  const foreign = await serve((_heard, response) => reply(response, 200, { tags: [] }));
  const registry = await serve(
    wantsBasic((_heard, response) =>
      reply(response, 200, { tags: ['1'] }, { link: `<${foreign.origin}/v2/a/b/tags/list>; rel="next"` }),
    ),
  );
  const client = await opened(registry.host, { findCredential: having(LOGIN) });
  const read = async () => {
    for await (const tag of client.tags('a/b')) expect(tag).toBe('1');
  };
  expect(await failure(read())).toMatchObject({
    code: 'REGISTRY_ADDRESS_REFUSED',
    message: `${registry.host} names a next page that is not followed: it leads to another place than the list it continues`,
  });
  expect(foreign.heard).toEqual([]);
});

test('two registries on one host have a credential each', async () => {
  const [one, two] = [await serve(wantsBasic(memory.handle)), await serve(wantsBasic(memory.handle))];
  const findCredential = async (registry: string) => (registry === one.host ? LOGIN : null);
  await (await opened(one.host, { findCredential })).head('a/b', '1');
  expect(await failure((await opened(two.host, { findCredential })).head('a/b', '1'))).toMatchObject({
    code: 'REGISTRY_UNAUTHORIZED',
  });
  expect([authorizations(one), authorizations(two)]).toEqual([[null, BASIC], [null]]);
});
