import { expect, test } from 'vitest';
import { parseReference } from '../../src/image/reference.ts';
import { anonymousPull, registryHas } from '../../src/registry/presence.ts';
import { makeImage } from './images.ts';
import { MemoryRegistry } from './memory-registry.ts';
import { BASIC, having, LOGIN, options, serve } from './opened.ts';
import { type Handler, reply } from './server.ts';

const image = makeImage('one');
const memory = new MemoryRegistry().tag('a/b', '1', image.manifest, [image]);
const challenge = { 'www-authenticate': 'Basic realm="x"' };

/** What a registry with this behaviour says of a/b:1 to its user and to everyone; HOST stands for it. */
test.each<
  [
    what: string,
    handler: Handler,
    has: [state: string, digest: string | null, evidence: string, hint: string | null],
    pull: [state: string, evidence: string, hint: string | null],
  ]
>([
  [
    'has it for everyone',
    memory.handle,
    ['present', image.manifest.digest, `HOST has HOST/a/b:1, now ${image.manifest.digest}`, null],
    ['yes', 'everyone may pull HOST/a/b:1', null],
  ],
  [
    'has it for its users',
    (heard, response, request) =>
      heard.authorization === BASIC
        ? memory.handle(heard, response, request)
        : reply(response, 401, '', challenge),
    ['present', image.manifest.digest, `HOST has HOST/a/b:1, now ${image.manifest.digest}`, null],
    [
      'no',
      'HOST does not show HOST/a/b:1 to everyone: it is private, or it does not exist',
      'log in: podman login HOST',
    ],
  ],
  [
    'shows it to nobody',
    (_heard, response) => reply(response, 401, '', challenge),
    [
      'private',
      null,
      'HOST does not show HOST/a/b:1 with the credential in /home/ann/auth.json: it is private, or it does not exist',
      'if the credential in /home/ann/auth.json has expired, log in again: podman login HOST',
    ],
    [
      'no',
      'HOST does not show HOST/a/b:1 to everyone: it is private, or it does not exist',
      'log in: podman login HOST',
    ],
  ],
  [
    'forbids it',
    (_heard, response) => reply(response, 403),
    ['private', null, 'HOST forbids reading HOST/a/b:1', 'log in: podman login HOST'],
    ['no', 'HOST forbids reading HOST/a/b:1', 'log in: podman login HOST'],
  ],
  [
    'does not have it',
    (_heard, response) => reply(response, 404),
    ['absent', null, 'HOST does not have HOST/a/b:1', 'check the spelling of the name and the tag'],
    ['no', 'HOST does not have HOST/a/b:1', 'check the spelling of the name and the tag'],
  ],
  [
    'is a web site',
    (_heard, response) => reply(response, 404, '<html>', { 'content-type': 'text/html' }),
    [
      'unknown',
      null,
      'HOST answers with a web page',
      'is that the registry? GitLab keeps images at another port, such as git.jinr.ru:5005',
    ],
    [
      'unknown',
      'HOST answers with a web page',
      'is that the registry? GitLab keeps images at another port, such as git.jinr.ru:5005',
    ],
  ],
  [
    'says yes to everything',
    (_heard, response) => reply(response, 200, '{"ok": true}'),
    [
      'unknown',
      null,
      'HOST answers with something that is not a manifest',
      'try again later, or tell the people who run that registry',
    ],
    [
      'unknown',
      'HOST answers with something that is not a manifest',
      'try again later, or tell the people who run that registry',
    ],
  ],
  [
    'is down',
    (_heard, response) => reply(response, 503),
    ['unknown', null, 'HOST fails with status 503', 'try again later; the fault is on its side'],
    ['unknown', 'HOST fails with status 503', 'try again later; the fault is on its side'],
  ],
])(
  'a registry that %s',
  async (_what, handler, [state, digest, evidence, hint], [pull, pullEvidence, pullHint]) => {
    const server = await serve(handler);
    const reference = parseReference(`${server.host}/a/b:1`);
    const named = (text: string | null) => text?.replaceAll('HOST', server.host) ?? null;
    const { failure: _failure, ...presence } = await registryHas(
      reference,
      options({ findCredential: having(LOGIN) }),
    );
    expect(presence).toEqual({ state, digest, evidence: named(evidence), hint: named(hint) });
    expect(await anonymousPull(reference, options({ findCredential: having(LOGIN) }))).toEqual({
      state: pull,
      evidence: named(pullEvidence),
      hint: named(pullHint),
    });
  },
);

test('an image by its digest', async () => {
  const server = await serve(memory.handle);
  const reference = parseReference(`${server.host}/a/b@${image.manifest.digest}`);
  expect(await registryHas(reference, options())).toMatchObject({
    state: 'present',
    evidence: `${server.host} has ${server.host}/a/b@${image.manifest.digest}`,
  });
});

test('a bug is not an answer', async () => {
  const broken = async () => {
    throw new TypeError('a bug');
  };
  const server = await serve((_heard, response) => reply(response, 401, '', challenge));
  await expect(
    registryHas(parseReference(`${server.host}/a/b:1`), options({ findCredential: broken })),
  ).rejects.toThrow('a bug');
});
