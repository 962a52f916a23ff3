import { spawnSync } from 'node:child_process';
import { chownSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { indexText } from '../../src/completion/index-format.ts';
import { Cache } from './cache.ts';
import { beginnings, COPIES, manyNames, NAMES, offered } from './names.ts';
import { ROOT, SCRIPTS } from './table.ts';

let cache: Cache;
beforeEach(() => {
  cache = new Cache();
});
afterEach(() => cache.remove());

/** Runs a program of a shell that prints `end of answer` after each, and takes its output apart. */
function run(
  shell: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): string[][] {
  const { status, stdout, stderr } = spawnSync(shell, args, {
    cwd: cache.directory,
    env: {
      PATH: '/nonexistent',
      HOME: cache.directory,
      XDG_CACHE_HOME: cache.directory,
      LANG: 'C.UTF-8',
      ...environment,
    },
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (status !== 0 || stderr !== '') throw new Error(`${shell} ended with ${status}: ${stderr}`);
  return stdout
    .split('end of answer\n')
    .slice(0, -1)
    .map(text => text.split('\n').filter(line => line !== ''));
}

/** What fish offers at the end of each line. */
function fish(lines: readonly string[], environment?: Readonly<Record<string, string>>): string[][] {
  writeFileSync(join(cache.directory, 'jcds.fish'), SCRIPTS['completions/jcds.fish']!);
  const program = 'source jcds.fish; for line in $argv; complete -C$line; echo end of answer; end';
  return run('/usr/bin/fish', ['--no-config', '-c', program, ...lines], environment).map(found =>
    found.map(line => line.replace(/\t.*/, '')).sort(),
  );
}

/** The names that zsh's script finds for each word (what it does with them needs a terminal). */
function zsh(words: readonly string[]): string[][] {
  writeFileSync(
    join(cache.directory, '_jcds'),
    SCRIPTS['completions/_jcds']!.replace(/\nif [^\n]*\n {2}_jcds "\$@"\n[\s\S]*$/, '\n'),
  );
  const program = `
    . ./_jcds
    for word; do
      local -aU open=() closed=()
      local first=
      _jcds_names ${cache.index}/containers.jinr.ru.names
      print -rl -- $open $closed 'end of answer'
    done`;
  return run('/bin/zsh', ['-f', '-o', 'extendedglob', '-c', program, 'zsh', ...words]).map(found =>
    found.sort(),
  );
}

describe('fish', () => {
  test.each([
    ['jcds ', ['cache', 'condor', 'help', 'resolve', 'run']],
    ['jcds -', ['--help', '--version', '-V', '-h']],
    ['jcds condor ', ['machine-ad', 'submit']],
    ['jcds cache p', ['prune']],
    ['jcds cache ni', ['nica/']],
    ['jcds nonsense ', []],
    ['jcds help e', ['exit-codes']],
    ['jcds run --gpu ', ['auto', 'none', 'nvidia']],
    ['jcds run --gpu=n', ['--gpu=none', '--gpu=nvidia']],
    ['jcds run --runtime b', ['bubblewrap']],
    ['jcds run --r', ['--repository', '--runtime']],
    ['jcds run --vol', []],
    ['jcds run --repository u', ['unpacked.cern.ch']],
    ['jcds run --volume x ni', ['nica/']],
    ['jcds run a/b:1 --g', []],
    ['jcds run a/b:1 -- ni', []],
    ['jcds run -- ni', ['nica/']],
    ['jcds run -nB /x ni', ['nica/']],
    ['jcds resolve a/b:1 ni', ['nica/']],
    ['jcds condor submit ni', ['nica/']],
    ['jcds condor submit a/b:1 ni', []],
    ['jcds run x.org/ni', ['x.org/nica/']],
    [
      'jcds run git.jinr.ru:5005/nica/docker-images/bmn:24',
      ['git.jinr.ru:5005/nica/docker-images/bmn:24.12'],
    ],
    ['jcds run --repository nothing.example.org ni', []],
    ['jcds run -B /cvmfs/', []],
    ['jcds run --env-file=/cvmfs/', []],
    ['jcds run a/b:1 cat /cvmfs/', []],
    ['jcds run -B ./jc', ['./jcds/']],
    ['jcds run --bind=./jc', ['--bind=./jcds/']],
    ['jcds run --env-file=./jcds.f', ['--env-file=./jcds.fish']],
    ['jcds run --env-file ./jcds.f', ['./jcds.fish']],
    ['jcds run a/b:1 cat ./jcds.f', ['./jcds.fish']],
  ])('%j', (line, expected) => {
    cache.write(NAMES);
    expect(fish([line])[0]).toEqual(expected);
  });

  test('offers the names of local copies beside them, and hides none', () => {
    cache.write(NAMES);
    cache.writeRaw('copies', indexText(COPIES, undefined, 'store'));
    expect(fish(['jcds run x.org/o', 'jcds run x.org/ni', 'jcds run docker.io/library/'])).toEqual([
      ['x.org/own/'],
      ['x.org/nica/'],
      ['docker.io/library/alpine:', 'docker.io/library/debian:'],
    ]);
  });

  test('does not look into another root of CVMFS', () => {
    const line = `jcds run -B ${cache.directory}/jc`;
    expect(fish([line])).toEqual([[`${cache.directory}/jcds/`]]);
    expect(fish([line], { JCDS_CVMFS_ROOT: cache.directory })).toEqual([[]]);
  });

  test('offers the names of the repositories that a job would search', () => {
    cache.write(['a/b:1']);
    cache.write(['reg.io/c/d:1'], 'unpacked.cern.ch');
    const line = 'jcds run ';
    expect(fish([line, `${line}--repository unpacked.cern.ch `])).toEqual([['a/', 'reg.io/'], ['reg.io/']]);
    expect(fish([line], { JCDS_REPOSITORIES: 'unpacked.cern.ch,*,../x' })).toEqual([['reg.io/']]);
    cache.writeRaw('searched', 'jcds-completion 1\ncontainers.jinr.ru\n');
    expect(fish([line])).toEqual([['a/']]);
  });

  test('law: it offers what looking at every name offers', { timeout: 120_000 }, () => {
    fc.assert(
      fc.property(manyNames, fc.integer({ min: 12, max: 40 }), (names, block) => {
        cache.write(names, 'containers.jinr.ru', block);
        const words = beginnings(names);
        const found = fish(words.map(word => `jcds run ${word}`));
        // What is typed already is not offered again.
        const rest = (word: string, texts: readonly string[]) => texts.filter(text => text !== word).join();
        expect(
          words.filter((word, at) => rest(word, offered(names, word)) !== rest(word, found[at]!)),
        ).toEqual([]);
      }),
      { numRuns: 6 },
    );
  });
});

test('law: zsh finds what looking at every name finds, or beginnings of it that leave out none', () => {
  fc.assert(
    fc.property(manyNames, fc.integer({ min: 12, max: 40 }), (names, block) => {
      cache.write(names, 'containers.jinr.ru', block);
      const words = beginnings(names);
      const found = zsh(words);
      const agree = (word: string, texts: readonly string[]) =>
        texts.every(text => offered(names, word).some(full => full.startsWith(text))) &&
        offered(names, word).every(full => texts.some(text => full.startsWith(text)));
      expect(words.filter((word, at) => !agree(word, found[at]!))).toEqual([]);
    }),
    { numRuns: 10 },
  );
});

test.each([
  ['jcds-completion 1 x[$(touch ran)] 1 2\nnica/x:1\n'],
  ['jcds-completion 1 99999 1 2\nnica/x:1\n'],
  ['jcds-completion 1 0 1 2\nnica/x:1\n'],
  ['jcds-completion 2 1 1 2\nnica/x:1\n'],
  ['jcds-completion 1 1 2 3\nnica/\t1\t1\nnica/x:1\n'],
  ['jcds-completion 1 1 2 3\nnica/\t9999999\t1\nnica/x:1\n'],
  ['jcds-completion 1 1 2 3\nnica/\ta[$(touch ran)]\t1\nnica/x:1\n'],
  ['jcds-completion 1 1 2 3\nnica/\t2\ta[$(touch ran)]\nnica/x:1\n'],
  ['jcds-completion 1 3 1 4\n$(touch ran)\nnica/`touch ran`:1\nnica/\u001b[2J:1\n'],
  [''],
  ['\0\u0001'.repeat(1000)],
])('neither is led astray by %j', text => {
  cache.writeRaw('containers.jinr.ru.names', text);
  expect([zsh(['nica/']), fish(['jcds run nica/'])]).toEqual([[[]], [[]]]);
});

test('the scripts as they are shipped are what their shells and shellcheck take for sound', () => {
  const check = (program: string, ...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(program, args, {
      cwd: join(ROOT, 'completions'),
      encoding: 'utf8',
    });
    return [status, stdout, stderr];
  };
  const sound = [0, '', ''];
  expect(check('shellcheck', 'jcds.bash')).toEqual(sound);
  expect(check('bash', '-n', 'jcds.bash')).toEqual(sound);
  expect(check('zsh', '-n', '_jcds')).toEqual(sound);
  expect(check('fish', '--no-execute', 'jcds.fish')).toEqual(sound);
});

test('an index that belongs to somebody else is not read by any shell', () => {
  cache.write(['nica/x:1']);
  const lines = ['jcds run ni'];
  const all = () => [cache.press(lines), fish(lines), zsh(['ni'])];
  expect(all()).toEqual([[['nica/']], [['nica/']], [['nica/']]]);
  chownSync(join(cache.index, 'containers.jinr.ru.names'), 12345, 12345);
  expect(all()).toEqual([[[]], [[]], [[]]]);
});
