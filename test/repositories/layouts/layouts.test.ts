import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parsePlatform } from '../../../src/image/platform.ts';
import { parseReference } from '../../../src/image/reference.ts';
import { detectLayout, LAYOUTS, type LayoutName } from '../../../src/repositories/layouts/index.ts';
import { references } from '../../image/generated.ts';

const HEX = 'be178c0543eb17f5f3043021c9e5fcf30285e557a4fc309cce97ff9ca6182912';
const DIGEST = `sha256:${HEX}`;
const INDEX_PLACE = `.images/sha256:be/${HEX.slice(2)}`;
const LAYERS_PLACE = `.images/be/${HEX.slice(2)}`;
const MANIFEST_PLACE = LAYERS_PLACE;
const CONFIG_PLACE = `.flat/be/${HEX}`;
const nothing = { registry: null, repository: null, tag: null, digest: null };

describe('candidates', () => {
  test.each<[LayoutName, string, string | null, string[]]>([
    [
      'osg',
      'git.jinr.ru:5005/nica/docker-images/bmn:24.12',
      null,
      ['git.jinr.ru:5005/nica/docker-images/bmn:24.12', 'nica/docker-images/bmn:24.12'],
    ],
    ['osg', 'first.last/tgr/img', null, ['first.last/tgr/img:latest', 'tgr/img:latest']],
    ['osg', 'debian', null, ['library/debian:latest']],
    ['osg', 'a.b/c:1', 'linux/arm64', ['a.b/c:1', 'c:1']],
    ['osg', `cmssw/cms@${DIGEST}`, null, [INDEX_PLACE]],
    ['osg', `cmssw/cms:1@${DIGEST}`, null, [INDEX_PLACE, 'cmssw/cms:1']],
    ['osg', `a:1@sha512:${'0'.repeat(128)}`, null, ['library/a:1']],
    ['osg', `a@sha512:${'0'.repeat(128)}`, null, []],
    ['cern', 'centos:centos7', null, ['registry.hub.docker.com/library/centos:centos7']],
    [
      'cern',
      'index.docker.io/atlas/athena:1',
      null,
      ['index.docker.io/atlas/athena:1', 'registry.hub.docker.com/atlas/athena:1'],
    ],
    ['cern', 'docker.io/a/b:1', null, ['docker.io/a/b:1', 'registry.hub.docker.com/a/b:1']],
    ['cern', 'gitlab-p4n.aip.de:5005/x/y:1', null, ['gitlab-p4n.aip.de:5005/x/y:1']],
    ['cern', 'a.ch/b:1', 'x86_64', ['.multiarch/amd64/a.ch/b:1', 'a.ch/b:1']],
    ['cern', 'a.ch/b:1', 'aarch64', ['.multiarch/arm64:v8/a.ch/b:1', 'a.ch/b:1']],
    ['cern', `a.ch/b@${DIGEST}`, null, [CONFIG_PLACE, `a.ch/b:${DIGEST}`]],
    [
      'cern',
      `a.ch/b:1@${DIGEST}`,
      'amd64',
      [
        CONFIG_PLACE,
        `.multiarch/amd64/a.ch/b:${DIGEST}`,
        '.multiarch/amd64/a.ch/b:1',
        `a.ch/b:${DIGEST}`,
        'a.ch/b:1',
      ],
    ],
    ['files', 'quay.io/biocontainers/fastqc:0.11.9--0', null, ['all/fastqc:0.11.9--0']],
    ['files', 'biocontainers/fastqc:0.11.9--0', null, ['all/fastqc:0.11.9--0']],
    ['files', 'fastqc:0.11.9--0', null, ['all/fastqc:0.11.9--0']],
    ['files', 'all/fastqc:0.11.9--0', null, ['all/fastqc:0.11.9--0']],
    ['files', 'docker.io/biocontainers/fastqc:1', null, []],
    ['files', 'docker.io/fastqc:1', null, []],
    ['files', 'quay.io/other/fastqc:1', null, []],
    ['files', 'quay.io/biocontainers/a/b:1', null, []],
    ['files', `fastqc@${DIGEST}`, null, []],
    ['store', 'debian', null, ['docker.io/library/debian:latest']],
    ['store', 'registry-1.docker.io/a/b:1', 'linux/arm64', ['docker.io/a/b:1']],
    ['store', 'git.jinr.ru:5005/x/y:1', null, ['git.jinr.ru:5005/x/y:1']],
    ['store', `a.ch/b@${DIGEST}`, null, [MANIFEST_PLACE, `a.ch/b:${DIGEST}`]],
    ['store', `a.ch/b:1@${DIGEST}`, null, [MANIFEST_PLACE, `a.ch/b:${DIGEST}`, 'a.ch/b:1']],
    ['store', `a.ch/b:1@sha512:${'0'.repeat(128)}`, null, ['a.ch/b:1']],
  ])('%s %s %s', (name, text, platform, expected) => {
    const candidates = LAYOUTS[name].candidates(
      parseReference(text),
      platform === null ? null : parsePlatform(platform),
    );
    expect(candidates).toEqual(expected);
  });
});

describe('parsePath', () => {
  test.each<[LayoutName, string, object | null]>([
    [
      'osg',
      'nica/docker-images/bmn:24.12',
      { ...nothing, repository: 'nica/docker-images/bmn', tag: '24.12' },
    ],
    ['osg', 'bmn:1', { ...nothing, repository: 'bmn', tag: '1' }],
    ['osg', LAYERS_PLACE, nothing],
    ['osg', INDEX_PLACE, { ...nothing, digest: DIGEST }],
    ['osg', '.images/be', null],
    ['osg', `${LAYERS_PLACE}/usr`, null],
    ['osg', 'nica/bmn:1/usr/bin', null],
    ['osg', 'nica/bmn', null],
    ['osg', 'nica/bmn:', null],
    ['osg', 'nica/BMN:1', null],
    ['osg', `nica/bmn:${DIGEST}`, null],
    ['osg', '', null],
    [
      'cern',
      'registry.hub.docker.com/library/centos:7',
      { ...nothing, registry: 'docker.io', repository: 'library/centos', tag: '7' },
    ],
    [
      'cern',
      'gitlab-p4n.aip.de:5005/x/y:1',
      { ...nothing, registry: 'gitlab-p4n.aip.de:5005', repository: 'x/y', tag: '1' },
    ],
    ['cern', `a.ch/b:${DIGEST}`, { ...nothing, registry: 'a.ch', repository: 'b', digest: DIGEST }],
    ['cern', '.multiarch/arm64:v8/a.ch/b:1', { ...nothing, registry: 'a.ch', repository: 'b', tag: '1' }],
    ['cern', '.multiarch/x86_64/a.ch/b:1', { ...nothing, registry: 'a.ch', repository: 'b', tag: '1' }],
    ['cern', CONFIG_PLACE, { ...nothing, digest: DIGEST }],
    ['cern', `.flat/00/${HEX}`, null],
    ['cern', '.multiarch/../a.ch/b:1', null],
    ['cern', '.metadata/a.ch/b:1', null],
    ['cern', `.layers/be/${HEX}/layerfs`, null],
    ['cern', 'library/b:1', null],
    ['cern', 'a.ch', null],
    ['cern', 'a.ch:5005', null],
    [
      'files',
      'all/fastqc:0.11.9--0',
      { ...nothing, registry: 'quay.io', repository: 'biocontainers/fastqc', tag: '0.11.9--0' },
    ],
    ['files', 'all/x/fastqc:1', null],
    ['files', 'fastqc:1', null],
    ['files', 'all/fastqc', null],
    [
      'store',
      'git.jinr.ru:5005/x/y:1',
      { ...nothing, registry: 'git.jinr.ru:5005', repository: 'x/y', tag: '1' },
    ],
    ['store', `a.ch/b:${DIGEST}`, { ...nothing, registry: 'a.ch', repository: 'b', digest: DIGEST }],
    ['store', MANIFEST_PLACE, { ...nothing, digest: DIGEST }],
    ['store', 'library/debian:12', null],
    ['store', '.jcds/images/x.json', null],
    ['store', INDEX_PLACE, null],
  ])('%s %s', (name, path, expected) => {
    expect(LAYOUTS[name].parsePath(path)).toEqual(expected);
  });
});

describe('digests', () => {
  test.each<[LayoutName, string, object | null]>([
    ['osg', LAYERS_PLACE, { kind: 'layers', digest: DIGEST }],
    ['osg', INDEX_PLACE, { kind: 'index', digest: DIGEST }],
    ['osg', 'a/b:1', null],
    ['osg', CONFIG_PLACE, null],
    ['cern', CONFIG_PLACE, { kind: 'config', digest: DIGEST }],
    ['cern', INDEX_PLACE, null],
    ['files', 'all/a:1', null],
    ['store', MANIFEST_PLACE, { kind: 'manifest', digest: DIGEST }],
    ['store', INDEX_PLACE, null],
  ])('%s %s is named after', (name, path, expected) => {
    expect(LAYOUTS[name].digestOf(path)).toEqual(expected);
  });

  const other = `sha256:${'0'.repeat(64)}`;
  test.each<[LayoutName, string, string, string | undefined, string]>([
    ['osg', 'a:1', LAYERS_PLACE, undefined, 'proven'],
    ['osg', `a@${DIGEST}`, INDEX_PLACE, undefined, 'proven'],
    ['osg', `a@${DIGEST}`, LAYERS_PLACE, undefined, 'unproven'],
    ['osg', `a@${other}`, INDEX_PLACE, undefined, 'unproven'],
    ['cern', `a@${DIGEST}`, CONFIG_PLACE, undefined, 'proven'],
    ['cern', `a@${other}`, CONFIG_PLACE, undefined, 'unproven'],
    ['cern', `a.ch/b@${other}`, CONFIG_PLACE, `a.ch/b:${other}`, 'proven'],
    ['cern', `a.ch/b@${other}`, CONFIG_PLACE, 'a.ch/b:1', 'unproven'],
    ['cern', `a.ch/b@${other}`, INDEX_PLACE, `a.ch/b:${DIGEST}`, 'contradicted'],
    ['cern', 'a.ch/b:1', 'somewhere/else', 'a.ch/b:1', 'proven'],
    ['files', 'a:1', 'all/a:1', undefined, 'proven'],
    ['store', `a@${DIGEST}`, MANIFEST_PLACE, undefined, 'proven'],
    ['store', `a@${other}`, MANIFEST_PLACE, `docker.io/library/a:${other}`, 'proven'],
    ['store', `a:1@${other}`, MANIFEST_PLACE, 'docker.io/library/a:1', 'unproven'],
    ['files', `a:1@${DIGEST}`, 'all/a:1', undefined, 'unproven'],
  ])('%s %s at %s from %s', (name, text, target, entry, expected) => {
    expect(LAYOUTS[name].proves(parseReference(text), target, entry)).toBe(expected);
  });
});

test.each<[LayoutName, string, number, boolean]>([
  ['osg', 'bmn:1', 0, true],
  ['osg', 'bmn:1', 2, true],
  ['osg', 'bmn', 2, false],
  ['osg', '.hidden:1', 1, false],
  ['osg', ':1', 1, false],
  ['cern', 'gitlab-p4n.aip.de:5005', 0, false],
  ['cern', 'bmn:1', 1, true],
  ['files', 'fastqc:1--0', 1, true],
  ['store', 'git.jinr.ru:5005', 0, false],
  ['store', 'bmn:1', 1, true],
  ['store', '.jcds', 0, false],
])('%s: whether %s at depth %i is an image: %s', (name, entry, depth, expected) => {
  expect(LAYOUTS[name].isImageName(entry, depth)).toBe(expected);
});

test.each<[LayoutName | 'detect', string[], LayoutName]>([
  ['detect', ['.images', 'library', 'nica'], 'osg'],
  ['detect', ['nica'], 'osg'],
  ['detect', [], 'osg'],
  ['detect', ['.flat', '.layers', 'a.ch'], 'cern'],
  ['detect', ['.multiarch', '.images'], 'cern'],
  ['detect', ['all'], 'files'],
  ['detect', ['all', '.images'], 'osg'],
  ['osg', ['.flat'], 'osg'],
  ['files', ['.images'], 'files'],
  ['store', ['.images', '.jcds', 'docker.io'], 'store'],
])('a row with %s and a root of %j has layout %s', (layout, names, expected) => {
  expect(detectLayout({ layout }, names).name).toBe(expected);
});

const platforms = fc.option(fc.constantFrom('amd64', 'arm64', 'arm/v6', 'riscv64').map(parsePlatform));

test.each(Object.values(LAYOUTS))(
  '$name: candidates stay in the repository, at most seven of them',
  layout => {
    fc.assert(
      fc.property(references, platforms, (reference, platform) => {
        const candidates = layout.candidates(reference, platform);
        expect(candidates.length).toBeLessThanOrEqual(7);
        expect(new Set(candidates).size).toBe(candidates.length);
        for (const path of candidates) {
          expect(path).not.toMatch(/^\/|\/$|\/\/|[\0\n]/);
          expect(path.split('/')).not.toContain('..');
          expect(path.split('/')).not.toContain('.');
        }
      }),
    );
  },
);

test.each(Object.values(LAYOUTS))('$name: a candidate read back says what the layout keeps', layout => {
  fc.assert(
    fc.property(references, platforms, (reference, platform) => {
      for (const path of layout.candidates(reference, platform)) {
        // Another registry's, or a user's whose name looks like one: the layout cannot tell.
        if (path === layout.asSpelled(reference)) continue;
        const read = layout.parsePath(path);
        expect(read).not.toBeNull();
        if (read!.tag !== null) expect(read!.tag).toBe(reference.tag);
        if (read!.digest !== null) expect(read!.digest).toBe(reference.digest);
        if (layout.name !== 'files' && read!.repository !== null)
          expect(read!.repository).toBe(reference.repository);
        if (['cern', 'store'].includes(layout.name) && read!.repository !== null)
          expect(read!.registry).toBe(reference.registry);
      }
    }),
  );
});

test.each(Object.values(LAYOUTS))('$name: whatever the path, nothing is thrown', layout => {
  const pieces = fc.constantFrom(
    'a',
    '.images',
    'sha256:be',
    'be',
    HEX,
    HEX.slice(2),
    '/',
    ':',
    '..',
    'all',
    '.flat',
    '.multiarch',
    'x.y',
    '\n',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(pieces).map(parts => parts.join('')),
      ),
      path => {
        const read = layout.parsePath(path);
        expect(layout.digestOf(path)?.digest ?? DIGEST).toMatch(/^sha256:[0-9a-f]{64}$/);
        if (!read) return;
        expect(path).not.toContain('\n');
        expect(path.split('/')).not.toContain('..');
      },
    ),
    { numRuns: 1000 },
  );
});
