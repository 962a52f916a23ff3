import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parsePlatform } from '../../src/image/platform.ts';
import { WISHLIST_FORMATS } from '../../src/requests/wishlist/index.ts';
import { type CheckedLine, checkChange, checkExitCode } from '../../src/service/check.ts';
import { junitReport, markdownReport } from '../../src/service/check-report.ts';
import { OSG_LAYOUT } from '../../src/service/layout.ts';
import { BASIC, having, LOGIN, options } from '../registry/opened.ts';
import { reply } from '../registry/server.ts';
import { fileImage, treeImage } from './images.ts';
import { Service } from './service.ts';

let service: Service;
beforeEach(async () => {
  service = await new Service().start();
});
afterEach(() => service.stop());

function check(text: string, base: string | null = null, format: keyof typeof WISHLIST_FORMATS = 'osg') {
  return checkChange({
    ...{ file: 'list', text, base, format: WISHLIST_FORMATS[format], layout: OSG_LAYOUT },
    ...{ platform: parsePlatform('linux/amd64'), registries: options({ findCredential: having(LOGIN) }) },
    allowsMassRemoval: false,
  });
}
const told = (rows: readonly CheckedLine[]) =>
  rows.map(({ line, verdict, finding }) => [line, verdict, finding]);

describe('a new line', () => {
  test('that is good: with its size, and who may pull it', async () => {
    const image = fileImage('one');
    service.push('a/b:1', image);
    const rows = await check(service.list('a/b:1'));
    expect(rows).toEqual([
      {
        ...{ line: 1, text: `${service.server.host}/a/b:1`, path: 'a/b:1', verdict: 'good', isPublic: true },
        ...{ finding: 'it is there, and everybody may pull it', bytes: image.layers[0]!.bytes.length },
      },
    ]);
    expect(checkExitCode(rows)).toBe(0);
  });

  test('of an image that only the service may pull', async () => {
    service.push('a/b:1', fileImage('one'));
    service.handle = (heard, response, request) =>
      heard.authorization === BASIC
        ? service.registry.handle(heard, response, request)
        : reply(response, 401, { errors: [] }, { 'www-authenticate': 'Basic realm="r"' });
    const [row] = await check(service.list('a/b:1'));
    expect(row).toMatchObject({
      verdict: 'good',
      isPublic: false,
      finding: expect.stringContaining('not everybody may pull it'),
    });
  });

  test('of an image that is not there, is for another platform, or of which no directory can be made', async () => {
    service.push('a/b:arm', treeImage([{ name: 'x', content: '' }], 'arm64'));
    const rows = await check(service.list('a/b:none', 'a/b:arm'));
    const { host } = service.server;
    expect(told(rows)).toEqual([
      [1, 'bad', `${host} does not have ${host}/a/b:none`],
      [2, 'bad', `${host}/a/b:arm has no image for linux/amd64`],
    ]);
    expect(checkExitCode(rows)).toBe(1);
  });

  test('whose registry cannot be seen is not said to be bad', async () => {
    service.handle = (_heard, response) => reply(response, 503);
    const rows = await check(service.list('a/b:1'));
    expect([told(rows), checkExitCode(rows)]).toEqual([
      [[1, 'later', `${service.server.host} fails with status 503`]],
      75,
    ]);
  });

  test('that cannot be understood, or takes the place of another one, which was there', async () => {
    const base = service.list('a/b:1');
    const rows = await check(`${base}localhost:1/a/b:1\nnot a line\n`, base);
    expect(told(rows)).toEqual([
      [
        2,
        'bad',
        `line 1 (${service.server.host}/a/b:1) and line 2 (localhost:1/a/b:1) would both be published as a/b:1: neither is`,
      ],
      [3, 'bad', expect.stringContaining('blanks do not belong in an entry')],
    ]);
    expect(service.server.heard).toEqual([]);
  });

  test('that is a pattern: how many tags it means', async () => {
    for (const tag of ['v1', 'v2', 'w1']) service.push(`a/b:${tag}`, fileImage(tag));
    const { host } = service.server;
    const recipe = (...tags: string[]) =>
      `version: 1\nuser: x\ncvmfs_repo: x\noutput_format: x\ninput:\n${tags.map(tag => `  - 'https://${host}/a/b:${tag}'\n`).join('')}`;
    expect(told(await check(recipe('v*', 'x*'), null, 'cern'))).toEqual([
      [6, 'good', 'it means 2 tags now'],
      [7, 'bad', 'it means no tag that the registry has now'],
    ]);
  });
});

test('lines that were there are not asked for: a dead image is nobody else’s matter', async () => {
  service.push('a/b:1', fileImage('one'));
  const base = service.list('dead/image:1');
  const rows = await check(`${base}${service.list('a/b:1')}`, base);
  expect(told(rows)).toEqual([[2, 'good', 'it is there, and everybody may pull it']]);
  expect(service.server.heard.filter(({ url }) => url.includes('dead'))).toEqual([]);
});

test('a change that empties the list, or takes most of it away, is refused', async () => {
  const base = service.list('a/b:1', 'a/b:2', 'a/b:3');
  for (const text of ['', service.list('a/b:1'), '<html>'])
    await expect(check(text, base)).rejects.toMatchObject({ code: 'LIST_SUSPECT', exitCode: 2 });
});

describe('a report', () => {
  const row = (more: Partial<CheckedLine>): CheckedLine => ({
    ...{
      line: 3,
      text: 'a/b:1',
      path: 'a/b:1',
      verdict: 'good',
      finding: 'fine',
      isPublic: true,
      bytes: 2_000_000,
    },
    ...more,
  });
  const hostile = row({
    ...{ line: 4, text: 'x`|<img src=x>\n@all', verdict: 'bad', bytes: null },
    finding: '"](http://x) & <b>',
  });

  test('for people, in which nothing of a list or a registry is more than text', () => {
    expect(markdownReport([row({}), hostile, row({ line: 5, verdict: 'later', bytes: null })])).toBe(
      [
        '| line | image | | | size |',
        '|---|---|---|---|---|',
        '| 3 | `a/b:1` | good | `fine` | 2.0 MB |',
        '| 4 | `x\'¦<img src=x> @all` | **no** | `"](http://x) & <b>` |  |',
        '| 5 | `a/b:1` | not seen | `fine` |  |',
        '',
      ].join('\n'),
    );
    expect(markdownReport([])).toBe('The change brings no new image.\n');
  });

  test('for CI systems', () => {
    expect(junitReport([row({}), hostile, row({ line: 5, verdict: 'later' })])).toBe(
      [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<testsuite name="wishlist" tests="3" failures="1" errors="1">',
        '  <testcase classname="wishlist" name="line 3: a/b:1"/>',
        '  <testcase classname="wishlist" name="line 4: x`|&lt;img src=x&gt; @all"><failure message="&quot;](http://x) &amp; &lt;b&gt;"/></testcase>',
        '  <testcase classname="wishlist" name="line 5: a/b:1"><error message="fine"/></testcase>',
        '</testsuite>',
        '',
      ].join('\n'),
    );
  });
});
