import { describe, expect, test } from 'vitest';
import { parsePlatform } from '../../src/image/platform.ts';
import { parseReference } from '../../src/image/reference.ts';
import { imageIn } from '../../src/registry/image.ts';
import {
  descriptor,
  makeImage,
  makeIndex,
  OCI_INDEX,
  OCI_MANIFEST,
  type Stored,
  stored,
  type TestImage,
} from './images.ts';
import { MemoryRegistry } from './memory-registry.ts';
import { failure, opened, serve } from './opened.ts';
import { reply } from './server.ts';

const AMD64 = parsePlatform('amd64');

/** The image that a registry holding only this under `a/b:1` has for a platform. */
async function imageFrom(top: Stored, images: readonly TestImage[], platform = AMD64, end = ':1') {
  const server = await serve(new MemoryRegistry().tag('a/b', '1', top, images).handle);
  const image = imageIn(await opened(server.host), parseReference(`${server.host}/a/b${end}`), platform);
  return { server, image };
}

const digestsOf = ({ manifest, config, layers }: TestImage) => ({
  manifestDigest: manifest.digest,
  configDigest: config.digest,
  layerDigests: layers.map(layer => layer.digest),
});

test.each([
  ['an OCI image', false],
  ['a docker image', true],
])('%s, whole', async (_what, docker) => {
  const one = makeImage('one', {
    docker,
    config: {
      Env: ['PATH=/usr/bin', 'EMPTY=', 'EQ=a=b', 'PATH=/bin', 'ODD'],
      Entrypoint: ['/entry', 'x y'],
      Cmd: ['-l'],
      User: '1000:100',
      WorkingDir: '/data',
      Labels: { 'org.x': 'y\n' },
    },
  });
  const { server, image } = await imageFrom(one.manifest, [one]);
  expect(await image).toEqual({
    ...digestsOf(one),
    indexDigest: null,
    config: {
      env: [
        ['PATH', '/usr/bin'],
        ['EMPTY', ''],
        ['EQ', 'a=b'],
        ['PATH', '/bin'],
        ['ODD', ''],
      ],
      entrypoint: ['/entry', 'x y'],
      cmd: ['-l'],
      user: '1000:100',
      workingDir: '/data',
      labels: { 'org.x': 'y\n' },
      architecture: 'amd64',
      os: 'linux',
    },
  });
  expect(server.heard.map(({ method, url }) => `${method} ${url}`)).toEqual([
    'HEAD /v2/a/b/manifests/1',
    `GET /v2/a/b/manifests/${one.manifest.digest}`,
    `GET /v2/a/b/blobs/${one.config.digest}`,
  ]);
  expect(server.heard[0]?.accept?.split(', ').length).toBe(4);
});

test('a configuration that says nothing', async () => {
  const one = makeImage('one', {
    config: { Env: null, Entrypoint: [], Cmd: null, User: '', WorkingDir: '', Labels: null },
  });
  expect((await (await imageFrom(one.manifest, [one])).image).config).toEqual({
    env: [],
    entrypoint: null,
    cmd: null,
    user: null,
    workingDir: null,
    labels: {},
    architecture: 'amd64',
    os: 'linux',
  });
});

test('a digest is asked for instead of the tag, and proved', async () => {
  const one = makeImage('one');
  const { server, image } = await imageFrom(one.manifest, [one], AMD64, `:other@${one.manifest.digest}`);
  expect((await image).manifestDigest).toBe(one.manifest.digest);
  expect(server.heard[0]?.url).toBe(`/v2/a/b/manifests/${one.manifest.digest}`);
});

describe('the entry of an index', () => {
  const make = (...names: string[]) =>
    names.map(name => {
      const [architecture, variant] = name.split('/') as [string, string?];
      return makeImage(name, { architecture, ...(variant === undefined ? {} : { variant }) });
    });
  test.each<[offered: string[], wanted: string, taken: string | null]>([
    [['amd64', 'arm64'], 'amd64', 'amd64'],
    [['amd64', 'arm64'], 'aarch64', 'arm64'],
    [['amd64', 'arm64/v8'], 'arm64', 'arm64/v8'],
    [['arm/v5', 'arm/v7', 'arm/v6'], 'arm', 'arm/v7'],
    [['arm/v5', 'arm/v7', 'arm/v6'], 'arm/v6', 'arm/v6'],
    [['arm/v7'], 'arm/v6', null],
    [['amd64/v3', 'amd64', 'amd64/v2'], 'amd64', 'amd64'],
    [['amd64/v3', 'amd64', 'amd64/v2'], 'amd64/v2', 'amd64/v2'],
    [['amd64/v1'], 'amd64', 'amd64/v1'],
    [['amd64/v4'], 'amd64/v3', null],
    [['amd64/weird\u001b', 'amd64'], 'amd64/v9', 'amd64'],
    [['unknown', 'ppc64le'], 'amd64', null],
  ])('of %j for %s', async (offered, wanted, taken) => {
    for (const docker of [false, true]) {
      const images = make(...offered);
      const index = makeIndex(images, docker);
      const { server, image } = await imageFrom(index, images, parsePlatform(wanted));
      if (taken !== null)
        expect(await image).toMatchObject({
          ...digestsOf(images[offered.indexOf(taken)]!),
          indexDigest: index.digest,
        });
      else
        expect(await failure(image)).toMatchObject({
          code: 'PLATFORM_NOT_IN_REGISTRY',
          message: expect.stringMatching(`^${server.host}/a/b:1 has no image for linux/`),
          hint: `it has images for ${offered.map(name => `linux/${name}`).join(', ')}`,
          exitCode: 1,
        });
    }
  });

  test('that says no platform is taken when it is the only one', async () => {
    const [one, two] = [makeImage('one'), makeImage('two')];
    const bare = (...images: TestImage[]) =>
      stored(
        { schemaVersion: 2, manifests: images.map(({ manifest }) => descriptor(manifest)) },
        'application/vnd.oci.image.index.v1+json',
      );
    expect(await (await imageFrom(bare(one), [one])).image).toMatchObject(digestsOf(one));
    expect(await failure((await imageFrom(bare(one, two), [one, two])).image)).toMatchObject({
      code: 'PLATFORM_NOT_IN_REGISTRY',
      hint: undefined,
    });
  });

  test('that is an index again is not followed', async () => {
    const one = makeImage('one');
    const inner = makeIndex([one]);
    const outer = makeIndex([{ ...one, manifest: inner }]);
    expect(await failure((await imageFrom(outer, [{ ...one, manifest: inner }])).image)).toMatchObject({
      code: 'UNSUPPORTED_MANIFEST',
    });
  });
});

test('a SIF file in a registry is no image', async () => {
  const sif = stored({}, 'application/vnd.sylabs.sif.config.v1+json');
  const manifest = stored(
    { schemaVersion: 2, mediaType: OCI_MANIFEST, config: descriptor(sif), layers: [] },
    OCI_MANIFEST,
  );
  const { server, image } = await imageFrom(manifest, []);
  expect(await failure(image)).toEqual({
    code: 'UNSUPPORTED_MANIFEST',
    message: `${server.host}/a/b:1 is not an image that can be unpacked: it is a SIF file (application/vnd.sylabs.sif.config.v1+json)`,
    hint: 'run it with apptainer itself (oras://NAME), or give the image that it was made from',
    exitCode: 1,
  });
});

test.each<[what: string, config: unknown]>([
  ['a list', []],
  ['no architecture', { os: 'linux' }],
  ['an environment of numbers', { architecture: 'amd64', os: 'linux', config: { Env: [1] } }],
  ['an entrypoint that is a text', { architecture: 'amd64', os: 'linux', config: { Entrypoint: 'sh' } }],
  ['a NUL in the environment', { architecture: 'amd64', os: 'linux', config: { Env: ['A=\0'] } }],
  ['labels that are a list', { architecture: 'amd64', os: 'linux', config: { Labels: [] } }],
  ['a label that is a number', { architecture: 'amd64', os: 'linux', config: { Labels: { a: 1 } } }],
])('a configuration with %s', async (_what, content) => {
  const one = makeImage('one');
  const config = stored(content, one.config.mediaType);
  const manifest = stored({ schemaVersion: 2, config: descriptor(config), layers: [] }, OCI_MANIFEST);
  const { server, image } = await imageFrom(manifest, [{ ...one, manifest, config }]);
  expect(await failure(image)).toMatchObject({
    code: 'REGISTRY_ANSWER_INVALID',
    message: `${server.host} answers with something that is not the configuration of an image`,
  });
});

test('a registry without HEAD and without digests is read by GET', async () => {
  const one = makeImage('one');
  const server = await serve((heard, response) => {
    if (heard.method === 'HEAD') return reply(response, 405);
    const body = heard.url.includes('/blobs/') ? one.config.bytes : one.manifest.bytes;
    reply(response, 200, body, { 'content-type': 'application/json' });
  });
  const registry = await opened(server.host);
  expect(await imageIn(registry, parseReference(`${server.host}/a/b:1`), AMD64)).toMatchObject(
    digestsOf(one),
  );
  expect(await registry.head('a/b', '1')).toEqual({ digest: one.manifest.digest, kind: 'image' });
});

test('a text that is an index and an image at once is neither', async () => {
  const one = makeImage('one');
  const said = stored({ ...JSON.parse(one.manifest.bytes.toString()), mediaType: OCI_INDEX }, OCI_MANIFEST);
  expect(await failure((await imageFrom(said, [one])).image)).toMatchObject({
    code: 'REGISTRY_ANSWER_INVALID',
  });
  const both = stored({ ...JSON.parse(one.manifest.bytes.toString()), manifests: [] }, OCI_MANIFEST);
  expect(await failure((await imageFrom(both, [one])).image)).toMatchObject({
    code: 'REGISTRY_ANSWER_INVALID',
  });
});
