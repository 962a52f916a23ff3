import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parsePlatform } from '../../src/image/platform.ts';
import { parseReference } from '../../src/image/reference.ts';
import { checkRegistry } from '../../src/registry/check.ts';
import {
  compareWithUpstream,
  layersHash,
  publishedIdentity,
  type Upstream,
} from '../../src/registry/compare.ts';
import { makeImage, makeIndex, type Stored, sha256, type TestImage } from './images.ts';
import { MemoryRegistry } from './memory-registry.ts';
import { options, serve } from './opened.ts';
import { reply } from './server.ts';

const H = 'ab'.repeat(32);
const REST = H.slice(2);
const hex = (digest: string) => digest.slice('sha256:'.length);

describe('what the name of a directory proves', () => {
  test.each<[target: string, identity: unknown]>([
    [`/cvmfs/containers.jinr.ru/.images/ab/${REST}`, { rule: 'layers', hash: H }],
    [`/cvmfs/containers.jinr.ru/.images/sha256:ab/${REST}`, { rule: 'index', hash: H }],
    [`../../.flat/ab/${H}`, { rule: 'config', hash: H }],
    [`.flat/ab/${H}/`, { rule: 'config', hash: H }],
    [`/cvmfs/x/.flat/cd/${H}`, null],
    [`/cvmfs/x/.flat/sha256:ab/${H}`, null],
    [`/cvmfs/x/.flat/ab/${REST}`, null],
    [`/cvmfs/x/.images/ab/${H}`, null],
    [`/cvmfs/x/.images/ab/${REST}/bin`, null],
    [`/cvmfs/x/.images/AB/${REST}`, null],
    [`/cvmfs/x/images/ab/${REST}`, null],
    ['/cvmfs/singularity.galaxyproject.org/all/samtools:1.9--h1', null],
    ['', null],
  ])('%s', (target, identity) => {
    expect(publishedIdentity(target)).toEqual(identity);
  });
});

test("OSG's hash is over the hex digests alone, one after the other", () => {
  const digests = [sha256('one'), sha256('two')];
  expect(layersHash(digests)).toBe(createHash('sha256').update(digests.map(hex).join('')).digest('hex'));
  expect(layersHash([...digests].reverse())).not.toBe(layersHash(digests));
  expect(layersHash([])).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
});

describe('published against upstream', () => {
  const image = {
    manifestDigest: sha256('manifest'),
    indexDigest: null,
    configDigest: sha256('config'),
    layerDigests: [sha256('layer')],
  };
  const layers = layersHash(image.layerDigests);
  const index = sha256('index');
  const here = (more: object): Upstream => ({
    state: 'present',
    topDigest: null,
    image: { ...image, ...more },
  });
  test.each<
    [
      what: string,
      identity: ReturnType<typeof publishedIdentity>,
      upstream: Upstream,
      state: string,
      evidence: string,
    ]
  >([
    [
      'the same layers',
      { rule: 'layers', hash: layers },
      here({}),
      'current',
      `the hash of the layers is ${layers} here and in the registry`,
    ],
    [
      'the manifest that the directory is named after',
      { rule: 'layers', hash: hex(image.manifestDigest) },
      here({}),
      'current',
      `the manifest is ${hex(image.manifestDigest)} here and in the registry`,
    ],
    [
      'that manifest by a HEAD alone',
      { rule: 'layers', hash: hex(image.manifestDigest) },
      { state: 'present', topDigest: image.manifestDigest, image: null },
      'current',
      `the manifest is ${hex(image.manifestDigest)} here and in the registry`,
    ],
    [
      'the same layers, now in an index',
      { rule: 'layers', hash: layers },
      here({ indexDigest: index }),
      'current',
      `the hash of the layers is ${layers} here and in the registry`,
    ],
    [
      'other layers',
      { rule: 'layers', hash: H },
      here({}),
      'outdated',
      `published is ${H}, the hash of the layers in the registry is ${layers}`,
    ],
    [
      'the same index',
      { rule: 'index', hash: hex(index) },
      here({ indexDigest: index }),
      'current',
      `the index is ${hex(index)} here and in the registry`,
    ],
    [
      'the same index by HEAD alone',
      { rule: 'index', hash: hex(index) },
      { state: 'present', topDigest: index, image: null },
      'current',
      `the index is ${hex(index)} here and in the registry`,
    ],
    [
      'another index',
      { rule: 'index', hash: H },
      here({ indexDigest: index }),
      'outdated',
      `published is ${H}, the index in the registry is ${hex(index)}`,
    ],
    [
      'an index that became an image',
      { rule: 'index', hash: H },
      here({}),
      'outdated',
      `published is ${H}, the hash of the layers in the registry is ${layers}`,
    ],
    [
      'the same configuration',
      { rule: 'config', hash: hex(image.configDigest) },
      here({}),
      'current',
      `the configuration is ${hex(image.configDigest)} here and in the registry`,
    ],
    [
      'another configuration',
      { rule: 'config', hash: H },
      here({}),
      'outdated',
      `published is ${H}, the configuration in the registry is ${hex(image.configDigest)}`,
    ],
    [
      'too little to compare',
      { rule: 'config', hash: H },
      { state: 'present', topDigest: index, image: null },
      'unknown',
      'the registry does not tell enough to compare',
    ],
    [
      'an index of another algorithm',
      { rule: 'index', hash: H },
      { state: 'present', topDigest: `sha512:${H}${H}`, image: null },
      'unknown',
      'the registry does not tell enough to compare',
    ],
    [
      'a directory without a hash',
      null,
      here({}),
      'unknown',
      'the name of the published directory does not tell which image it was made from',
    ],
    [
      'gone',
      { rule: 'layers', hash: H },
      { state: 'absent', evidence: 'r does not have r/a:1' },
      'removed',
      'r does not have r/a:1',
    ],
    [
      'not shown',
      { rule: 'layers', hash: H },
      { state: 'private', evidence: 'r does not show r/a:1' },
      'unknown',
      'r does not show r/a:1',
    ],
    ['no answer', null, { state: 'unknown', evidence: 'cannot reach r' }, 'unknown', 'cannot reach r'],
  ])('%s', (_what, identity, upstream, state, evidence) => {
    expect(compareWithUpstream(identity, upstream)).toEqual({ state, evidence });
  });

  test('without the image it is never current, outdated only for an index', () => {
    const digest = fc
      .uint8Array({ minLength: 32, maxLength: 32 })
      .map(bytes => Buffer.from(bytes).toString('hex'));
    fc.assert(
      fc.property(
        fc.constantFrom('layers' as const, 'config' as const),
        digest,
        digest,
        (rule, hash, top) => {
          expect(
            compareWithUpstream({ rule, hash }, { state: 'present', topDigest: `sha256:${top}`, image: null })
              .state,
          ).toBe('unknown');
        },
      ),
    );
  });
});

describe('asking the registry', () => {
  const [amd64, arm64] = [makeImage('amd'), makeImage('arm', { architecture: 'arm64' })];
  const index = makeIndex([amd64, arm64]);
  const osg = ({ layers }: TestImage) => {
    const hash = layersHash(layers.map(layer => layer.digest));
    return `/cvmfs/r/.images/${hash.slice(0, 2)}/${hash.slice(2)}`;
  };
  const osgIndex = (digest: string) =>
    `/cvmfs/r/.images/sha256:${hex(digest).slice(0, 2)}/${hex(digest).slice(2)}`;
  const own = ({ manifest }: TestImage) => osgIndex(manifest.digest).replace('sha256:', '');
  const cern = ({ config }: TestImage) =>
    `/cvmfs/r/.flat/${hex(config.digest).slice(0, 2)}/${hex(config.digest)}`;
  test.each<[what: string, target: string, top: Stored, platform: string, state: string, requests: number]>([
    ['OSG, an image', osg(amd64), amd64.manifest, 'amd64', 'current', 3],
    ['OSG, another image', osg(arm64), amd64.manifest, 'amd64', 'outdated', 3],
    ['OSG, an index: HEAD is enough', osgIndex(index.digest), index, 'amd64', 'current', 1],
    ['OSG, another index: HEAD is enough', osgIndex(sha256('x')), index, 'amd64', 'outdated', 1],
    ['OSG, an image of an index', osg(amd64), index, 'amd64', 'current', 5],
    ['OSG, an index that became an image', osgIndex(index.digest), amd64.manifest, 'amd64', 'outdated', 3],
    ['jcds sync, an image: HEAD is enough', own(amd64), amd64.manifest, 'amd64', 'current', 1],
    ['jcds sync, an image of an index', own(amd64), index, 'amd64', 'current', 5],
    ['jcds sync, another image', own(arm64), amd64.manifest, 'amd64', 'outdated', 3],
    ['CERN, the image of a platform', cern(arm64), index, 'arm64', 'current', 5],
    ['CERN, of another platform', cern(arm64), index, 'amd64', 'outdated', 5],
    ['CERN, a platform that is not there', cern(arm64), index, 'ppc64le', 'unknown', 2],
    ['a file', '/cvmfs/r/all/x:1', index, 'amd64', 'unknown', 1],
  ])('%s', async (_what, target, top, platform, state, requests) => {
    const server = await serve(new MemoryRegistry().tag('a/b', '1', top, [amd64, arm64]).handle);
    const reference = parseReference(`${server.host}/a/b:1`);
    expect((await checkRegistry(reference, target, parsePlatform(platform), options())).state).toBe(state);
    expect(server.heard.length).toBe(requests);
  });

  test('a tag that is gone', async () => {
    const server = await serve((_heard, response) => reply(response, 404));
    const reference = parseReference(`${server.host}/a/b:1`);
    expect(await checkRegistry(reference, osg(amd64), parsePlatform('amd64'), options())).toEqual({
      state: 'removed',
      evidence: `${server.host} does not have ${server.host}/a/b:1`,
      hint: null,
    });
  });

  test('an image of an index that the registry lost is not a tag that is gone', async () => {
    const registry = new MemoryRegistry().tag('a/b', '1', index);
    const server = await serve(registry.handle);
    const reference = parseReference(`${server.host}/a/b:1`);
    expect((await checkRegistry(reference, cern(amd64), parsePlatform('amd64'), options())).state).toBe(
      'unknown',
    );
  });
});
