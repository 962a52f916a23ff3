import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { seal, unseal } from '../../src/files/sealed.ts';
import type { ImageFacts } from '../../src/rootfs/facts.ts';
import type { CommandQuestion } from '../../src/rootfs/find-command.ts';
import {
  commandKey,
  forgetImage,
  memoryDirectory,
  pruneMemory,
  recallCommand,
  recallImage,
  rememberImage,
  shortHash,
} from '../../src/rootfs/memory.ts';
import { temporaryDirectory } from './tree-on-disk.ts';

const HEX = '1a'.repeat(31);
const DIRECTORY = `/cvmfs/containers.jinr.ru/.images/3f/${HEX}`;
const FACTS: ImageFacts = {
  schema: 1,
  directory: DIRECTORY,
  config: {
    env: [['A', 'b']],
    entrypoint: ['/e'],
    cmd: null,
    workdir: null,
    user: null,
    source: 'singularity.d',
  },
  environmentFileDropped: false,
  environmentScripts: [],
  origin: { bootstrap: 'docker', from: 'a/b:1' },
  architecture: 'amd64',
  hasShell: true,
  singularityMissing: [],
  directories: { '/': [{ name: 'bin', kind: 'link', target: 'usr/bin' }] },
  passwd: 'root\n',
  group: null,
};
const QUESTION: CommandQuestion = {
  word: 'cat',
  searchPath: '/usr/bin:/bin',
  cwd: '/',
  mounts: [],
  architectures: ['amd64'],
};
const IMAGE = { facts: FACTS, commands: { key: '/bin/cat' } };

function context(now = 1_000_000) {
  const home = temporaryDirectory();
  return { environment: {}, home, uid: process.getuid?.() ?? 0, now: () => now };
}

const fileOf = (where: ReturnType<typeof context>): string => {
  const directory = memoryDirectory(where);
  return join(directory, readdirSync(directory)[0]!);
};

test('what was remembered is recalled, from a file that is the user’s alone', () => {
  const where = context();
  expect(recallImage(DIRECTORY, where)).toBeNull();
  rememberImage(IMAGE, where);
  expect(recallImage(DIRECTORY, where)).toMatchObject(IMAGE);
  expect(recallImage(`${DIRECTORY.slice(0, -1)}b`, where)).toBeNull();
  expect(statSync(memoryDirectory(where)).mode & 0o777).toBe(0o700);
  expect(statSync(fileOf(where)).mode & 0o777).toBe(0o600);
  expect(readdirSync(memoryDirectory(where))).toHaveLength(1);
});

test.each([
  [{ XDG_CACHE_HOME: '/x/cache' }, '/x/cache/jcds/images'],
  [{ XDG_CACHE_HOME: 'relative' }, '/home/alice/.cache/jcds/images'],
  [{ XDG_CACHE_HOME: '' }, '/home/alice/.cache/jcds/images'],
  [{}, '/home/alice/.cache/jcds/images'],
])('with %j the memory is in %s', (environment, expected) => {
  expect(memoryDirectory({ environment, home: '/home/alice' })).toBe(expected);
});

test.each([
  [`/cvmfs/r/.images/3f/${HEX}`, true],
  [`/cvmfs/r/.images/sha256:3f/${HEX}`, true],
  [`/cvmfs/r/.flat/3f/3f${HEX}`, true],
  ['/cvmfs/r/library/debian:12', false],
  [`/cvmfs/r/.images/3f/${HEX}/usr`, false],
  ['/cvmfs/r/.images/3f/short', false],
])('%s is named after its content: %s', (directory, expected) => {
  const where = context();
  rememberImage({ facts: { ...FACTS, directory }, commands: {} }, where);
  expect(recallImage(directory, where) !== null).toBe(expected);
});

test('an image that lacks something is believed for an hour only', () => {
  for (const singularityMissing of [null, ['runscript']]) {
    const where = context();
    rememberImage({ facts: { ...FACTS, singularityMissing }, commands: {} }, where);
    const at = (ms: number) => recallImage(DIRECTORY, { ...where, now: () => 1_000_000 + ms }) !== null;
    expect([at(0), at(3_599_999), at(3_600_000), at(-1)]).toEqual([true, true, false, false]);
  }
});

test.each<[string, (file: string) => void]>([
  ['somebody may write it', file => chmodSync(file, 0o666)],
  ['no JSON', file => writeFileSync(file, '{"schema":1')],
  ['cut short', file => writeFileSync(file, readFileSync(file, 'utf8').slice(0, -10))],
  ['empty', file => writeFileSync(file, '')],
  ['another version', file => replace(file, '"schema":3', '"schema":99')],
  [
    'a script of no name',
    file => replace(file, '"environmentScripts":[]', '"environmentScripts":[{"name":"../x","text":"A=1"}]'),
  ],
  ['another directory', file => replace(file, DIRECTORY, `${DIRECTORY.slice(0, -1)}b`)],
  ['a variable whose name is words of a shell', file => replace(file, '["A","b"]', '["A;id","b"]')],
  ['a variable whose name is an option', file => replace(file, '["A","b"]', '["--split-string","b"]')],
  ['env of another shape', file => replace(file, '["A","b"]', '["A",7]')],
  ['a command that is no text', file => replace(file, '"/bin/cat"', '["/bin/cat"]')],
  ['a listing of another shape', file => replace(file, '"kind":"link"', '"kind":"door"')],
  ['without its sum', file => writeFileSync(file, unseal(readFileSync(file))!)],
  ...(
    [
      ['"name":"bin"', '"name":"../../home/x"'],
      ['"name":"bin"', '"name":".."'],
      ['"name":"bin"', '"name":""'],
      ['"name":"bin"', '"name":"a/b"'],
      ['"name":"bin"', '"name":"a\\u0000b"'],
      ['"name":"bin"', `"name":"${'x'.repeat(256)}"`],
      ['"directories":{"/"', '"directories":{"/../home"'],
      ['"directories":{"/"', '"directories":{"etc"'],
      ['"architecture":"amd64"', '"architecture":"amd64; reboot"'],
      ['"source":"singularity.d"', '"source":"me"'],
      ['["A","b"]', '["A","b\\u0000"]'],
      ['"bootstrap":"docker"', '"bootstrap":["docker"]'],
      ['"passwd":"root\\n"', `"passwd":"${'x'.repeat(65_537)}"`],
      ['"at":1000000', '"at":1e999'],
      ['"/bin/cat"', '"bin/cat"'],
    ] as const
  ).map(([from, to]): [string, (file: string) => void] => [
    `${from} is ${to.slice(0, 40)}`,
    file => replace(file, from, to),
  ]),
  ['far too long', file => writeFileSync(file, ' '.repeat(5 * 1024 * 1024))],
])('a record is not believed: %s', (_why, spoil) => {
  const where = context();
  rememberImage(IMAGE, where);
  spoil(fileOf(where));
  expect(recallImage(DIRECTORY, where)).toBeNull();
});

/** As somebody would who knows the form: the sum is right. */
function replace(file: string, from: string, to: string): void {
  const text = unseal(readFileSync(file))!;
  expect(text).toContain(from);
  writeFileSync(file, seal(text.replace(from, to)));
}

test('a record that was damaged by one bit is forgotten', () => {
  const where = context();
  rememberImage(IMAGE, where);
  const file = fileOf(where);
  const whole = readFileSync(file);
  for (let at = 0; at < whole.length; at += 1) {
    const damaged = Buffer.from(whole);
    damaged[at] = damaged[at]! ^ (1 << (at % 8));
    writeFileSync(file, damaged);
    expect(recallImage(DIRECTORY, where)).toBeNull();
  }
});

test('a start that failed forgets its image, and no other', () => {
  const where = context();
  const other = { ...FACTS, directory: `${DIRECTORY.slice(0, -1)}b` };
  for (const facts of [FACTS, other]) rememberImage({ facts, commands: {} }, where);
  forgetImage(DIRECTORY, where);
  expect([recallImage(DIRECTORY, where), recallImage(other.directory, where)?.facts]).toEqual([null, other]);
  forgetImage(DIRECTORY, where);
});

test.each([
  ['/usr/bin/cat', '/usr/bin/cat'],
  ['/bin/cat', '/bin/cat'],
  ['/home/alice/cat', null],
  ['/usr/bin/../../home/cat', null],
])('a command that was remembered at %s is at %s', (path, expected) => {
  expect(recallCommand({ facts: FACTS, commands: { [commandKey(QUESTION)!]: path } }, QUESTION)).toBe(
    expected,
  );
});

test('a record of another owner, or behind a link, is not believed', () => {
  const where = context();
  rememberImage(IMAGE, where);
  expect(recallImage(DIRECTORY, { ...where, uid: where.uid + 1 })).toBeNull();
  const other = context();
  mkdirSync(memoryDirectory(other), { recursive: true });
  symlinkSync(fileOf(where), join(memoryDirectory(other), readdirSync(memoryDirectory(where))[0]!));
  expect(recallImage(DIRECTORY, other)).toBeNull();
});

test('a cache that cannot be written is no failure', () => {
  const where = { ...context(), environment: { XDG_CACHE_HOME: '/proc/nowhere' } };
  rememberImage(IMAGE, where);
  expect(recallImage(DIRECTORY, where)).toBeNull();
});

test('commands are bounded, the latest are kept', () => {
  const where = context();
  const commands = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`k${index}`, `/p${index}`]));
  rememberImage({ facts: FACTS, commands }, where);
  const kept = Object.keys(recallImage(DIRECTORY, where)!.commands);
  expect([kept.length, kept[0], kept.at(-1)]).toEqual([64, 'k36', 'k99']);
});

test('pruning keeps the newest', () => {
  const where = context();
  for (let index = 0; index < 6; index++) {
    rememberImage(
      { facts: { ...FACTS, directory: `/cvmfs/r/.images/0${index}/${HEX}` }, commands: {} },
      where,
    );
    utimesSync(
      join(memoryDirectory(where), `${shortHash(`/cvmfs/r/.images/0${index}/${HEX}`)}.json`),
      0,
      1000 - index,
    );
  }
  pruneMemory(where, 6);
  expect(readdirSync(memoryDirectory(where))).toHaveLength(6);
  pruneMemory(where, 2);
  expect([0, 1, 2, 5].map(index => recallImage(`/cvmfs/r/.images/0${index}/${HEX}`, where) !== null)).toEqual(
    [true, true, false, false],
  );
  pruneMemory(context(), 1);
});

const at = (destination: string) => ({ mounts: [{ source: '/s', destination }] });
test.each([
  [{}, true],
  [{ word: '/bin/cat' }, true],
  [{ word: './cat' }, false],
  [{ word: '/bin/../home/cat' }, false],
  [{ searchPath: '/usr/bin:' }, false],
  [{ searchPath: 'bin' }, false],
  [at('/home/alice'), true],
  [at('/usr/bin'), false],
  [at('/usr'), false],
  [at('/usr/bin/cat'), false],
  [at('/usr/bin/cats'), true],
  [at('/'), false],
])('with %j the place of a command depends on the image alone: %s', (differing, expected) => {
  expect(commandKey({ ...QUESTION, ...differing }) !== null).toBe(expected);
});
