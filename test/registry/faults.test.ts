import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { Registry } from '../../src/registry/client.ts';
import { makeImage, OCI_INDEX, OCI_MANIFEST, sha256 } from './images.ts';
import { failure, having, LOGIN, opened, options, PASSWORD, printed, serve, thrownBy } from './opened.ts';
import { type Handler, reply } from './server.ts';

const image = makeImage('one');
const MANIFEST = { 'content-type': OCI_MANIFEST };
/** Says everything it was told, wherever an answer has room: nothing of it may come out again. */
const echo = (heard: { authorization: string | null }) => ({
  errors: [
    { code: `SAID ${heard.authorization}`, message: `${PASSWORD} \u001b[31m`, detail: heard.authorization },
  ],
});
const hundredMegabytes = 100 * 1024 * 1024;

const manifest = (registry: Registry) => registry.manifest('a/b', '1');
const tags = async (registry: Registry) => {
  for await (const _tag of registry.tags('a/b'));
};

/** A fault of a registry, what is asked of it, and what the user sees; HOST stands for the registry. */
const FAULTS: [
  what: string,
  handler: Handler,
  ask: (registry: Registry) => Promise<unknown>,
  seen: [code: string, message: string, hint: string, exitCode: number],
  requests: number,
][] = [
  [
    '401 for ever',
    (heard, response) => reply(response, 401, echo(heard), { 'www-authenticate': 'Basic realm="x"' }),
    manifest,
    [
      'REGISTRY_UNAUTHORIZED',
      'HOST does not show HOST/a/b:1 with the credential in /home/ann/auth.json: it is private, or it does not exist',
      'if the credential in /home/ann/auth.json has expired, log in again: podman login HOST',
      1,
    ],
    2,
  ],
  [
    '401 without a challenge',
    (heard, response) => reply(response, 401, echo(heard)),
    manifest,
    [
      'REGISTRY_UNAUTHORIZED',
      'HOST does not show HOST/a/b:1 to everyone: it is private, or it does not exist',
      'log in: podman login HOST',
      1,
    ],
    1,
  ],
  [
    '403',
    (heard, response) => reply(response, 403, echo(heard)),
    manifest,
    ['REGISTRY_FORBIDDEN', 'HOST forbids reading HOST/a/b:1', 'log in: podman login HOST', 1],
    1,
  ],
  [
    '404',
    (heard, response) => reply(response, 404, echo(heard)),
    manifest,
    ['NOT_IN_REGISTRY', 'HOST does not have HOST/a/b:1', 'check the spelling of the name and the tag', 1],
    1,
  ],
  [
    '404 of a digest',
    (heard, response) => reply(response, 404, echo(heard)),
    registry => registry.manifest('a/b', sha256('')),
    [
      'NOT_IN_REGISTRY',
      `HOST does not have HOST/a/b@${sha256('')}`,
      'check the spelling of the name and the tag',
      1,
    ],
    1,
  ],
  [
    '404 as a web page',
    (_heard, response) => reply(response, 404, '<html>', { 'content-type': 'text/html; charset=utf-8' }),
    manifest,
    [
      'REGISTRY_ANSWER_INVALID',
      'HOST answers with a web page',
      'is that the registry? GitLab keeps images at another port, such as git.jinr.ru:5005',
      75,
    ],
    1,
  ],
  [
    'a web page for everything',
    (_heard, response) => reply(response, 200, '<html>', { 'content-type': 'text/html' }),
    manifest,
    [
      'REGISTRY_ANSWER_INVALID',
      'HOST answers with a web page',
      'is that the registry? GitLab keeps images at another port, such as git.jinr.ru:5005',
      75,
    ],
    1,
  ],
  [
    '418',
    (_heard, response) => reply(response, 418),
    manifest,
    [
      'REGISTRY_ANSWER_INVALID',
      'HOST answers with a status that registries do not use',
      'try again later, or tell the people who run that registry',
      75,
    ],
    1,
  ],
  [
    '500',
    (heard, response) => reply(response, 500, echo(heard)),
    manifest,
    ['REGISTRY_FAILED', 'HOST fails with status 500', 'try again later; the fault is on its side', 75],
    2,
  ],
  [
    '502 as a web page',
    (_heard, response) => reply(response, 502, '<html>', { 'content-type': 'text/html' }),
    manifest,
    ['REGISTRY_FAILED', 'HOST fails with status 502', 'try again later; the fault is on its side', 75],
    2,
  ],
  [
    '503',
    (_heard, response) => reply(response, 503),
    manifest,
    ['REGISTRY_FAILED', 'HOST fails with status 503', 'try again later; the fault is on its side', 75],
    1,
  ],
  [
    '429 without a time',
    (_heard, response) => reply(response, 429),
    manifest,
    [
      'REGISTRY_RATE_LIMITED',
      'HOST takes no more requests from here for now',
      'try again later; logged-in users may ask more often: podman login HOST',
      75,
    ],
    1,
  ],
  [
    '429 for an hour',
    (_heard, response) => reply(response, 429, '', { 'retry-after': '3600' }),
    manifest,
    [
      'REGISTRY_RATE_LIMITED',
      'HOST takes no more requests from here for now',
      'try again in 3600 s; logged-in users may ask more often: podman login HOST',
      75,
    ],
    1,
  ],
  [
    '429 for ever',
    (_heard, response) => reply(response, 429, '', { 'retry-after': '1' }),
    manifest,
    [
      'REGISTRY_RATE_LIMITED',
      'HOST takes no more requests from here for now',
      'try again in 1 s; logged-in users may ask more often: podman login HOST',
      75,
    ],
    5,
  ],
  [
    '429 until a time in the past, for ever',
    (_heard, response) => reply(response, 429, '', { 'retry-after': 'Fri, 31 Dec 1999 23:59:59 GMT' }),
    manifest,
    [
      'REGISTRY_RATE_LIMITED',
      'HOST takes no more requests from here for now',
      'try again in 1 s; logged-in users may ask more often: podman login HOST',
      75,
    ],
    5,
  ],
  [
    'redirects for ever',
    (heard, response) => reply(response, 307, '', { location: `${heard.url}x` }),
    manifest,
    [
      'REGISTRY_ADDRESS_REFUSED',
      'HOST names a redirect that is not followed: it never ends',
      'tell the people who run that registry; nothing was sent there',
      75,
    ],
    6,
  ],
  [
    'a redirect to nowhere',
    (_heard, response) => reply(response, 302),
    manifest,
    [
      'REGISTRY_ADDRESS_REFUSED',
      'HOST names a redirect that is not followed: it is no web address',
      'tell the people who run that registry; nothing was sent there',
      75,
    ],
    1,
  ],
  [
    'a redirect to plain http elsewhere',
    (_heard, response) => reply(response, 302, '', { location: 'http://example.org/' }),
    manifest,
    [
      'REGISTRY_ADDRESS_REFUSED',
      'HOST names a redirect that is not followed: it is not https',
      'tell the people who run that registry; nothing was sent there',
      75,
    ],
    1,
  ],
  [
    'a reset connection',
    (_heard, response) => response.destroy(),
    manifest,
    ['REGISTRY_UNREACHABLE', 'cannot reach HOST: the connection broke off', 'try again later', 75],
    2,
  ],
  [
    'an announcement of 10 GB',
    (_heard, response) => response.writeHead(200, { ...MANIFEST, 'content-length': 10_000_000_000 }).end(),
    manifest,
    [
      'REGISTRY_ANSWER_TOO_LARGE',
      'HOST answers with more than the 4096 KiB that such a document may have',
      'tell the people who run that registry, or look at the image with skopeo inspect',
      75,
    ],
    1,
  ],
  [
    'a manifest of 100 MB, announced',
    (heard, response) =>
      heard.method === 'HEAD'
        ? reply(response, 200, '', MANIFEST)
        : response
            .writeHead(200, { ...MANIFEST, 'content-length': hundredMegabytes })
            .end(Buffer.alloc(hundredMegabytes)),
    manifest,
    [
      'REGISTRY_ANSWER_TOO_LARGE',
      'HOST answers with more than the 4096 KiB that such a document may have',
      'tell the people who run that registry, or look at the image with skopeo inspect',
      75,
    ],
    2,
  ],
  [
    'a manifest of 100 MB, in pieces',
    (heard, response) => {
      if (heard.method === 'HEAD') return reply(response, 200, '', MANIFEST);
      response.writeHead(200, MANIFEST);
      for (let sent = 0; sent < 100; sent += 1) response.write(Buffer.alloc(hundredMegabytes / 100, 32));
      response.end();
    },
    manifest,
    [
      'REGISTRY_ANSWER_TOO_LARGE',
      'HOST answers with more than the 4096 KiB that such a document may have',
      'tell the people who run that registry, or look at the image with skopeo inspect',
      75,
    ],
    2,
  ],
  [
    'half a manifest',
    (heard, response) => {
      if (heard.method === 'HEAD') return reply(response, 200, '', MANIFEST);
      response.writeHead(200, { ...MANIFEST, 'content-length': 1000 });
      response.write('{', () => response.destroy());
    },
    manifest,
    ['REGISTRY_UNREACHABLE', 'cannot reach HOST: the connection broke off', 'try again later', 75],
    3,
  ],
  [
    'other bytes than the digest says',
    (_heard, response) =>
      reply(response, 200, '{}', { ...MANIFEST, 'docker-content-digest': image.manifest.digest }),
    manifest,
    [
      'REGISTRY_DIGEST_MISMATCH',
      `HOST answers with ${sha256('{}')} instead of ${image.manifest.digest}`,
      'something between here and the registry alters what it sends, or its store is damaged',
      75,
    ],
    2,
  ],
  [
    'another digest than was asked for',
    (_heard, response) => reply(response, 200, '', { ...MANIFEST, 'docker-content-digest': sha256('x') }),
    registry => registry.head('a/b', image.manifest.digest),
    [
      'REGISTRY_DIGEST_MISMATCH',
      `HOST answers with ${sha256('x')} instead of ${image.manifest.digest}`,
      'something between here and the registry alters what it sends, or its store is damaged',
      75,
    ],
    1,
  ],
  [
    'another blob than was asked for',
    (_heard, response) => reply(response, 200, 'x'),
    registry => registry.blob('a/b', image.config.digest),
    [
      'REGISTRY_DIGEST_MISMATCH',
      `HOST answers with ${sha256('x')} instead of ${image.config.digest}`,
      'something between here and the registry alters what it sends, or its store is damaged',
      75,
    ],
    1,
  ],
  ...[
    '',
    'not JSON',
    '[]',
    '{}',
    '{"manifests":[{}]}',
    '{"config":{},"layers":[]}',
    `{"mediaType":"${OCI_INDEX}","config":{},"layers":[]}`,
  ].map((body): (typeof FAULTS)[number] => [
    `a manifest that is ${body || 'empty'}`,
    (heard, response) => reply(response, 200, heard.method === 'HEAD' ? '' : body, MANIFEST),
    manifest,
    [
      'REGISTRY_ANSWER_INVALID',
      'HOST answers with something that is not a manifest',
      'try again later, or tell the people who run that registry',
      75,
    ],
    2,
  ]),
  [
    "a manifest of docker's first schema",
    (_heard, response) =>
      reply(response, 200, '{"schemaVersion":1,"fsLayers":[]}', {
        'content-type': 'application/vnd.docker.distribution.manifest.v1+prettyjws',
      }),
    manifest,
    [
      'UNSUPPORTED_MANIFEST',
      'HOST/a/b:1 is not an image that can be unpacked: its type is "application/vnd.docker.distribution.manifest.v1+prettyjws"',
      'if it is a SIF file, run it with apptainer itself; if it is very old, push it again with a newer docker',
      1,
    ],
    2,
  ],
  [
    'tags that are none',
    (_heard, response) => reply(response, 200, { tags: 'x' }),
    tags,
    [
      'REGISTRY_ANSWER_INVALID',
      'HOST answers with something that is not a list of tags',
      'try again later, or tell the people who run that registry',
      75,
    ],
    1,
  ],
  [
    'a list of tags in a ring',
    (heard, response) => reply(response, 200, { tags: ['a'] }, { link: `<${heard.url}>; rel="next"` }),
    tags,
    [
      'REGISTRY_ADDRESS_REFUSED',
      'HOST names a next page that is not followed: it never ends',
      'tell the people who run that registry; nothing was sent there',
      75,
    ],
    1,
  ],
];

test.each(FAULTS)('%s', async (_what, handler, ask, [code, message, hint, exitCode], requests) => {
  const server = await serve(handler);
  const registry = await opened(server.host, { findCredential: having(LOGIN) });
  const thrown = await thrownBy(ask(registry));
  const named = (text: string) => text.replaceAll('HOST', server.host);
  expect({
    code: thrown.code,
    message: thrown.message,
    hint: thrown.hint,
    exitCode: thrown.exitCode,
  }).toEqual({ code, message: named(message), hint: named(hint), exitCode });
  expect(server.heard.length).toBe(requests);
  expect(printed(thrown)).not.toContain(PASSWORD);
  expect(printed(thrown)).not.toContain(Buffer.from(`ann:${PASSWORD}`).toString('base64'));
});

/** The same for token servers; the registry is a good one. */
const TOKEN_FAULTS: [
  what: string,
  handler: Handler,
  seen: [code: string, message: string, exitCode: number],
][] = [
  [
    'a web page',
    (_heard, response) => reply(response, 200, '<html>', { 'content-type': 'text/html' }),
    ['REGISTRY_ANSWER_INVALID', 'TOKENS answers with a web page', 75],
  ],
  [
    'not JSON',
    (_heard, response) => reply(response, 200, `{"token": "${PASSWORD}`),
    ['REGISTRY_ANSWER_INVALID', 'TOKENS answers with something that is not a token', 75],
  ],
  [
    'no token',
    (_heard, response) => reply(response, 200, {}),
    ['REGISTRY_ANSWER_INVALID', 'TOKENS answers with something that is not a token', 75],
  ],
  [
    'a token with a line end',
    (_heard, response) => reply(response, 200, { token: `${PASSWORD}\r\nX-Evil: 1` }),
    ['REGISTRY_ANSWER_INVALID', 'TOKENS answers with something that is not a token', 75],
  ],
  [
    'a token of 100 KB',
    (_heard, response) => reply(response, 200, { token: 'x'.repeat(100_000) }),
    ['REGISTRY_ANSWER_INVALID', 'TOKENS answers with something that is not a token', 75],
  ],
  [
    'a token of 10 MB',
    (_heard, response) => reply(response, 200, { token: 'x'.repeat(10_000_000) }),
    [
      'REGISTRY_ANSWER_TOO_LARGE',
      'TOKENS answers with more than the 256 KiB that such a document may have',
      75,
    ],
  ],
  [
    '401',
    (heard, response) => reply(response, 401, echo(heard)),
    ['REGISTRY_CREDENTIAL_REFUSED', 'HOST refuses the credential in /home/ann/auth.json', 1],
  ],
  [
    '403',
    (heard, response) => reply(response, 403, echo(heard)),
    [
      'REGISTRY_UNAUTHORIZED',
      'HOST does not show HOST/a/b:1 with the credential in /home/ann/auth.json: it is private, or it does not exist',
      1,
    ],
  ],
  [
    '404',
    (_heard, response) => reply(response, 404),
    ['REGISTRY_ANSWER_INVALID', 'TOKENS answers with something that is not a token', 75],
  ],
  [
    '429',
    (_heard, response) => reply(response, 429),
    ['REGISTRY_RATE_LIMITED', 'HOST takes no more requests from here for now', 75],
  ],
  [
    '500',
    (heard, response) => reply(response, 500, echo(heard)),
    ['REGISTRY_FAILED', 'TOKENS fails with status 500', 75],
  ],
  [
    'a reset',
    (_heard, response) => response.destroy(),
    ['REGISTRY_UNREACHABLE', 'cannot reach TOKENS: the connection broke off', 75],
  ],
];

test.each(TOKEN_FAULTS)(
  'a token server that answers with %s',
  async (_what, handler, [code, message, exitCode]) => {
    const tokens = await serve(handler);
    const server = await serve((_heard, response) =>
      reply(response, 401, '', { 'www-authenticate': `Bearer realm="${tokens.origin}/"` }),
    );
    const thrown = await thrownBy(
      (await opened(server.host, { findCredential: having(LOGIN) })).head('a/b', '1'),
    );
    expect({ code: thrown.code, message: thrown.message, exitCode: thrown.exitCode }).toEqual({
      code,
      message: message.replaceAll('HOST', server.host).replace('TOKENS', tokens.host),
      exitCode,
    });
    expect(printed(thrown)).not.toContain(PASSWORD);
  },
);

test('429 with a little patience is waited for', async () => {
  let refusals = 3;
  const server = await serve((_heard, response) =>
    refusals-- > 0
      ? reply(response, 429, '', { 'retry-after': '2' })
      : reply(response, 200, '', { ...MANIFEST, 'docker-content-digest': image.manifest.digest }),
  );
  const chosen = options();
  const registry = await opened(server.host, chosen);
  expect(await registry.head('a/b', '1')).toEqual({ digest: image.manifest.digest, kind: 'image' });
  expect(chosen.waits).toEqual([2000, 2000, 2000]);
});

test('patience is shared by all requests and ends', async () => {
  const server = await serve((heard, response) =>
    server.heard.filter(({ url }) => url === heard.url).length === 1
      ? reply(response, 503, '', { 'retry-after': '4' })
      : reply(response, 200, '', MANIFEST),
  );
  const chosen = options();
  const registry = await opened(server.host, chosen);
  await registry.head('a/b', '1');
  await registry.head('a/b', '2');
  expect(await failure(registry.head('a/b', '3'))).toMatchObject({ code: 'REGISTRY_FAILED' });
  expect(chosen.waits).toEqual([4000, 4000]);
});

test.each<[what: string, handler: Handler]>([
  ['never answers', () => {}],
  [
    'drips',
    (heard, response) => {
      if (heard.method === 'HEAD') return reply(response, 200, '', MANIFEST);
      response.writeHead(200, { ...MANIFEST, 'content-length': 1000 });
      const timer = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(timer));
    },
  ],
  [
    'wants a pause beyond the deadline',
    (_heard, response) => reply(response, 429, '', { 'retry-after': '5' }),
  ],
])('a registry that %s is left at the deadline', async (_what, handler) => {
  const server = await serve(handler);
  const { patience: _noted, ...real } = options({ timeout: 300 });
  const { openRegistry } = await import('../../src/registry/client.ts');
  const registry = await openRegistry(server.host, real);
  onTestFinished(() => registry.close());
  const { code, exitCode } = await failure(registry.manifest('a/b', '1'));
  expect([['REGISTRY_UNREACHABLE', 'REGISTRY_RATE_LIMITED'].includes(code), exitCode]).toEqual([true, 75]);
});

test('whoever gives up gets back the own reason', async () => {
  const controller = new AbortController();
  const server = await serve(() => controller.abort(new Error('Ctrl-C')));
  const registry = await opened(server.host, { signal: controller.signal });
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
  ['something else than HTTP', 'SSH-2.0-OpenSSH_9.2p1\r\n'],
  ['a header without an end', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(100_000)}`],
])('%s', async (_what, greeting) => {
  const server = createServer(socket => socket.on('error', () => {}).end(greeting)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const host = `127.0.0.1:${(server.address() as { port: number }).port}`;
  expect(await failure((await opened(host)).head('a/b', '1'))).toEqual({
    code: 'REGISTRY_UNREACHABLE',
    message: `cannot reach ${host}: what answers does not speak the protocol expected`,
    hint: 'check the port; a registry without https must be declared insecure',
    exitCode: 75,
  });
});
