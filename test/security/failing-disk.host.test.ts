import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { APPTAINER, builtFrom, type Ended, Setting } from '../cli/setting.ts';
import { ANSWER_LINES, everyCommandIsHere, WRITE_LINES, writesInto } from './commands.ts';

// Every command on a disk that is full, whose quota is used up, or that is broken: real calls that fail, in whole processes. An answer
// is the same as on a good one, what was to be written is one line and its code, and no half of a file stays.
// Each test starts jcds some forty times.
vi.setConfig({ testTimeout: 240_000 });
const setting = new Setting();
afterAll(() => setting.remove());
setting.install('apptainer', APPTAINER);
setting.publish({ 'library/small:1': builtFrom('small:1') });
cpSync(resolve(import.meta.dirname, '../../completions'), join(setting.folder, 'jcds/completions'), {
  recursive: true,
});
const shim = join(setting.folder, 'failing-writes.so');
execFileSync('gcc', [
  ...['-shared', '-fPIC', '-O2', '-o', shim],
  resolve(import.meta.dirname, '../hosts/failing-writes.c'),
  '-ldl',
]);
const home = join(setting.folder, 'failing');
beforeEach(() => {
  rmSync(home, { recursive: true, force: true });
  mkdirSync(home);
});

const WRITES = [...WRITE_LINES, ...writesInto(home)];

mkdirSync(home);
/** Without the moment, and without the shim, which a plan takes away from its runtime. */
const plain = ({ code, stdout, stderr }: Ended): Ended => ({
  code,
  stdout: stdout.replaceAll(/JCDSTime = \d+/g, 'JCDSTime').replace('/usr/bin/env -u LD_PRELOAD ', ''),
  stderr,
});
const good = new Map(ANSWER_LINES.map(words => [words, plain(setting.jcds(words, { env: { HOME: home } }))]));

everyCommandIsHere();

function holds(jcds: (words: readonly string[]) => Ended, reason: RegExp): void {
  for (const words of ANSWER_LINES) {
    expect({ words, ...plain(jcds(words)) }).toEqual({ words, ...good.get(words) });
  }
  for (const [words, code] of WRITES) {
    const { code: ended, stdout, stderr } = jcds(words);
    const lines = `${stdout}${stderr}`.trimEnd().split('\n');
    expect({ words, ended, lines: lines.filter(line => !line.startsWith('hint: ')) }).toEqual({
      words,
      ended: code,
      lines: [expect.stringMatching(reason)],
    });
  }
}

describe.each(
  (
    [
      ['write', 'EDQUOT'],
      ['write', 'EIO'],
      ['write', 'ENOSPC'],
      ['close', 'EDQUOT'],
      ['rename', 'EIO'],
      ['open', 'EDQUOT'],
    ] as const
  ).map(([call, errno]) => [call, errno] as const),
)('%s that answers %s', (call, errno) => {
  test('changes no answer, is one line where something was to be written, and leaves no half', () => {
    const env = {
      HOME: home,
      LD_PRELOAD: shim,
      FAILING_BELOW: home,
      FAILING_CALL: call,
      FAILING_ERRNO: String(constants.errno[errno]),
    };
    // A script is not written aside where none may be there yet: nothing is renamed.
    const isUnaffected = (words: readonly string[]) => call === 'rename' && words.includes('-o');
    const jcds = (words: readonly string[]) => {
      if (isUnaffected(words)) return { code: 1, stdout: '', stderr: `jcds: (${errno})` };
      return setting.jcds(words, { env });
    };
    holds(jcds, new RegExp(errno));
    const left = readdirSync(home, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile());
    // An empty file is written without a write: the note of an attempt.
    expect(left.map(({ name }) => name).filter(name => name !== 'attempt')).toEqual([]);
  });
});

test('a directory that cannot be made (EDQUOT)', () => {
  const env = {
    HOME: home,
    LD_PRELOAD: shim,
    FAILING_BELOW: home,
    FAILING_CALL: 'mkdir',
    FAILING_ERRNO: String(constants.errno.EDQUOT),
  };
  // What cannot be made need not be held from the job.
  const held =
    /(?:<--bind>\n<\S*\/\.(?:cache|config)(?:\/jcds)?(?::ro)?>\n)|(?: --bind \S*\/\.(?:cache|config)(?:\/jcds)?(?::ro)?(?= ))/g;
  for (const words of ANSWER_LINES) {
    const { code, stdout, ...rest } = good.get(words)!;
    const found = plain(setting.jcds(words, { env }));
    expect({ words, ...found }).toEqual({ words, code, stdout: stdout.replace(held, ''), ...rest });
  }
  const { code, stderr } = setting.jcds(['config', 'set', 'gpu', 'none'], { env });
  expect([code, stderr.split('\n')[0]]).toEqual([
    2,
    `jcds: ${home}/.config/jcds/config.json cannot be written (EDQUOT)`,
  ]);
});

test('a real disk that is full', () => {
  // In a mount namespace of its own; a pipe tells when it is there. A directory of a tmpfs takes no room, a page of a file does.
  const inside = `
    mount -t tmpfs -o size=64k,mode=755 none "$1"
    mkdir -p "$1/.cache/jcds/images" "$1/.config/jcds" "$1/.local/share/fish/vendor_completions.d"
    chmod 700 "$1/.cache" "$1/.cache/jcds" "$1/.cache/jcds/images"
    cat /dev/zero >"$1/full" 2>/dev/null
    shift
    "$@"; code=$?
    find "$HOME" -type f ! -name full -size +0 >&2
    exit "$code"`;
  const jcds = (words: readonly string[]): Ended =>
    setting.run(
      [
        'unshare',
        '-m',
        '--propagation',
        'private',
        '/bin/sh',
        '-c',
        inside,
        'sh',
        home,
        setting.program,
        ...words,
      ],
      { env: { HOME: home } },
    );
  holds(jcds, /ENOSPC/);
});

test('what was there before stays whole', () => {
  const config = join(home, '.config/jcds/config.json');
  mkdirSync(join(config, '..'), { recursive: true });
  writeFileSync(config, '{"gpu":"none"}');
  for (const call of ['write', 'close', 'rename']) {
    const env = { HOME: home, LD_PRELOAD: shim, FAILING_BELOW: home, FAILING_CALL: call, FAILING_ERRNO: '5' };
    expect(setting.jcds(['config', 'set', 'gpu', 'nvidia'], { env }).code).toBe(2);
    expect(readFileSync(config, 'utf8')).toBe('{"gpu":"none"}');
  }
  expect(existsSync(config)).toBe(true);
  expect(spawnSync('ls', ['-A', join(config, '..')], { encoding: 'utf8' }).stdout).toBe('config.json\n');
});
