import { expect, test } from 'vitest';
import { echo, expectSecretless } from './fault.ts';
import { having, LOGIN, opened, PASSWORD, serve, thrownBy } from './opened.ts';
import { type Handler, reply } from './server.ts';

type Seen = readonly [code: string, message: string, exitCode: number];
const NO_TOKEN: Seen = ['REGISTRY_ANSWER_INVALID', 'TOKENS answers with something that is not a token', 75];

/** A fault of a token server, and what is seen; HOST stands for the registry, TOKENS for the token server. */
test.each<[what: string, handler: Handler, seen: Seen]>([
  [
    'a web page',
    (_heard, response) => reply(response, 200, '<html>', { 'content-type': 'text/html' }),
    ['REGISTRY_ANSWER_INVALID', 'TOKENS answers with a web page', 125],
  ],
  ['not JSON', (_heard, response) => reply(response, 200, `{"token": "${PASSWORD}`), NO_TOKEN],
  ['no token', (_heard, response) => reply(response, 200, {}), NO_TOKEN],
  [
    'a token with a line end',
    (_heard, response) => reply(response, 200, { token: `${PASSWORD}\r\nX-Evil: 1` }),
    NO_TOKEN,
  ],
  ['a token of 100 KB', (_heard, response) => reply(response, 200, { token: 'x'.repeat(100_000) }), NO_TOKEN],
  [
    'a token of 10 MB',
    (_heard, response) => reply(response, 200, { token: 'x'.repeat(10_000_000) }),
    [
      'REGISTRY_ANSWER_TOO_LARGE',
      'TOKENS answers with more than the 256 KiB that such a document may have',
      125,
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
  ['404', (_heard, response) => reply(response, 404), NO_TOKEN],
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
])('a token server that answers with %s', async (_what, handler, seen) => {
  const tokens = await serve(handler);
  const server = await serve((_heard, response) =>
    reply(response, 401, '', { 'www-authenticate': `Bearer realm="${tokens.origin}/"` }),
  );
  const registry = await opened(server.host, { findCredential: having(LOGIN) });
  const thrown = await thrownBy(registry.head('a/b', '1'));
  const message = thrown.message.replaceAll(server.host, 'HOST').replaceAll(tokens.host, 'TOKENS');
  expect([thrown.code, message, thrown.exitCode]).toEqual(seen);
  expectSecretless(thrown);
});
