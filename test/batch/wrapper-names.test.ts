import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import NAME from '../../src/batch/htcondor/shell/name.sh';
import { isJcdsError } from '../../src/errors.ts';
import { parseReference } from '../../src/image/reference.ts';
import { imagePath } from '../../src/repositories/image-path.ts';
import { LAYOUTS } from '../../src/repositories/layouts/index.ts';
import { references } from '../image/generated.ts';
import { SHELLS } from '../wrap/stage.ts';

// What the wrapper makes of a name in the shell is what the rest of jcds makes of it.

const SCRIPT = `${NAME}
jcds_root=/data/cvmfs
for name in "$@"; do
  jcds_repositories=searched
  if jcds_read_name "$name"; then
    printf '%s|%s|%s|%s|%s|%s|%s|%s\\0' "$jcds_repositories" "$jcds_entry" "$jcds_cern" "$jcds_files" "$jcds_wanted" \\
      "$jcds_flat" "$jcds_tagged" "$jcds_spelled"
  else printf 'none\\0'
  fi
done`;

function readBy(file: string, names: readonly string[]): string[] {
  const words = file.endsWith('busybox') ? ['sh', '-c'] : ['-c'];
  const { stdout, stderr } = spawnSync(file, [...words, SCRIPT, 'sh', ...names], {
    encoding: 'utf8',
    // With a socket there, bash takes itself for a remote login.
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { LC_ALL: 'C' },
  });
  expect(stderr).toBe('');
  return stdout.split('\0').slice(0, -1);
}

function expected(text: string): string {
  try {
    if (text.startsWith('/')) {
      const place = imagePath(text, { cvmfsRoots: ['/data/cvmfs', '/cvmfs'] });
      // A repository itself is no image.
      return place === null || place.relativePath === ''
        ? 'none'
        : `${place.repository}|${place.relativePath}||||||`;
    }
    const reference = parseReference(text);
    const { digest } = reference;
    // A digest is looked for first by what names it; CERN's own directories are named after another digest.
    const placesIn = (layout: 'osg' | 'cern') =>
      LAYOUTS[layout]
        .candidates(reference, null)
        .filter(path => path !== LAYOUTS[layout].asSpelled(reference));
    const [osg] = placesIn('osg');
    const cern = placesIn('cern')[digest === null ? 0 : 1];
    const [files = ''] = digest === null ? LAYOUTS.files.candidates(reference, null) : [];
    const all = LAYOUTS.osg.candidates(reference, null);
    const spelled = LAYOUTS.osg.asSpelled(reference);
    return [
      ...['searched', osg, cern, files, reference.registryTyped ? reference.registry : ''],
      digest === null ? '' : LAYOUTS.cern.candidates(reference, null)[0],
      digest !== null && reference.tag !== null ? all.at(-1) : '',
      spelled ?? '',
    ].join('|');
  } catch (thrown) {
    if (!isJcdsError(thrown)) throw thrown;
    return 'none';
  }
}

const HEX = 'ab'.repeat(32);
const NAMES = [
  ...['debian', 'debian:12', 'library/debian:12', 'nica/docker-images/bmn:latest', 'docker://debian'],
  ...['git.jinr.ru:5005/a/b:1', 'GIT.jinr.ru/a/b', 'localhost/x', 'Foo/bar', 'quay.io/biocontainers/x:1--0'],
  ...['biocontainers/x:1--0', 'index.docker.io/x', 'docker.io/a/b:c', 'a__b/c-d--e.f:T.1'],
  ...[`debian@sha256:${HEX}`, `debian:12@sha256:${HEX}`, `quay.io/a/b@sha256:${HEX}`],
  ...[`debian@sha256:${HEX}0`, `debian@sha256:${HEX.toUpperCase()}`, `sha256:${HEX}`, `debian:sha256:${HEX}`],
  ...[
    'sha256:a',
    'sha256',
    HEX,
    `${HEX}0`,
    `${HEX}:1`,
    `sha512:${HEX}`,
    `sha512:${HEX}${HEX}`,
    `sha384:${HEX}`,
  ],
  ...[
    '',
    ' ',
    '-x',
    '--help',
    'a b',
    'a\tb',
    'a\nb',
    'a\u001b[31mb',
    'é',
    'A',
    'a/B',
    'a..b',
    'a.-b',
    'a___b',
  ],
  ...['a//b', 'a/', ':x', 'a:', 'a:-x', 'a:.x', 'a@b', '.', '..', '../a', './a', '.hidden', 'a/.b', 'a/../b'],
  ...[
    '$(touch /tmp/x)',
    '`id`',
    ';id',
    'a;id',
    '$HOME',
    '*',
    '?',
    '[a]',
    'a|b',
    'a&b',
    "a'b",
    'a"b',
    'a\\b',
    '~',
  ],
  ...['-a.com/x', 'a-.com/x', 'a..com/x', 'a.com:x/y', 'a.com:/y', 'a.com:1:2/y', 'a_b.com/x', 'a.com-/x'],
  ...[
    '/cvmfs/containers.jinr.ru/a/b:1',
    '/data/cvmfs/containers.jinr.ru/a',
    '/cvmfs/unpacked.cern.ch/x:5/y:1/',
  ],
  ...[
    '/etc/passwd',
    '/cvmfs',
    '/cvmfs/',
    '/cvmfs/x',
    '/cvmfs/../etc/x',
    '/cvmfsx/a.b/c',
    '/cvmfs/a.b/../../etc',
  ],
  ...[
    '/cvmfs/-a.b/c',
    '/cvmfs//containers.jinr.ru/./a//b:1/.',
    '//data/./cvmfs/containers.jinr.ru/a/b:1',
    '/cvmfs/containers.jinr.ru/a/../b:1',
    '/cvmfs/a.b/x/../../c.d/y',
    '/cvmfs/a.b/../c.d/y',
    '/etc/../cvmfs/a.b/c',
    '/cvmfs/a.b/..',
    '/cvmfs/a.b',
    'all/x:1',
    'all/x/y:1',
    'docker.io/all/x:1',
    'first.last/image:1',
    'Registry-1.docker.io/x',
    '/cvmfs/a..b/c',
    '/cvmfs/a./c',
    '/cvmfs/.a.b/c',
    `a:${'t'.repeat(128)}`,
    `a:${'t'.repeat(129)}`,
  ],
  ...[`${'r'.repeat(247)}`, `${'r'.repeat(248)}`, `a/${'r'.repeat(253)}`, `a/${'r'.repeat(254)}`],
];

describe.each(SHELLS)('%s', (_, file) => {
  test('names, and what is none', () => {
    expect(readBy(file, NAMES)).toEqual(NAMES.map(expected));
  });

  test('every reference means the same to both', () => {
    const typed = references
      .map(
        ({ registry, registryTyped, repository, tag, tagTyped, digest }) =>
          `${registryTyped ? `${registry}/` : ''}${repository}${tagTyped ? `:${tag}` : ''}${digest === null ? '' : `@${digest}`}`,
      )
      // Which no wrapper takes: an address in brackets.
      .filter(name => !name.includes('['));
    fc.assert(
      fc.property(fc.array(typed, { minLength: 50, maxLength: 50 }), names => {
        expect(readBy(file, names)).toEqual(names.map(expected));
      }),
      { numRuns: 10 },
    );
  });

  test('whatever the text, it is a name to both or to neither', () => {
    const text = fc.string({
      unit: fc.constantFrom(...'aB0./:-_@+ \n$`;\'"é*?[]~', 'sha256', '.com', 'oci:', 'dir:'),
    });
    const known = (name: string) => !name.includes('[') && !name.includes('\0');
    fc.assert(
      fc.property(fc.array(text.filter(known), { minLength: 100, maxLength: 100 }), names => {
        expect(readBy(file, names)).toEqual(names.map(expected));
      }),
      { numRuns: 10 },
    );
  });
});
