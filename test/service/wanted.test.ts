import { describe, expect, test } from 'vitest';
import { WISHLIST_FORMATS } from '../../src/requests/wishlist/index.ts';
import { OSG_LAYOUT } from '../../src/service/layout.ts';
import { readList, wantedOf } from '../../src/service/wanted.ts';

const read = (text: string, format: keyof typeof WISHLIST_FORMATS = 'osg') =>
  readList('list', text, WISHLIST_FORMATS[format], OSG_LAYOUT);
const wanted = (text: string, format?: keyof typeof WISHLIST_FORMATS) => {
  const { images, unclear } = read(text, format);
  return wantedOf(images, unclear);
};
const recipe = (...inputs: string[]) =>
  `version: 1\nuser: x\ncvmfs_repo: x\noutput_format: x\ninput:\n${inputs.map(text => `  - '${text}'\n`).join('')}`;

test('the lines of a list, and where each is published', () => {
  const { images, patterns, unclear, length } = read(
    '# a comment\n\ndebian:12\ngit.jinr.ru:5005/nica/docker-images/bmn:latest\ngromacs/gromacs:2*\n',
  );
  expect(images.map(({ line, path }) => [line, path])).toEqual([
    [3, 'library/debian:12'],
    [4, 'nica/docker-images/bmn:latest'],
  ]);
  expect(images[1]!.reference).toMatchObject({ registry: 'git.jinr.ru:5005', digest: null, tag: 'latest' });
  expect(patterns.map(({ line, tag }) => [line, tag])).toEqual([[5, '2*']]);
  expect([unclear, length]).toEqual([[], 3]);
});

test('a recipe in this layout: the registry is dropped, and what has no tag has no name', () => {
  const digest = `sha256:${'ab'.repeat(32)}`;
  const { images, unclear } = read(
    recipe('https://registry.hub.docker.com/library/centos:centos7', `https://r.example/a/b@${digest}`),
    'cern',
  );
  expect(images.map(({ path, reference }) => [path, reference.registry])).toEqual([
    ['library/centos:centos7', 'docker.io'],
  ]);
  expect(unclear.map(({ line, reason }) => [line, reason.text])).toEqual([
    [7, 'the layout has no name for an image without a tag'],
  ]);
});

describe('what is no list is not followed', () => {
  test.each([
    ['<!DOCTYPE html>\n<html><body>Sign in</body></html>', 'it is a web page'],
    ['\n <html>', 'it is a web page'],
    [
      'a/b:1\n<<<<<<< HEAD\nc/d:1\n=======\ne/f:1\n>>>>>>> branch\n',
      'line 2 is a mark of a merge that was not finished',
    ],
    ['a/b:1\r\n<<<<<<<\r\n', 'line 2 is a mark of a merge that was not finished'],
    ['a/b:1\0', 'it is not a text'],
  ])('%j', (text, reason) => {
    expect(() => read(text)).toThrow(
      expect.objectContaining({ code: 'LIST_SUSPECT', message: expect.stringContaining(reason) }),
    );
  });
  test('nor is a recipe that is none', () => {
    expect(() => read('a/b:1\n', 'cern')).toThrow(expect.objectContaining({ code: 'LIST_SUSPECT' }));
  });
});

test('a line that is not clear may mean anything; a line that stands twice is no matter', () => {
  const { unclear } = read('a/b:1 # mine\na/b:2\na/b:2\n');
  expect(unclear.map(({ line, reason }) => [line, reason.text])).toEqual([
    [1, expect.stringContaining('a comment must stand on a line of its own')],
  ]);
  expect(unclear[0]!.mayMean('any/thing:1')).toBe(true);
});

describe('two images with one place', () => {
  test('both are named, with both lines, and neither is published; what is there stays', () => {
    const { images, unclear } = wanted('one.example/a/b:1\nx/y:1\ntwo.example/a/b:1\n');
    expect(images.map(({ path }) => path)).toEqual(['x/y:1']);
    const text =
      'line 1 (one.example/a/b:1) and line 3 (two.example/a/b:1) would both be published as a/b:1: neither is';
    expect(unclear.map(({ line, reason }) => [line, reason.text])).toEqual([
      [1, text],
      [3, text],
    ]);
    expect(unclear.map(({ mayMean }) => [mayMean('a/b:1'), mayMean('x/y:1')])).toEqual([
      [true, false],
      [true, false],
    ]);
  });
  test('the same image on two lines is one', () => {
    const { images, unclear } = wanted('a/b:1\ndocker.io/a/b:1\n');
    expect([images.length, unclear.length]).toEqual([1, 0]);
  });
  test('a tag that is pinned on one line and not on the other is two', () => {
    const pinned = `https://r.example/a/b:1@sha256:${'ab'.repeat(32)}`;
    expect(wanted(recipe('https://r.example/a/b:1', pinned), 'cern').unclear.length).toBe(2);
  });
});

test.each([
  ['library/debian:12', '.images/ab/cd', '../.images/ab/cd'],
  ['a/b/c:1', '.images/ab/cd', '../../.images/ab/cd'],
])('the link at %s', (path, directory, text) => {
  expect(OSG_LAYOUT.linkText(path, directory)).toBe(text);
});

test.each([
  [`../.images/ab/${'c'.repeat(62)}`, `.images/ab/${'c'.repeat(62)}`],
  [`/cvmfs/any.example.org/.images/ab/${'c'.repeat(62)}`, `.images/ab/${'c'.repeat(62)}`],
  [`/cvmfs/any.example.org/.images/sha256:ab/${'c'.repeat(62)}`, `.images/sha256:ab/${'c'.repeat(62)}`],
  [`../../.images/ab/${'c'.repeat(62)}`, null],
  [`/srv/any/.images/ab/${'c'.repeat(62)}`, null],
  ['../.images/ab/cd', null],
  ['/etc', null],
  ['', null],
])('a link with the text %j at a/b:1', (text, directory) => {
  expect(OSG_LAYOUT.leadsTo('a/b:1', text)).toBe(directory);
});
