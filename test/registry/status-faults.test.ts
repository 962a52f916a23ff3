import { expect, test } from 'vitest';
import { echo, expectFault, type Fault, MANIFEST, type Seen } from './fault.ts';
import { makeImage, sha256 } from './images.ts';
import { failure, opened, options, serve } from './opened.ts';
import { reply } from './server.ts';

const image = makeImage('one');
const HTML = { 'content-type': 'text/html; charset=utf-8' };
const ABSENT = (place: string): Seen => [
  'NOT_IN_REGISTRY',
  `HOST does not have HOST/a/b${place}`,
  'check the spelling of the name and the tag',
  1,
];
const WEB_PAGE: Seen = [
  'REGISTRY_ANSWER_INVALID',
  'HOST answers with a web page',
  'is that the registry? GitLab keeps images at another port, such as git.jinr.ru:5005',
  125,
];
const FAILED = (status: number, when = 'later'): Seen => [
  'REGISTRY_FAILED',
  `HOST fails with status ${status}`,
  `try again ${when}; the fault is on its side`,
  75,
];
const LIMITED = (when: string): Seen => [
  'REGISTRY_RATE_LIMITED',
  'HOST takes no more requests from here for now',
  `try again ${when}; logged-in users may ask more often: podman login HOST`,
  75,
];
const REFUSED = (reason: string): Seen => [
  'REGISTRY_ADDRESS_REFUSED',
  `HOST names a redirect that is not followed: ${reason}`,
  'tell the people who run that registry; nothing was sent there',
  125,
];
const UNSHOWN = (whom: string, hint: string): Seen => [
  'REGISTRY_UNAUTHORIZED',
  `HOST does not show HOST/a/b:1 ${whom}: it is private, or it does not exist`,
  hint,
  1,
];

const FAULTS: Fault[] = [
  [
    '401 for ever',
    (heard, response) => reply(response, 401, echo(heard), { 'www-authenticate': 'Basic realm="x"' }),
    UNSHOWN(
      'with the credential in /home/ann/auth.json',
      'if the credential in /home/ann/auth.json has expired, log in again: podman login HOST',
    ),
    2,
  ],
  [
    '401 without a challenge',
    (heard, response) => reply(response, 401, echo(heard)),
    UNSHOWN('to everyone', 'log in: podman login HOST'),
    1,
  ],
  [
    '401 as a web page',
    (_heard, response) => reply(response, 401, '<html>', HTML),
    UNSHOWN('to everyone', 'log in: podman login HOST'),
    1,
  ],
  [
    '403',
    (heard, response) => reply(response, 403, echo(heard)),
    ['REGISTRY_FORBIDDEN', 'HOST forbids reading HOST/a/b:1', 'log in: podman login HOST', 1],
    2,
  ],
  ['403 as a web page', (_heard, response) => reply(response, 403, '<html>', HTML), WEB_PAGE, 2],
  ['404', (heard, response) => reply(response, 404, echo(heard)), ABSENT(':1'), 2],
  [
    '404 of a digest',
    (_heard, response) => reply(response, 404),
    ABSENT(`@${sha256('')}`),
    2,
    registry => registry.manifest('a/b', sha256('')),
  ],
  ['404 as a web page', (_heard, response) => reply(response, 404, '<html>', HTML), WEB_PAGE, 2],
  ['a web page for everything', (_heard, response) => reply(response, 200, '<html>', HTML), WEB_PAGE, 2],
  [
    '418',
    (_heard, response) => reply(response, 418),
    [
      'REGISTRY_ANSWER_INVALID',
      'HOST answers with a status that registries do not use',
      'ask the people who run that registry',
      125,
    ],
    2,
  ],
  ['500', (heard, response) => reply(response, 500, echo(heard)), FAILED(500), 2],
  ['502 as a web page', (_heard, response) => reply(response, 502, '<html>', HTML), FAILED(502), 2],
  ['503', (_heard, response) => reply(response, 503), FAILED(503), 1],
  [
    '503 for an hour, as of a registry in maintenance',
    (_heard, response) => reply(response, 503, '', { 'retry-after': '3600' }),
    FAILED(503, 'in 3600 s'),
    1,
  ],
  ['429 without a time', (_heard, response) => reply(response, 429), LIMITED('later'), 1],
  [
    '429 for an hour',
    (_heard, response) => reply(response, 429, '', { 'retry-after': '3600' }),
    LIMITED('in 3600 s'),
    1,
  ],
  [
    '429 for a century',
    (_heard, response) => reply(response, 429, '', { 'retry-after': 'Fri, 31 Dec 2125 23:59:59 GMT' }),
    LIMITED('later'),
    1,
  ],
  [
    '429 for ever',
    (_heard, response) => reply(response, 429, '', { 'retry-after': '1' }),
    LIMITED('in 1 s'),
    5,
  ],
  [
    '429 until a time in the past, for ever',
    (_heard, response) => reply(response, 429, '', { 'retry-after': 'Fri, 31 Dec 1999 23:59:59 GMT' }),
    LIMITED('in 1 s'),
    5,
  ],
  [
    '429 for a time that is none',
    (_heard, response) => reply(response, 429, '', { 'retry-after': '-1, 1e9' }),
    LIMITED('later'),
    1,
  ],
  [
    'redirects for ever',
    (heard, response) => reply(response, 307, '', { location: `${heard.url}x` }),
    REFUSED('it never ends'),
    6,
  ],
  ['a redirect to nowhere', (_heard, response) => reply(response, 302), REFUSED('it is no web address'), 1],
  [
    'a redirect to plain http elsewhere',
    (_heard, response) => reply(response, 302, '', { location: 'http://example.org/' }),
    REFUSED('it is not https'),
    1,
  ],
];

test.each(FAULTS.map(fault => [fault[0], fault] as const))('%s', async (_what, fault) => {
  await expectFault(fault);
});

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
