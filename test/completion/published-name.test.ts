import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nameAtPath, publishedName } from '../../src/completion/published-name.ts';
import { parseReference } from '../../src/image/reference.ts';
import { NAMES } from './names.ts';

const HEX = 'ab'.repeat(32);

describe('names that the services publish are taken as they are typed', () => {
  test.each([...NAMES, 'cms_sw/el9.x:x86_64-d20240101', 'localhost/a:1', `a/b:1@sha256:${HEX}`])(
    '%s',
    name => {
      expect(publishedName(name)).toBe(name);
    },
  );
  test('a digest in a file name is written as one types it', () => {
    expect(publishedName(`reg.io/a/b:sha256:${HEX}`)).toBe(`reg.io/a/b@sha256:${HEX}`);
  });
});

describe('everything else stays outside', () => {
  test.each([
    '',
    ' ',
    'a',
    'a:1',
    'a/b',
    'a/b:',
    'a/b:1\n',
    'a/b:1 ',
    'a/b:$(touch x)',
    'a/`touch x`:1',
    "a/b:'1'",
    'a/b:"1"',
    'a/b:*',
    'a/[b]:1',
    'a/b:1;ls',
    'a/b:\u001b[31m1',
    'a/b:\u202e1',
    'a/é:1',
    'a//b:1',
    'docker://a/b:1',
    '../b:1',
    'a/..:1',
    '-a/b:1',
    'a/B:1',
    'reg.io:x/a:1',
    '[::1]:5000/a:1',
    'a/b:1:2',
    'a/b@sha256:12',
    `a/b@sha256:${HEX.toUpperCase()}`,
    `${'a'.repeat(300)}/b:1`,
    `a/b:${'1'.repeat(129)}`,
    'a\tb/c:1',
  ])('%j', text => {
    expect(publishedName(text)).toBeNull();
  });
});

describe('a path of a repository as the name that one types', () => {
  test.each([
    ['osg', 'nica/docker-images/bmn:latest', 'nica/docker-images/bmn:latest'],
    ['osg', 'git.jinr.ru:5005/nica/bmn:latest', 'git.jinr.ru:5005/nica/bmn:latest'],
    ['osg', 'Some/image:1', 'Some/image:1'],
    ['osg', 'some/Image:1', null],
    ['osg', '.images/sha256:ab/cdef', null],
    ['osg', 'nica/$(touch ran):1', null],
    [
      'cern',
      'registry.hub.docker.com/library/centos:centos7',
      'registry.hub.docker.com/library/centos:centos7',
    ],
    ['cern', 'gitlab-p4n.aip.de:5005/punch/image:dev', 'gitlab-p4n.aip.de:5005/punch/image:dev'],
    ['cern', `reg.io/a/b:sha256:${HEX}`, `reg.io/a/b@sha256:${HEX}`],
    ['cern', 'nica/bmn:latest', null],
    ['files', 'all/bwa:0.7.17--h1', 'quay.io/biocontainers/bwa:0.7.17--h1'],
    ['files', 'other/bwa:0.7.17--h1', null],
  ] as const)('%s: %s -> %s', (layout, path, name) => {
    expect(nameAtPath(path, layout)).toBe(name);
  });
});

test('law: what is taken is a reference, of harmless characters alone', () => {
  const text = fc.oneof(
    fc.string(),
    fc.stringMatching(/^[a-zA-Z0-9._:@/$`()-]{1,40}$/),
    fc.stringMatching(/^([a-z.]{1,5}(:[0-9]{1,4})?\/)?[a-z._-]{1,4}\/[a-z._-]{1,4}:[A-Za-z0-9._-]{1,4}$/),
    fc.constantFrom('oci', 'dir', 'sif', 'localhost', 'docker-daemon').map(word => `${word}/x:1`),
  );
  fc.assert(
    fc.property(text, given => {
      const name = publishedName(given);
      if (name === null) return;
      expect(name).toMatch(/^[A-Za-z0-9._/:@-]+$/);
      expect(() => parseReference(name)).not.toThrow();
      expect(publishedName(name)).toBe(name);
    }),
    { numRuns: 3000 },
  );
});
