import { describe, expect, test } from 'vitest';
import { WISHLIST_FORMATS } from '../../src/requests/wishlist/index.ts';
import { OSG_LAYOUT } from '../../src/service/layout.ts';
import { expandPatterns } from '../../src/service/patterns.ts';
import { readList } from '../../src/service/wanted.ts';
import { makeImage } from '../registry/images.ts';
import { MemoryRegistry } from '../registry/memory-registry.ts';
import { options, serve } from '../registry/opened.ts';
import { reply } from '../registry/server.ts';

const image = makeImage('x');
const format = WISHLIST_FORMATS.cern;

function expand(host: string, ...patterns: string[]) {
  const inputs = patterns.map(pattern => `  - 'https://${host}/${pattern}'\n`).join('');
  const text = `version: 1\nuser: x\ncvmfs_repo: x\noutput_format: x\ninput:\n${inputs}`;
  return expandPatterns(readList('list', text, format, OSG_LAYOUT).patterns, format, OSG_LAYOUT, options());
}

describe('patterns', () => {
  test('mean the tags that the registry lists, and a repository is asked once', async () => {
    const registry = new MemoryRegistry();
    for (const tag of ['v2', 'v1', 'latest', 'w1']) registry.tag('a/b', tag, image.manifest, [image]);
    const server = await serve(registry.handle);
    const { images, unclear } = await expand(server.host, 'a/b:v*', 'a/b:la*');
    expect(images.map(({ line, path }) => [line, path])).toEqual([
      [6, 'a/b:v1'],
      [6, 'a/b:v2'],
      [7, 'a/b:latest'],
    ]);
    expect(unclear).toEqual([]);
    expect(server.heard.length).toBe(1);
  });

  test('whose registry does not answer may mean what is published of them, and nothing else', async () => {
    const server = await serve((_heard, response) => reply(response, 503));
    const { images, unclear } = await expand(server.host, 'a/b:v*');
    expect(images).toEqual([]);
    expect(unclear.map(({ line, reason }) => [line, reason.text])).toEqual([
      [6, `its tags are not known: ${server.host} fails with status 503`],
    ]);
    const { mayMean } = unclear[0]!;
    expect(['a/b:v1', 'a/b:w1', 'a/c:v1', 'a/b/c:v1'].map(mayMean)).toEqual([true, false, false, false]);
  });

  test('that mean 100,000 tags are not followed', async () => {
    const tags = Array.from({ length: 100_000 }, (_, at) => `v${at}`);
    const server = await serve((_heard, response) => reply(response, 200, { name: 'a/b', tags }));
    const { images, unclear } = await expand(server.host, 'a/b:v*', 'a/b:v1*7');
    expect(images.length).toBe(0);
    expect(unclear.map(({ reason }) => reason.text)).toEqual([
      'it means 100000 tags, and 1000 are the most that one line may',
      expect.stringMatching(/^it means [0-9]+ tags/),
    ]);
  });

  test('with a registry that has no address', async () => {
    const { unclear } = await expand('r.example:99999', 'a/b:v*');
    expect(unclear[0]!.reason.text).toContain('is not the address of a registry');
  });
});
