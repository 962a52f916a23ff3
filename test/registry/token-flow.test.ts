import { expect, test } from 'vitest';
import type { RegistryOptions } from '../../src/registry/client.ts';
import type { Credential } from '../../src/registry/credential.ts';
import { Secret } from '../../src/secret.ts';
import { makeImage } from './images.ts';
import { MemoryRegistry } from './memory-registry.ts';
import { BASIC, failure, having, LOGIN, opened, PASSWORD, serve } from './opened.ts';
import { type Handler, reply } from './server.ts';
import { type TokenServerOptions, tokenServer } from './token-server.ts';

const image = makeImage('one');
const IDENTITY: Credential = {
  kind: 'identity',
  token: new Secret('refresh-me'),
  source: 'docker-credential-test',
};
const ACCOUNTS = { ann: { password: PASSWORD, identityToken: 'refresh-me', may: ['group/private'] } };

/** A registry that wants tokens, and its token server on another port of the same host. */
async function tokenRegistry(
  more: Partial<TokenServerOptions> = {},
  isGood: (token: string) => boolean = () => true,
) {
  const memory = new MemoryRegistry();
  for (const repository of ['group/public', 'group/private'])
    memory.tag(repository, '1', image.manifest, [image]);
  const tokens = await serve(
    tokenServer({
      service: 'the service',
      issuer: 'test',
      accounts: ACCOUNTS,
      isPublic: name => name === 'group/public',
      ...more,
    }),
  );
  const handle: Handler = (heard, response) => {
    const repository = /^\/v2\/(.+)\/(?:manifests|blobs|tags)\//.exec(heard.url)?.[1] ?? '';
    const scope = `repository:${repository}:pull`;
    const token = heard.authorization?.replace(/^Bearer /, '') ?? '';
    if (token.split('|')[1]?.split(',').includes(scope) && isGood(token))
      return memory.handle(heard, response, undefined as never);
    reply(
      response,
      401,
      { errors: [{ code: 'UNAUTHORIZED' }] },
      {
        'www-authenticate': `Bearer realm="${tokens.origin}/token?x=1",service="the service",scope="${scope}"`,
      },
    );
  };
  const registry = await serve(handle);
  return {
    registry,
    tokens,
    open: (options: Partial<RegistryOptions> = {}) => opened(registry.host, options),
  };
}

test('a public image takes an anonymous token, once for all requests about its repository', async () => {
  const { registry, tokens, open } = await tokenRegistry();
  const client = await open();
  expect(await client.manifest('group/public', '1')).toMatchObject({
    kind: 'image',
    digest: image.manifest.digest,
  });
  await client.blob('group/public', image.config.digest);
  expect(tokens.heard).toEqual([
    {
      method: 'GET',
      url: '/token?x=1&service=the+service&scope=repository%3Agroup%2Fpublic%3Apull',
      authorization: null,
      accept: null,
      body: '',
    },
  ]);
  expect(registry.heard.map(({ method, url, authorization }) => [method, url, authorization])).toEqual([
    ['HEAD', '/v2/group/public/manifests/1', null],
    ['HEAD', '/v2/group/public/manifests/1', 'Bearer everyone|repository:group/public:pull'],
    [
      'GET',
      `/v2/group/public/manifests/${image.manifest.digest}`,
      'Bearer everyone|repository:group/public:pull',
    ],
    ['GET', `/v2/group/public/blobs/${image.config.digest}`, 'Bearer everyone|repository:group/public:pull'],
  ]);
});

test('a password goes to the token server by Basic, and the token alone to the registry', async () => {
  const { registry, tokens, open } = await tokenRegistry();
  const client = await open({ findCredential: having(LOGIN) });
  expect(await client.head('group/private', '1')).toEqual({ digest: image.manifest.digest, kind: 'image' });
  expect(tokens.heard.map(({ method, url, authorization }) => [method, url, authorization])).toEqual([
    ['GET', '/token?x=1&service=the+service&scope=repository%3Agroup%2Fprivate%3Apull&account=ann', BASIC],
  ]);
  expect(registry.heard.map(heard => heard.authorization)).toEqual([
    null,
    'Bearer ann|repository:group/private:pull',
  ]);
});

test('an identity token is posted as a refresh grant', async () => {
  const { tokens, open } = await tokenRegistry();
  const client = await open({ findCredential: having(IDENTITY) });
  await client.head('group/private', '1');
  expect(tokens.heard).toEqual([
    {
      method: 'POST',
      url: '/token?x=1',
      authorization: null,
      accept: null,
      body: 'grant_type=refresh_token&client_id=jcds&scope=repository%3Agroup%2Fprivate%3Apull&refresh_token=refresh-me&service=the+service',
    },
  ]);
});

test('a registry token is used as it is', async () => {
  const { registry, tokens, open } = await tokenRegistry();
  const token = new Secret('ann|repository:group/private:pull');
  const client = await open({ findCredential: having({ kind: 'bearer', token, source: 'x' }) });
  await client.head('group/private', '1');
  expect(tokens.heard).toEqual([]);
  expect(registry.heard.at(-1)?.authorization).toBe('Bearer ann|repository:group/private:pull');
});

test('the credential is looked for only when the registry demands one', async () => {
  const memory = new MemoryRegistry().tag('a/b', '1', image.manifest, [image]);
  const server = await serve(memory.handle);
  const asked: string[] = [];
  const client = await opened(server.host, {
    findCredential: async name => {
      asked.push(name);
      return null;
    },
  });
  await client.manifest('a/b', '1');
  expect(asked).toEqual([]);
});

test('a token is renewed when its time is over', async () => {
  let now = Date.UTC(2026, 0, 1);
  const { tokens, open } = await tokenRegistry({ lifetime: 100 });
  const client = await open({ now: () => now });
  await client.head('group/public', '1');
  now += 94_000;
  await client.head('group/public', '1');
  expect(tokens.heard.length).toBe(1);
  now += 2_000;
  await client.head('group/public', '1');
  expect(tokens.heard.length).toBe(2);
});

test('a token without a lifetime is good for a minute', async () => {
  let now = Date.UTC(2026, 0, 1);
  const { tokens, open } = await tokenRegistry({ lifetime: null });
  const client = await open({ now: () => now });
  await client.head('group/public', '1');
  now += 60_000;
  await client.head('group/public', '1');
  expect(tokens.heard.length).toBe(2);
});

test('a token that the registry no longer takes is replaced once', async () => {
  let revoked = false;
  const { registry, tokens, open } = await tokenRegistry({}, () => !revoked);
  const client = await open();
  await client.head('group/public', '1');
  revoked = true;
  expect(await failure(client.head('group/public', '1'))).toMatchObject({ code: 'REGISTRY_UNAUTHORIZED' });
  expect([registry.heard.length, tokens.heard.length]).toEqual([4, 2]);
});

test('a private image without a credential', async () => {
  const { registry, open } = await tokenRegistry();
  expect(await failure((await open()).head('group/private', '1'))).toEqual({
    code: 'REGISTRY_UNAUTHORIZED',
    message: `${registry.host} does not show ${registry.host}/group/private:1 to everyone: it is private, or it does not exist`,
    hint: `log in: podman login ${registry.host}`,
    exitCode: 1,
  });
});

test.each<[what: string, credential: Credential]>([
  ['password', { ...LOGIN, password: new Secret('expired') } as Credential],
  ['identity token', { ...IDENTITY, token: new Secret('expired'), source: '/home/ann/auth.json' }],
])('an expired %s', async (_what, credential) => {
  const { registry, tokens, open } = await tokenRegistry();
  expect(
    await failure((await open({ findCredential: having(credential) })).head('group/public', '1')),
  ).toEqual({
    code: 'REGISTRY_CREDENTIAL_REFUSED',
    message: `${registry.host} refuses the credential in /home/ann/auth.json`,
    hint: `it may have expired; log in again: podman login ${registry.host}`,
    exitCode: 1,
  });
  expect(tokens.heard.length).toBe(1);
});

test('Basic, where a registry wants that', async () => {
  const memory = new MemoryRegistry().tag('a/b', '1', image.manifest, [image]);
  const server = await serve((heard, response) =>
    heard.authorization === BASIC
      ? memory.handle(heard, response, undefined as never)
      : reply(response, 401, '', { 'www-authenticate': 'Basic realm="here"' }),
  );
  const client = await opened(server.host, { findCredential: having(LOGIN) });
  expect(await client.manifest('a/b', '1')).toMatchObject({ digest: image.manifest.digest });
  expect(server.heard.map(heard => heard.authorization)).toEqual([null, BASIC, BASIC]);
  expect(await failure((await opened(server.host)).head('a/b', '1'))).toMatchObject({
    code: 'REGISTRY_UNAUTHORIZED',
    hint: `log in: podman login ${server.host}`,
  });
  expect(
    await failure((await opened(server.host, { findCredential: having(IDENTITY) })).head('a/b', '1')),
  ).toMatchObject({ code: 'REGISTRY_UNAUTHORIZED' });
});
