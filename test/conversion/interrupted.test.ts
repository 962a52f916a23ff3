import { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { ownerName } from '../../src/files/owner.ts';
import { Setting } from '../cli/setting.ts';
import { dockerArchive } from './docker-archive.ts';

// A conversion that a signal ends: in the middle, by the program that makes its FIFOs, with many files to come.
const setting = new Setting();
const out = join(setting.folder, 'out');
const store = join(setting.folder, 'store');
const archive = join(setting.folder, 'x.tar');
afterAll(() => setting.remove());
writeFileSync(
  archive,
  dockerArchive([
    { name: 'pipe', type: '6' },
    ...Array.from({ length: 1500 }, (_, at) => ({ name: `d/${at}`, content: 'x' })),
  ]),
);
const convert = () => setting.jcds(['convert', `docker-archive:${archive}`, '--to', join(out, 'root')]);
const pull = () => setting.jcds(['pull', `docker-archive:${archive}`, '--as', 'mine:1', '--store', store]);
const ended = (signal: string) => {
  setting.install('mkfifo', `/usr/bin/mkfifo "$@" && kill -${signal} $PPID`);
};
const whole = () => setting.install('mkfifo', 'exec /usr/bin/mkfifo "$@"');

beforeEach(() => {
  for (const directory of [out, store]) {
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(directory);
  }
});

describe.each(['HUP', 'INT', 'TERM'])('SIG%s', signal => {
  test('ends convert, which leaves nothing', () => {
    ended(signal);
    expect(convert().code).toBe(`SIG${signal}`);
    expect(readdirSync(out)).toEqual([]);
  });

  test('ends pull, which leaves nothing', () => {
    ended(signal);
    expect(pull().code).toBe(`SIG${signal}`);
    expect(readdirSync(join(store, '.jcds/tmp'))).toEqual([]);
  });
});

describe('what a killed conversion has left', () => {
  const killed = (): readonly string[] => {
    ended('KILL');
    expect(convert().code).toBe('SIGKILL');
    whole();
    return readdirSync(out);
  };

  test('is removed by the next, and what others are at stays', () => {
    const [left] = killed();
    expect(left).toMatch(/^\.jcds-new-/);
    const alive = `.jcds-new-${ownerName()}-0`;
    const elsewhere = '.jcds-new-elsewhere-1-0.0-0';
    for (const name of [alive, elsewhere]) mkdirSync(join(out, name), { mode: 0o700 });
    expect(convert().code).toBe(0);
    expect(readdirSync(out).sort()).toEqual([alive, elsewhere, 'root'].sort());
  });

  test('stays where others may have given that name to a directory of the user’s', () => {
    const [left = ''] = killed();
    chmodSync(out, 0o775);
    expect(convert().code).toBe(0);
    expect(readdirSync(out).sort()).toEqual([left, 'root']);
  });
});
