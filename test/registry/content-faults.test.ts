import { test } from 'vitest';
import { askTags, expectFault, type Fault, MANIFEST, type Seen } from './fault.ts';
import { makeImage, OCI_INDEX, sha256 } from './images.ts';
import { type Handler, reply } from './server.ts';

const image = makeImage('one');
const MEGABYTE = 1024 * 1024;
const SCHEMA_1 = 'application/vnd.docker.distribution.manifest.v1+prettyjws';
const TOO_LARGE: Seen = [
  'REGISTRY_ANSWER_TOO_LARGE',
  'HOST answers with more than the 4096 KiB that such a document may have',
  'tell the people who run that registry, or look at the image with skopeo inspect',
  125,
];
const BROKEN_OFF: Seen = [
  'REGISTRY_UNREACHABLE',
  'cannot reach HOST: the connection broke off',
  'try again later',
  75,
];
const ALTERED = (received: string, wanted: string): Seen => [
  'REGISTRY_DIGEST_MISMATCH',
  `HOST answers with ${received} instead of ${wanted}`,
  'something between here and the registry alters what it sends, or its store is damaged',
  75,
];
const ODD = (what: string): Seen => [
  'REGISTRY_ANSWER_INVALID',
  `HOST answers with something that is not ${what}`,
  'try again later, or tell the people who run that registry',
  75,
];

/** A fault of GET; HEAD is answered as it should be, without a digest. */
const onGet =
  (handler: Handler): Handler =>
  (heard, response, request) =>
    heard.method === 'HEAD' ? reply(response, 200, '', MANIFEST) : handler(heard, response, request);

const FAULTS: Fault[] = [
  ['a reset connection', (_heard, response) => response.destroy(), BROKEN_OFF, 2],
  [
    'half a manifest',
    onGet((_heard, response) => {
      response.writeHead(200, { ...MANIFEST, 'content-length': 1000 });
      response.write('{', () => response.destroy());
    }),
    BROKEN_OFF,
    3,
  ],
  [
    'an announcement of 10 GB',
    (_heard, response) => response.writeHead(200, { ...MANIFEST, 'content-length': 10_000_000_000 }).end(),
    TOO_LARGE,
    1,
  ],
  [
    'a manifest of 100 MB, announced and never sent',
    onGet((_heard, response) =>
      response.writeHead(200, { ...MANIFEST, 'content-length': 100 * MEGABYTE }).flushHeaders(),
    ),
    TOO_LARGE,
    2,
  ],
  [
    'a manifest of 100 MB, in pieces',
    onGet((_heard, response) => {
      response.writeHead(200, MANIFEST);
      for (let sent = 0; sent < 100; sent += 1) response.write(Buffer.alloc(MEGABYTE, 32));
      response.end();
    }),
    TOO_LARGE,
    2,
  ],
  [
    'other bytes than the digest says',
    (_heard, response) =>
      reply(response, 200, '{}', { ...MANIFEST, 'docker-content-digest': image.manifest.digest }),
    ALTERED(sha256('{}'), image.manifest.digest),
    2,
  ],
  [
    'other bytes than the digest of GET alone says',
    onGet((_heard, response) =>
      reply(response, 200, '{}', { ...MANIFEST, 'docker-content-digest': image.manifest.digest }),
    ),
    ALTERED(sha256('{}'), image.manifest.digest),
    2,
  ],
  [
    'another digest than was asked for',
    (_heard, response) => reply(response, 200, '', { ...MANIFEST, 'docker-content-digest': sha256('x') }),
    ALTERED(sha256('x'), image.manifest.digest),
    1,
    registry => registry.head('a/b', image.manifest.digest),
  ],
  [
    'another blob than was asked for',
    (_heard, response) => reply(response, 200, 'x'),
    ALTERED(sha256('x'), image.config.digest),
    1,
    registry => registry.blob('a/b', image.config.digest),
  ],
  ...[
    '',
    'not JSON',
    '[]',
    '{}',
    '{"manifests":[{}]}',
    '{"config":{},"layers":[]}',
    `{"mediaType":"${OCI_INDEX}","manifests":[]}`,
  ].map(
    (body): Fault => [
      `a manifest that is ${body || 'empty'}`,
      onGet((_heard, response) => reply(response, 200, body, MANIFEST)),
      ODD('a manifest'),
      2,
    ],
  ),
  [
    "a manifest of docker's first schema",
    (_heard, response) => reply(response, 200, '{"schemaVersion":1}', { 'content-type': SCHEMA_1 }),
    [
      'UNSUPPORTED_MANIFEST',
      `HOST/a/b:1 is not an image that can be unpacked: it is an image of docker's first schema (${SCHEMA_1})`,
      'push it again with a newer docker',
      1,
    ],
    2,
  ],
  [
    'tags that are none',
    (_heard, response) => reply(response, 200, { tags: 'x' }),
    ODD('a list of tags'),
    1,
    askTags,
  ],
  [
    'a list of tags in a ring',
    (heard, response) => reply(response, 200, { tags: ['a'] }, { link: `<${heard.url}>; rel="next"` }),
    [
      'REGISTRY_ADDRESS_REFUSED',
      'HOST names a next page that is not followed: it never ends',
      'tell the people who run that registry; nothing was sent there',
      125,
    ],
    1,
    askTags,
  ],
];

test.each(FAULTS.map(fault => [fault[0], fault] as const))('%s', async (_what, fault) => {
  await expectFault(fault);
});
