import { describe, expect, test } from 'vitest';
import { parseReference } from '../../../src/image/reference.ts';
import { describeDiff } from '../../../src/requests/wishlist/diff.ts';
import { addImage, findImage } from '../../../src/requests/wishlist/find.ts';
import { osg } from '../../../src/requests/wishlist/osg.ts';
import { describeProblem } from '../../../src/requests/wishlist/problems.ts';

const LIST = `
# This file is a list of Docker images to synchronize.

# First, some generic images:
centos:centos7
library/debian:latest
continuumio/anaconda
gromacs/gromacs:*
cmssw/cms:rhel7-m*

  containers.ligo.org/lscsoft/lalsuite/lalsuite-v6.53:stretch
# NICA
git.jinr.ru:5005/nica/docker-images/bmn:24.04
git.jinr.ru:5005/nica/docker-images/mpd:dev

# the end
`;

test('reads a list as the service does', () => {
  const { entries, problems } = osg.parse(LIST);
  expect(entries.map(({ line, registry, repository, tag }) => [line, registry, repository, tag])).toEqual([
    [5, 'docker.io', 'library/centos', 'centos7'],
    [6, 'docker.io', 'library/debian', 'latest'],
    [7, 'docker.io', 'continuumio/anaconda', 'latest'],
    [8, 'docker.io', 'gromacs/gromacs', '*'],
    [9, 'docker.io', 'cmssw/cms', 'rhel7-m*'],
    [11, 'containers.ligo.org', 'lscsoft/lalsuite/lalsuite-v6.53', 'stretch'],
    [13, 'git.jinr.ru:5005', 'nica/docker-images/bmn', '24.04'],
    [14, 'git.jinr.ru:5005', 'nica/docker-images/mpd', 'dev'],
  ]);
  expect(problems).toEqual([]);
});

describe('find', () => {
  test.each([
    ['centos:centos7', 'listed', 5],
    ['docker.io/library/centos:centos7', 'listed', 5],
    ['registry.hub.docker.com/library/debian', 'listed', 6],
    ['continuumio/anaconda', 'listed', 7],
    ['gromacs/gromacs:2024.1', 'covered', 8],
    ['cmssw/cms:rhel7-m202', 'covered', 9],
    ['git.jinr.ru:5005/nica/docker-images/bmn:24.04', 'listed', 13],
  ])('%s is %s', (name, state, line) => {
    expect(findImage(osg, osg.parse(LIST), parseReference(name))).toMatchObject({ state, line });
  });
  test.each([
    'centos:7',
    'cmssw/cms:rhel8-m1',
    'git.jinr.ru:5005/nica/docker-images/bmn:24.12',
    'git.jinr.ru/nica/docker-images/bmn:24.04',
    'nica/docker-images:24.04',
    `centos:centos7@sha256:${'a'.repeat(64)}`,
  ])('%s is not there', name => {
    expect(findImage(osg, osg.parse(LIST), parseReference(name))).toBeNull();
  });
});

describe('add', () => {
  test.each([
    ['git.jinr.ru:5005/nica/docker-images/bmn:24.12', 14],
    ['git.jinr.ru:5005/nica/other/x:1', 15],
    ['git.jinr.ru:5005/baikal/generators:1.1', 15],
    ['ubuntu:22.04', 7],
    ['cmssw/other:1', 10],
    ['ghcr.io/scipp/mapyde/madgraph:latest', 15],
  ])('%s becomes line %i', (name, lineNumber) => {
    const added = addImage(osg, osg.parse(LIST), parseReference(name));
    const lines = LIST.split('\n');
    lines.splice(lineNumber - 1, 0, name);
    expect(added).toMatchObject({
      state: 'added',
      text: lines.join('\n'),
      line: name,
      entry: name,
      lineNumber,
    });
  });

  test('shows the change', () => {
    const added = addImage(
      osg,
      osg.parse(LIST),
      parseReference('git.jinr.ru:5005/nica/docker-images/bmn:24.12'),
    );
    expect(added.state === 'added' && describeDiff('docker_images.txt', added)).toBe(
      `--- docker_images.txt
+++ docker_images.txt
@@ -11,6 +11,7 @@
   containers.ligo.org/lscsoft/lalsuite/lalsuite-v6.53:stretch
 # NICA
 git.jinr.ru:5005/nica/docker-images/bmn:24.04
+git.jinr.ru:5005/nica/docker-images/bmn:24.12
 git.jinr.ru:5005/nica/docker-images/mpd:dev
 
 # the end`,
    );
  });

  test.each([
    ['an empty file', '', 'ubuntu:22.04\n'],
    ['comments only', '# a\n', '# a\nubuntu:22.04\n'],
    ['CRLF', 'debian:12\r\nfedora:40\r\n', 'debian:12\r\nfedora:40\r\nubuntu:22.04\r\n'],
    ['no final newline', 'debian:12\nfedora:40', 'debian:12\nubuntu:22.04\nfedora:40'],
    ['one line without an end', 'debian:12', 'ubuntu:22.04\ndebian:12'],
    ['CRLF without a final newline', 'debian:12\r\nfedora:40', 'debian:12\r\nubuntu:22.04\r\nfedora:40'],
    [
      'mixed endings',
      'debian:12\r\nubuntu:20.04\nfedora:40\r\n',
      'debian:12\r\nubuntu:20.04\nubuntu:22.04\nfedora:40\r\n',
    ],
  ])('%s', (_, before, after) => {
    expect(addImage(osg, osg.parse(before), parseReference('ubuntu:22.04'))).toMatchObject({ text: after });
  });

  test.each([
    [
      `ubuntu@sha256:${'a'.repeat(64)}`,
      'DIGEST_NOT_LISTABLE',
      'docker.io/library/ubuntu was given with a digest, and this service publishes tags only',
    ],
    [
      `ubuntu:22.04@sha256:${'a'.repeat(64)}`,
      'DIGEST_NOT_LISTABLE',
      'docker.io/library/ubuntu was given with a digest, and this service publishes tags only',
    ],
    [
      'git.jinr.ru:5005/project:1',
      'NAME_MISREAD',
      'this service would read "git.jinr.ru:5005/project:1" as git.jinr.ru:5005/project:1 on Docker Hub',
    ],
    [
      'localhost/app:1',
      'NAME_MISREAD',
      'this service would read "localhost/app:1" as localhost/app:1 on Docker Hub',
    ],
    ['docker.io/a/b/c:1', 'NAME_MISREAD', 'this service would read "a/b/c:1" as b/c:1 in a'],
  ])('%s is refused: %s', (name, code, message) => {
    expect(() => addImage(osg, osg.parse(LIST), parseReference(name))).toThrow(
      expect.objectContaining({ code, message, exitCode: 2 }),
    );
  });

  test.each([
    ['nica/docker-images/bmn:24.04', []],
    [
      'ghcr.io/nica/docker-images/bmn:24.04',
      [{ line: 13, text: 'git.jinr.ru:5005/nica/docker-images/bmn:24.04' }],
    ],
    ['ghcr.io/gromacs/gromacs:1', [{ line: 8, text: 'gromacs/gromacs:*' }]],
    ['ghcr.io/library/debian', [{ line: 6, text: 'library/debian:latest' }]],
  ])('%s collides with what is published at its place', (name, collisions) => {
    const reference = parseReference(name);
    if (name.startsWith('nica/'))
      expect(() => addImage(osg, osg.parse(LIST), reference)).toThrow('would read');
    else expect(addImage(osg, osg.parse(LIST), reference)).toMatchObject({ collisions });
  });
});

test('names what the service would misread', () => {
  const text = [
    'ubuntu:22.04 # long-term',
    'ubuntu 22.04',
    'ubuntu:22.04@sha256:abc',
    'a/b:c:d',
    'docker://ubuntu',
    'git.jinr.ru:5005/app:1',
    'foo/bar/baz:1',
    'Foo/bar:1',
    'a//b/c:1',
    'ubuntu:-x',
    'cms*/cms:1',
    'git.jinr.ru:5005/a/b:*',
    'ubuntu:\u202e1',
    'debian:12',
    'library/debian:12',
  ].join('\n');
  const { problems, entries } = osg.parse(text);
  expect(problems.map(({ line, kind, readAs }) => [line, kind, readAs])).toEqual([
    [1, 'trailing-comment', 'library/ubuntu:22.04 # long-term on Docker Hub'],
    [2, 'blank', 'library/ubuntu 22.04:latest on Docker Hub'],
    [3, 'digest', 'library/ubuntu:latest on Docker Hub'],
    [4, 'colons', 'a/b:latest on Docker Hub'],
    [5, 'scheme', '/ubuntu:latest in docker:'],
    [6, 'registry-as-namespace', 'git.jinr.ru:5005/app:1 on Docker Hub'],
    [7, 'name', 'bar/baz:1 in foo'],
    [8, 'registry-as-namespace', 'Foo/bar:1 on Docker Hub'],
    [9, 'name', '/b/c:1 in a'],
    [10, 'tag', 'library/ubuntu:-x on Docker Hub'],
    [11, 'wildcard', 'cms*/cms:1 on Docker Hub'],
    [12, 'wildcard', 'a/b:* in git.jinr.ru:5005'],
    [13, 'control-character', 'library/ubuntu:\u202e1 on Docker Hub'],
    [15, 'duplicate', null],
  ]);
  expect(entries.map(entry => entry.line)).toEqual([14, 15]);
  expect(describeProblem(problems[12]!)).toBe(
    'line 13, "ubuntu:?1": it holds characters that cannot be seen; the service reads it as library/ubuntu:?1 on Docker Hub',
  );
});

test('a byte order mark belongs to the first line', () => {
  expect(osg.parse('\uFEFF# list\nubuntu:1\n').problems).toMatchObject([
    { kind: 'control-character', line: 1 },
  ]);
});

test('a file with NUL is no list', () => {
  expect(() => osg.parse('ubuntu:1\0')).toThrow(expect.objectContaining({ code: 'NOT_A_WISHLIST' }));
});
