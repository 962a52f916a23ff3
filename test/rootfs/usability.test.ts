import { expect, test } from 'vitest';
import type { ImageFacts } from '../../src/rootfs/facts.ts';
import { defects } from '../../src/rootfs/usability.ts';
import { NO_CONFIG, someFacts } from '../runtimes/requests.ts';

const AMD64 = ['amd64', '386'];
const parts = (facts: Partial<ImageFacts>, architectures: readonly string[] = AMD64) =>
  defects(someFacts(facts), architectures).map(({ part }) => part);

test.each([
  ['a whole image', {}, []],
  ['an image that does not tell its architecture', { architecture: null }, []],
  ['one for a machine that this host can be', { architecture: '386' }, []],
  ['one for another machine', { architecture: 'arm64' }, ['architecture']],
  ['one without a shell', { hasShell: false }, ['shell']],
  [
    'one without .singularity.d',
    { singularityMissing: null, config: { ...NO_CONFIG, source: 'none' } },
    ['metadata'],
  ],
  [
    'one whose configuration stands beside it',
    { singularityMissing: null, config: { ...NO_CONFIG, source: 'config-json' } },
    [],
  ],
  [
    'one whose configuration jcds has from the registry has lost it all the same',
    { singularityMissing: null, config: { ...NO_CONFIG, source: 'registry' } },
    ['metadata'],
  ],
  ['one in which Apptainer sets no variable', { singularityMissing: ['env/99-base.sh'] }, ['metadata']],
  ['one that lost a part', { singularityMissing: ['runscript'] }, ['metadata']],
  ['one without mount points', { directories: { '/': [] } }, ['mount-points']],
  ['one that was not listed', { directories: {} }, []],
] satisfies [string, Partial<ImageFacts>, string[]][])('%s', (_what, facts, expected) => {
  expect(parts(facts)).toEqual(expected);
});

test('every defect at once, the worst first, each with evidence and a cure', () => {
  const facts = someFacts({
    architecture: 'arm64',
    hasShell: false,
    singularityMissing: ['env', 'runscript'],
    directories: { '/': [{ name: 'proc', kind: 'directory' }] },
  });
  const found = defects(facts, AMD64, ['/usr', '/etc', '/bin', '/lib', '/opt']);
  expect(found.map(({ part, evidence }) => [part, evidence])).toEqual([
    ['architecture', '/bin/sh in the image is a program for arm64'],
    ['shell', '/bin/sh is not in the image, or cannot be executed'],
    ['reading', 'no permission to read /usr, /etc, /bin and 2 more'],
    [
      'metadata',
      'there is no .singularity.d/env, .singularity.d/runscript in the image; clean-ups of 2026 took it from some (github.com/cvmfs/cvmfs/issues/4208)',
    ],
    ['mount-points', 'not in the image: /dev, /sys, /tmp'],
  ]);
  expect(found.filter(({ hint }) => hint === '')).toEqual([]);
});
