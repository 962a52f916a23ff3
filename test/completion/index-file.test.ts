import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type IndexContext, indexDirectory } from '../../src/completion/index-age.ts';
import {
  amendIndex,
  listedAt,
  noteSearched,
  readIndex,
  updateIndex,
} from '../../src/completion/index-file.ts';
import { removeIndex } from '../../src/completion/index-place.ts';
import { NAMES as ALL } from './names.ts';

/** OSG's layout has no port in its paths and no digests. */
const NAMES = ALL.filter(name => !/:5005|@/.test(name));
const JINR = 'containers.jinr.ru';
const OSG = { name: JINR, layout: 'osg' } as const;
const NOON = Date.UTC(2025, 5, 1, 12);
const HOUR = 60 * 60 * 1000;
let cache = '';
let context: IndexContext;

beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'jcds-index-'));
  context = contextAt(NOON);
});
afterEach(() => rmSync(cache, { recursive: true, force: true }));

function contextAt(time: number): IndexContext {
  const uid = process.getuid!();
  return { environment: { XDG_CACHE_HOME: cache }, home: '/nonexistent', uid, now: () => time };
}

const fileOf = (name: string) => join(indexDirectory(context), name);

describe('where it is', () => {
  test.each([
    ['/c', '/c/jcds/completion'],
    ['c', '/h/.cache/jcds/completion'],
    ['', '/h/.cache/jcds/completion'],
    [undefined, '/h/.cache/jcds/completion'],
  ])('XDG_CACHE_HOME=%s: %s', (value, directory) => {
    expect(indexDirectory({ environment: { XDG_CACHE_HOME: value }, home: '/h' })).toBe(directory);
  });
});

describe('a whole list', () => {
  test('replaces the index: sorted, each name once, without what is no name', async () => {
    await updateIndex(context, OSG, ['old/one:1']);
    async function* names() {
      yield* [...NAMES].reverse();
      yield* ['$(touch ran)', NAMES[0]!, 'a b/c:1', 'x\n/y:1'];
    }
    expect(await updateIndex(context, OSG, names())).toEqual({
      kind: 'written',
      names: NAMES.length,
      refused: 3,
    });
    expect(readIndex(context, JINR)).toEqual(NAMES);
    expect(readFileSync(fileOf(`${JINR}.names`), 'utf8')).not.toContain('touch');
    expect(listedAt(context, JINR)).toBe(NOON);
  });

  test('is for this user alone', async () => {
    mkdirSync(indexDirectory(context), { recursive: true, mode: 0o755 });
    await updateIndex(context, OSG, NAMES);
    expect(statSync(indexDirectory(context)).mode & 0o777).toBe(0o700);
    expect(statSync(fileOf(`${JINR}.names`)).mode & 0o777).toBe(0o600);
  });

  test('that breaks off replaces nothing', async () => {
    await updateIndex(context, OSG, NAMES);
    async function* broken() {
      yield 'new/name:1';
      throw new Error('the mount is gone');
    }
    await expect(updateIndex(context, OSG, broken())).rejects.toThrow('the mount is gone');
    expect(readIndex(context, JINR)).toEqual(NAMES);
    expect(readdirSync(indexDirectory(context))).toEqual([`${JINR}.names`]);
  });

  test('of a repository whose name leads elsewhere is written nowhere', async () => {
    await updateIndex(context, { name: '../../escaped.example', layout: 'osg' }, NAMES);
    expect(readdirSync(cache, { recursive: true })).toEqual([]);
  });
});

describe('single names', () => {
  test('are added and dropped; the index stays as old as its last whole list', async () => {
    await updateIndex(context, OSG, ['a/b:1', 'a/b:2']);
    const later = contextAt(NOON + HOUR);
    amendIndex(later, OSG, {
      published: ['a/b:3', 'a/$(touch ran):1'],
      missing: ['a/b:1', 'never/seen:1', ''],
    });
    expect(readIndex(later, JINR)).toEqual(['a/b:2', 'a/b:3']);
    expect(listedAt(later, JINR)).toBe(NOON);
  });

  test('begin an index that counts as never listed', () => {
    expect(amendIndex(context, OSG, { published: ['a/b:1'] })).toEqual({
      kind: 'written',
      names: 1,
      refused: 0,
    });
    expect(readIndex(context, JINR)).toEqual(['a/b:1']);
    expect(listedAt(context, JINR)).toBe(0);
  });

  test('that change nothing write nothing', async () => {
    await updateIndex(context, OSG, ['a/b:1']);
    const before = statSync(fileOf(`${JINR}.names`)).ino;
    amendIndex(context, OSG, { published: ['a/b:1'], missing: ['c/d:1'] });
    expect(statSync(fileOf(`${JINR}.names`)).ino).toBe(before);
  });
});

describe('a file that was not written here is not believed, and the next list replaces it', () => {
  test.each([
    ['corrupt', 'jcds-completion 1 1 1 2\n$(touch ran)\n'],
    ['empty', ''],
    ['cut', 'jcds-completion 1 2 1 3\na/b:1\n'],
    ['of another version', 'jcds-completion 7\na/b:1\n'],
  ])('%s', async (_, text) => {
    await updateIndex(context, OSG, []);
    writeFileSync(fileOf(`${JINR}.names`), text);
    expect(readIndex(context, JINR)).toBeNull();
    amendIndex(context, OSG, { published: ['a/b:1'] });
    expect(readIndex(context, JINR)).toEqual(['a/b:1']);
    expect(listedAt(context, JINR)).toBe(0);
  });

  test('a link is replaced, and what it leads to is left alone', async () => {
    await updateIndex(context, OSG, []);
    const elsewhere = join(cache, 'elsewhere');
    writeFileSync(elsewhere, 'precious');
    rmSync(fileOf(`${JINR}.names`));
    symlinkSync(elsewhere, fileOf(`${JINR}.names`));
    expect(readIndex(context, JINR)).toBeNull();
    await updateIndex(context, OSG, NAMES);
    expect(readFileSync(elsewhere, 'utf8')).toBe('precious');
    expect(readIndex(context, JINR)).toEqual(NAMES);
  });
});

const LINK = 'it is a link, or no directory';

describe('where nothing can be written, that is an answer and no failure', () => {
  test('a file where the directory should be', async () => {
    writeFileSync(join(cache, 'jcds'), '');
    expect(await updateIndex(context, OSG, NAMES)).toEqual({ kind: 'failed', reason: LINK });
    expect(amendIndex(context, OSG, { published: NAMES })).toEqual({ kind: 'failed', reason: LINK });
    expect(noteSearched(context, [JINR])).toEqual({ kind: 'failed', reason: LINK });
  });

  test("a directory that is another user's, or a link to one", async () => {
    await updateIndex(context, OSG, NAMES);
    const stranger = { ...context, uid: context.uid + 1 };
    expect(await updateIndex(stranger, OSG, [])).toEqual({
      kind: 'failed',
      reason: 'it belongs to another user',
    });
    expect(readIndex(stranger, JINR)).toBeNull();
    rmSync(indexDirectory(context), { recursive: true });
    symlinkSync(tmpdir(), indexDirectory(context));
    expect(await updateIndex(context, OSG, NAMES)).toEqual({ kind: 'failed', reason: LINK });
  });
});

test('the repositories that are searched are noted, one a line', () => {
  expect(noteSearched(context, [JINR, '../x', 'unpacked.cern.ch'])).toEqual({
    kind: 'written',
    names: 2,
    refused: 1,
  });
  expect(readFileSync(fileOf('searched'), 'utf8')).toBe(`jcds-completion 1\n${JINR}\nunpacked.cern.ch\n`);
});

test('what killed writers have left is cleared away after an hour, and by removing only what is ours', async () => {
  await updateIndex(context, OSG, NAMES);
  const aside = (letter: string) => fileOf(`.new-12-${letter}`);
  for (const [letter, time] of [
    ['a', NOON - 2 * HOUR],
    ['b', NOON],
  ] as const) {
    writeFileSync(aside(letter), '');
    utimesSync(aside(letter), time / 1000, time / 1000);
  }
  writeFileSync(fileOf('mine.txt'), 'precious');
  await updateIndex(context, OSG, NAMES);
  expect(readdirSync(indexDirectory(context)).sort()).toEqual(['.new-12-b', `${JINR}.names`, 'mine.txt']);
  noteSearched(context, [JINR]);
  removeIndex(context);
  expect(readdirSync(indexDirectory(context))).toEqual(['mine.txt']);
  removeIndex(contextAt(NOON));
});
