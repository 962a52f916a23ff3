import { describe, expect, test } from 'vitest';
import { canonicalName, familiarName, parseReference } from '../../src/image/reference.ts';

const HEX = 'be178c0543eb17f5f3043021c9e5fcf30285e557a4fc309cce97ff9ca6182912';
const SHA256 = `sha256:${HEX}`;
const SHA512 = `sha512:${'f'.repeat(128)}`;
const long = (letters: number) => 'a'.repeat(letters);

/** text, [registry, typed?], repository, [tag, typed?], digest, familiar name */
type Row = [string, [string, boolean], string, [string | null, boolean], string | null, string];
const latest: [string, boolean] = ['latest', false];
const hub: [string, boolean] = ['docker.io', false];
const hubTyped: [string, boolean] = ['docker.io', true];

const OTHER_HUB_NAME =
  /^(?:https:\/\/)?(index\.docker\.io|registry\.hub\.docker\.com|registry-1\.docker\.io)\//;
const ACCEPTED: Row[] = [
  // Docker Hub and its names
  ['ubuntu', hub, 'library/ubuntu', latest, null, 'ubuntu:latest'],
  ['ubuntu:22.04', hub, 'library/ubuntu', ['22.04', true], null, 'ubuntu:22.04'],
  ['library/ubuntu', hub, 'library/ubuntu', latest, null, 'ubuntu:latest'],
  ['cmssw/cms:rhel7', hub, 'cmssw/cms', ['rhel7', true], null, 'cmssw/cms:rhel7'],
  ['library/foo/bar', hub, 'library/foo/bar', latest, null, 'library/foo/bar:latest'],
  ['docker.io/ubuntu', hubTyped, 'library/ubuntu', latest, null, 'ubuntu:latest'],
  ['index.docker.io/user/app', hubTyped, 'user/app', latest, null, 'user/app:latest'],
  [
    'registry.hub.docker.com/library/centos:centos7',
    hubTyped,
    'library/centos',
    ['centos7', true],
    null,
    'centos:centos7',
  ],
  ['registry-1.docker.io/ubuntu', hubTyped, 'library/ubuntu', latest, null, 'ubuntu:latest'],
  ['Docker.IO/user/app:1', hubTyped, 'user/app', ['1', true], null, 'user/app:1'],
  ['docker.io/foo.com/bar:1', hubTyped, 'foo.com/bar', ['1', true], null, 'docker.io/foo.com/bar:1'],
  ['docker.io/localhost/bar:1', hubTyped, 'localhost/bar', ['1', true], null, 'docker.io/localhost/bar:1'],
  // prefixes
  ['docker://ubuntu:22.04', hub, 'library/ubuntu', ['22.04', true], null, 'ubuntu:22.04'],
  [
    'docker://git.jinr.ru:5005/a/b:1',
    ['git.jinr.ru:5005', true],
    'a/b',
    ['1', true],
    null,
    'git.jinr.ru:5005/a/b:1',
  ],
  [
    'https://registry.hub.docker.com/atlas/athena:21.0.15',
    hubTyped,
    'atlas/athena',
    ['21.0.15', true],
    null,
    'atlas/athena:21.0.15',
  ],
  [
    'HTTPS://gitlab-registry.cern.ch/a/b:1',
    ['gitlab-registry.cern.ch', true],
    'a/b',
    ['1', true],
    null,
    'gitlab-registry.cern.ch/a/b:1',
  ],
  // registries
  [
    'git.jinr.ru:5005/nica/docker-images/bmn:latest',
    ['git.jinr.ru:5005', true],
    'nica/docker-images/bmn',
    ['latest', true],
    null,
    'git.jinr.ru:5005/nica/docker-images/bmn:latest',
  ],
  ['Git.JINR.ru:5005/a/b', ['git.jinr.ru:5005', true], 'a/b', latest, null, 'git.jinr.ru:5005/a/b:latest'],
  ['localhost/app', ['localhost', true], 'app', latest, null, 'localhost/app:latest'],
  ['localhost:5000/app:1', ['localhost:5000', true], 'app', ['1', true], null, 'localhost:5000/app:1'],
  ['192.168.0.1:8/debian', ['192.168.0.1:8', true], 'debian', latest, null, '192.168.0.1:8/debian:latest'],
  ['192.168.1.1:75050/a', ['192.168.1.1:75050', true], 'a', latest, null, '192.168.1.1:75050/a:latest'],
  [
    '[2001:db8::1]:5000/repo:tag',
    ['[2001:db8::1]:5000', true],
    'repo',
    ['tag', true],
    null,
    '[2001:db8::1]:5000/repo:tag',
  ],
  ['[FC00::1]/repo', ['[fc00::1]', true], 'repo', latest, null, '[fc00::1]/repo:latest'],
  [
    'xn--n3h.com/myimage:xn--n3h.com',
    ['xn--n3h.com', true],
    'myimage',
    ['xn--n3h.com', true],
    null,
    'xn--n3h.com/myimage:xn--n3h.com',
  ],
  ['Foo/bar', ['Foo', true], 'bar', latest, null, 'Foo/bar:latest'],
  ['test:5000/repo', ['test:5000', true], 'repo', latest, null, 'test:5000/repo:latest'],
  ['oci:5000/repo', ['oci:5000', true], 'repo', latest, null, 'oci:5000/repo:latest'],
  // what looks like a registry and is none
  ['test_com/foo', hub, 'test_com/foo', latest, null, 'test_com/foo:latest'],
  ['foo/foo_bar.com:8080', hub, 'foo/foo_bar.com', ['8080', true], null, 'foo/foo_bar.com:8080'],
  ['localhost:8080', hub, 'library/localhost', ['8080', true], null, 'localhost:8080'],
  ['192.168.1.1:5000', hub, 'library/192.168.1.1', ['5000', true], null, '192.168.1.1:5000'],
  // separators, tags
  [
    'a.com/foo/project--id.module--name.ver---sion--name',
    ['a.com', true],
    'foo/project--id.module--name.ver---sion--name',
    latest,
    null,
    'a.com/foo/project--id.module--name.ver---sion--name:latest',
  ],
  ['dock__er/doc_ker', hub, 'dock__er/doc_ker', latest, null, 'dock__er/doc_ker:latest'],
  ['lower:UPPER_.-9', hub, 'library/lower', ['UPPER_.-9', true], null, 'lower:UPPER_.-9'],
  ['lower:_1', hub, 'library/lower', ['_1', true], null, 'lower:_1'],
  [`a:${long(128)}`, hub, 'library/a', [long(128), true], null, `a:${long(128)}`],
  [`a.com/${long(255)}`, ['a.com', true], long(255), latest, null, `a.com/${long(255)}:latest`],
  [`app:${HEX}`, hub, 'library/app', [HEX, true], null, `app:${HEX}`],
  // digests
  [`ubuntu@${SHA256}`, hub, 'library/ubuntu', [null, false], SHA256, `ubuntu@${SHA256}`],
  [`a.com/b:1@${SHA256}`, ['a.com', true], 'b', ['1', true], SHA256, `a.com/b:1@${SHA256}`],
  [`a.com/b@${SHA512}`, ['a.com', true], 'b', [null, false], SHA512, `a.com/b@${SHA512}`],
  [
    `a@sha384:${'0'.repeat(96)}`,
    hub,
    'library/a',
    [null, false],
    `sha384:${'0'.repeat(96)}`,
    `a@sha384:${'0'.repeat(96)}`,
  ],
  // names that need their namespace, or docker://, not to be read as something else
  ['docker://oci:latest', hub, 'library/oci', ['latest', true], null, 'library/oci:latest'],
  [`docker.io/${HEX}`, hubTyped, `library/${HEX}`, latest, null, `${HEX}:latest`],
];

describe('parseReference', () => {
  test.each(ACCEPTED)(
    '%s',
    (text, [registry, registryTyped], repository, [tag, tagTyped], digest, familiar) => {
      const reference = parseReference(text);
      const spelled = OTHER_HUB_NAME.exec(text)?.[1];
      expect(reference).toEqual({
        ...{ registry, registryTyped, repository, tag, tagTyped, digest },
        ...(spelled === undefined ? {} : { registrySpelled: spelled }),
      });
      expect(familiarName(reference)).toBe(familiar);
      const end = (tag === null ? '' : `:${tag}`) + (digest === null ? '' : `@${digest}`);
      expect(canonicalName(reference)).toBe(`${registry}/${repository}${end}`);
    },
  );
});
