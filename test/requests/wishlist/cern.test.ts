import { describe, expect, test } from 'vitest';
import { parseReference } from '../../../src/image/reference.ts';
import { cern } from '../../../src/requests/wishlist/cern.ts';
import { addImage, findImage } from '../../../src/requests/wishlist/find.ts';

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;
const RECIPE = `version: 1
user: cvmfsunpacker
cvmfs_repo: 'unpacked.cern.ch'
output_format: 'https://gitlab-registry.cern.ch/unpacked/sync/$(image)'
input:
    # official ones
    - 'https://registry.hub.docker.com/library/centos:centos7'   # kept for ever
    - "https://registry.hub.docker.com/atlas/athena:21.0.*"

    #   - 'https://registry.hub.docker.com/atlas/old:1'
    - https://gitlab-p4n.aip.de:5005/p4n/tools:v1@${DIGEST}
    - 'https://gitlab-p4n.aip.de:5005/p4n/only@${DIGEST}'
`;

test('reads a recipe', () => {
  const { entries, problems } = cern.parse(RECIPE);
  expect(problems).toEqual([]);
  expect(
    entries.map(({ line, registry, repository, tag, digest }) => [line, registry, repository, tag, digest]),
  ).toEqual([
    [7, 'docker.io', 'library/centos', 'centos7', null],
    [8, 'docker.io', 'atlas/athena', '21.0.*', null],
    [11, 'gitlab-p4n.aip.de:5005', 'p4n/tools', 'v1', DIGEST],
    [12, 'gitlab-p4n.aip.de:5005', 'p4n/only', null, DIGEST],
  ]);
});

describe('find', () => {
  test.each([
    ['centos:centos7', 'listed', 7],
    ['atlas/athena:21.0.77', 'covered', 8],
    ['gitlab-p4n.aip.de:5005/p4n/tools:v1', 'listed', 11],
    [`gitlab-p4n.aip.de:5005/p4n/tools:v1@${DIGEST}`, 'listed', 11],
    [`gitlab-p4n.aip.de:5005/p4n/only@${DIGEST}`, 'listed', 12],
  ])('%s is %s', (name, state, line) => {
    expect(findImage(cern, cern.parse(RECIPE), parseReference(name))).toMatchObject({
      state,
      line,
      surprise: null,
    });
  });
  test.each(['atlas/athena:21.1', 'atlas/athena:x21.0.1', `centos:centos7@${DIGEST}`, 'atlas/old:1'])(
    '%s is not there',
    name => {
      expect(findImage(cern, cern.parse(RECIPE), parseReference(name))).toBeNull();
    },
  );
});

// Held against the service's own reading: regexp.MustCompile(strings.ReplaceAll(pattern, "*", ".*")), leftmost-longest, and the
// whole tag; and Go's net/url.
describe('patterns are regular expressions', () => {
  const SURPRISE = 'to this service "." in a pattern is any character';
  test.each([
    ['v1.*', 'v1.2', 'covered', null],
    ['v1.*', 'v10', 'covered', SURPRISE],
    ['v1.*', 'v1-rc', 'covered', SURPRISE],
    ['v1.*', 'v1', null, null],
    ['v1.*', 'xv1.2', null, null],
    ['*-1.0', 'a-1x0', 'covered', SURPRISE],
    ['*', 'anything', 'covered', null],
    ['[0-9]*', '24.12', 'covered', null],
    ['[0-9]*', 'latest', null, null],
    ['[^0-9.]*', 'latest', 'covered', null],
    ['[^0-9.]*', '.5', null, null],
    ['a.c*', 'abcd', 'covered', SURPRISE],
    ['2[.]1*', '2x1', null, null],
    // Without \`*\` it is a tag, letter by letter.
    ['v1.2', 'v1x2', null, null],
  ])('%s and %s: %s', (pattern, tag, state, surprise) => {
    const list = cern.parse(`input:\n  - 'https://ghcr.io/a/b:${pattern}'\n`);
    const found = findImage(cern, list, { registry: 'ghcr.io', repository: 'a/b', tag, digest: null });
    expect([found?.state ?? null, found?.surprise ?? null]).toEqual([state, surprise]);
  });
});

test.each([
  'https://ghcr.io/a/b:1',
  'ghcr.io/a/b:1',
  'HTTPS://ghcr.io/a/b:1',
  'http://ghcr.io/a/b:1',
  'https://ghcr.io//a/b:1',
  'https://ghcr.io/a/b:1/',
  'https://ghcr.io/a/b/:1',
  'https://ghcr.io/a/b:1?x=1',
  'ghcr.io/a/b:1?x=1#y',
])('%s is the entry of ghcr.io/a/b:1', text => {
  const list = cern.parse(`input:\n  - '${text}'\n`);
  expect(findImage(cern, list, parseReference('ghcr.io/a/b:1'))).toMatchObject({ state: 'listed', text });
});

test('a registry with a port, without a scheme', () => {
  const list = cern.parse('input:\n  - git.jinr.ru:5005/a/b:1\n');
  expect(findImage(cern, list, parseReference('git.jinr.ru:5005/a/b:1'))).toMatchObject({ state: 'listed' });
});

describe('add', () => {
  test.each([
    ['centos:stream9', 8, "    - 'https://registry.hub.docker.com/library/centos:stream9'"],
    ['atlas/athena:22.0.1', 9, '    - "https://registry.hub.docker.com/atlas/athena:22.0.1"'],
    ['gitlab-p4n.aip.de:5005/p4n/tools:v2', 12, '    - https://gitlab-p4n.aip.de:5005/p4n/tools:v2'],
    [`gitlab-p4n.aip.de:5005/p4n/x@${DIGEST}`, 13, `    - 'https://gitlab-p4n.aip.de:5005/p4n/x@${DIGEST}'`],
    ['ghcr.io/a/b:1', 13, "    - 'https://ghcr.io/a/b:1'"],
  ])('%s becomes line %i', (name, lineNumber, line) => {
    const lines = RECIPE.split('\n');
    lines.splice(lineNumber - 1, 0, line);
    expect(addImage(cern, cern.parse(RECIPE), parseReference(name))).toMatchObject({
      text: lines.join('\n'),
      line,
      lineNumber,
      collisions: [],
    });
  });

  test.each([
    ['an empty list', 'input:\nuser: x\n', "input:\n    - 'https://ghcr.io/a/b:1'\nuser: x\n"],
    [
      'no final newline',
      'input:\n- https://x.org/a:1',
      'input:\n- https://ghcr.io/a/b:1\n- https://x.org/a:1',
    ],
    [
      'CRLF',
      'input:\r\n  - "https://x.org/a:1"\r\n',
      'input:\r\n  - "https://x.org/a:1"\r\n  - "https://ghcr.io/a/b:1"\r\n',
    ],
    [
      'an entry of two lines',
      'input:\n  - "https://x.org/\\\n     a:1"\nuser: x\n',
      'input:\n  - "https://x.org/\\\n     a:1"\n  - "https://ghcr.io/a/b:1"\nuser: x\n',
    ],
    [
      'an anchor, which gives no model',
      'input:\n  - https://x.org/a:1\n  - &a https://x.org/a:2\n',
      'input:\n  - https://x.org/a:1\n  - &a https://x.org/a:2\n  - https://ghcr.io/a/b:1\n',
    ],
  ])('%s', (_, before, after) => {
    expect(addImage(cern, cern.parse(before), parseReference('ghcr.io/a/b:1'))).toMatchObject({
      text: after,
    });
  });

  test.each([
    ['input: []\n', 'its list is written as [ ]'],
    ["input: ['https://x.org/a:1']\n", 'its entries do not stand on lines of their own'],
  ])('%j is left to a person', (text, reason) => {
    expect(() => addImage(cern, cern.parse(text), parseReference('ghcr.io/a/b:1'))).toThrow(
      expect.objectContaining({
        code: 'WISHLIST_UNEDITABLE',
        message: `the list cannot be edited line by line: ${reason}`,
        hint: 'add https://ghcr.io/a/b:1 to it by hand, on the page of the project',
      }),
    );
  });

  test('one tag cannot mean two digests', () => {
    const other = `sha256:${'f'.repeat(64)}`;
    const added = addImage(
      cern,
      cern.parse(RECIPE),
      parseReference(`gitlab-p4n.aip.de:5005/p4n/tools:v1@${other}`),
    );
    expect(added).toMatchObject({
      collisions: [{ line: 11, text: `https://gitlab-p4n.aip.de:5005/p4n/tools:v1@${DIGEST}` }],
    });
  });
});

test('names what the service would misread', () => {
  const text = `version: 1
user: x
cvmfs_repo: y
extra: z
input:
  - ftp://ghcr.io/a/c:1
  - https://ghcr.io/a/b
  - https://ghcr.io/a/b:1:2
  - https://ghcr.io/a/b:1@sha256:12
  - https://ghcr.io/A/b:1
  - https://ghcr.io/a/*:1
  - https://ghcr.io/a/b:[12]
  - 'https://ghcr.io/a/b:1 # x'
  - 12
  - [a]
  - https://ghcr.io/a/b:1
  - ghcr.io/a/b:1/
  - https://ghcr.io/a/b:(1|2)*
ignoreErrors: []
`;
  expect(cern.parse(text).problems.map(({ line, kind }) => [line, kind])).toEqual([
    [1, 'key-missing'],
    [4, 'key-unknown'],
    [14, 'value'],
    [15, 'value'],
    [6, 'scheme'],
    [7, 'no-tag'],
    [8, 'colons'],
    [9, 'digest'],
    [10, 'name'],
    [11, 'wildcard'],
    [12, 'tag'],
    [13, 'blank'],
    [17, 'duplicate'],
    [18, 'pattern'],
  ]);
});

/** Many keys, one a line. */
function numbered(count: number, name: string): string {
  return Array.from({ length: count }, (_, index) => `${name}${index}: 1\n`).join('');
}

/** Lists in lists, a level a line. */
function deeper(mark: string): string {
  return Array.from({ length: 1000 }, (_, index) => `${' '.repeat(index)}${mark}\n`).join('');
}

test('a list of 20,000 images is read, and brackets in names, quotes and comments open nothing', () => {
  const lines = Array.from({ length: 1000 }, (_, index) => [
    `    - 'https://x.org/a:{[${index}*'\n`,
    `    - https://x.org/b:{[${index}* # [ {\n`,
    '    # [ {\n',
  ]).flat();
  const { problems } = cern.parse(`input:\n${lines.join('')}`);
  expect(problems.filter(({ kind }) => kind === 'pattern')).toHaveLength(2000);
  const plain = Array.from({ length: 20_000 }, (_, index) => `    - 'https://x.org/a:${index}'\n`);
  expect(cern.parse(`input:\n${plain.join('')}`).entries).toHaveLength(20_000);
});

test.each([
  ['- a\n', 'it is not a mapping with the key "input"'],
  ['a: 1\n', 'it has no key "input"'],
  ['input: 3\n', 'its key "input" holds no list'],
  ['input: [\n', 'line 2 is not valid YAML (BAD_INDENT)'],
  ['input:\ninput:\n', 'line 1 is not valid YAML (DUPLICATE_KEY)'],
  [`input: ${'['.repeat(1000)}`, 'line 1 is too long or nested too deep'],
  [`input:\n${deeper('-')}`, 'line 103 is too long or nested too deep'],
  // What grows with the square of the text, or overflows the parser's stack.
  [`input: ${'[\n'.repeat(100_000)}`, 'line 2 is not valid YAML (BAD_INDENT)'],
  [`input: ${'[\n '.repeat(100_000)}`, 'line 31 is too long or nested too deep'],
  [`input: ${'[ # ]]]\n "]]]", \']]\', '.repeat(100)}`, 'line 31 is too long or nested too deep'],
  [`input:\n -${' {a: [\n '.repeat(50)}`, 'line 17 is too long or nested too deep'],
  [`${numbered(20_000, 'k')}input: []\n`, 'line 101 has a key or an alias too many'],
  [`${'? a\n'.repeat(200)}`, 'line 101 has a key or an alias too many'],
  [`input: {\n${numbered(200, ' k').replaceAll(': 1', ',')}}\n`, 'line 34 has a key or an alias too many'],
  [`input: {\n ${"'a' ".repeat(200)}}\n`, 'line 2 has a key or an alias too many'],
  [`input:\n- &a x.org/a:1\n${'- *a\n'.repeat(200)}`, 'line 102 has a key or an alias too many'],
  [`input: [${',\n '.repeat(100_000)}`, 'line 49999 is beyond what is read'],
  [`input: ${'['.repeat(3000)}`, 'line 1 is too long or nested too deep'],
  [`${'? '.repeat(50)}\n`.repeat(20), 'line 1 is too long or nested too deep'],
  [`input:\n${'- https://x.org/a:1\n'.repeat(60_000)}`, 'it is longer than 1 MiB'],
])('a text that is no recipe: %#', (text, reason) => {
  expect(() => cern.parse(text)).toThrow(
    expect.objectContaining({
      code: 'NOT_A_WISHLIST',
      message: `the file is no list of images in the format "cern": ${reason}`,
    }),
  );
});
