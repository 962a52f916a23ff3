import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Setting } from '../cli/setting.ts';
import { type HangableMount, mountHangable, mountHard } from '../hosts/hang.ts';
import { smallImage } from '../hosts/image-files.ts';
import { makeOsgRepository } from '../hosts/tree.ts';
import { processes } from '../processes.ts';
import { SHELLS } from '../wrap/stage.ts';

// A real FUSE mount whose process is stopped or killed, beside a repository that is well. A hang fails by the test's own limit.

const setting = new Setting();
afterAll(() => setting.remove());
const WELL = 'well.jinr.ru';
const ILL = 'ill.jinr.ru';
makeOsgRepository(join(setting.cvmfs, WELL), { 'library/debian:12': { files: smallImage() } });
mkdirSync(join(setting.cvmfs, ILL));
const script = join(setting.folder, 'machine-ad');
setting.jcds([
  ...['condor', 'machine-ad', '--script', '-o', script, '--cvmfs-timeout', '2'],
  ...['--cvmfs-root', setting.cvmfs, '--repository', WELL, '--repository', ILL],
]);

let mount: HangableMount;
let endHard = async () => {};
beforeEach(async () => {
  mount = await mountHangable(join(setting.cvmfs, ILL), join(setting.cvmfs, WELL));
});
afterEach(async () => {
  await endHard();
  await mount.close();
});

/** What the script says, once it has ended and everybody has left its pipes. */
async function answer(shell: string): Promise<{ code: number | null; stderr: string; said: string[] }> {
  const words = shell.endsWith('busybox') ? [shell, 'sh', script] : [shell, script];
  const child = spawn(words[0]!, words.slice(1), {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: setting.environment(),
  });
  const text = { stdout: '', stderr: '' };
  child.stdout.on('data', data => (text.stdout += String(data)));
  child.stderr.on('data', data => (text.stderr += String(data)));
  await once(child, 'close');
  expect(text.stdout).toMatch(/\nJCDSTime = \d{10}\nJCDSLifetime = 900\n-\n$/);
  const said = text.stdout.split('\n').filter(line => /^(HAS_CVMFS|JCDSMounted|JCDSReason)_/.test(line));
  return { code: child.exitCode, stderr: text.stderr, said };
}

const told = (mounted: string, has: string, reason: string) => ({
  code: 0,
  stderr: '',
  said: [
    'HAS_CVMFS_well_jinr_ru = True',
    'JCDSMounted_well_jinr_ru = True',
    'JCDSReason_well_jinr_ru = undefined',
    `HAS_CVMFS_ill_jinr_ru = ${has}`,
    `JCDSMounted_ill_jinr_ru = ${mounted}`,
    `JCDSReason_ill_jinr_ru = ${reason}`,
  ],
});

/** Processes that have the place of the ill mount, or all that a look is told, among their words. */
function left(): number[] {
  return [...processes()]
    .filter(([, words]) => words.some(word => word.startsWith(join(setting.cvmfs, ILL))) || isLook(words))
    .map(([pid]) => pid);
}

function isLook(words: readonly string[]): boolean {
  return words.includes('jcds-machine-look') && words.includes(setting.cvmfs) && words.includes(ILL);
}

/** Whether SIGKILL waits for it. */
function isKilled(pid: number): boolean {
  return spawnSync('grep', ['-qs', '^ShdPnd:.*[13579bdf]..$', `/proc/${pid}/status`]).status === 0;
}

describe.each(SHELLS)('%s', (_, shell) => {
  test('one mount hangs: the other is told all the same, and nobody is left waiting', async () => {
    await mount.stop();
    const before = left(); // the mount's own process
    expect(await answer(shell)).toEqual(told('True', 'False', '"HUNG"'));
    while (left().length > before.length) await pause(20);
    await mount.resume();
    expect(await answer(shell)).toEqual(told('True', 'True', 'undefined'));
  });

  test('its client has died', async () => {
    await mount.kill();
    expect(await answer(shell)).toEqual(told('True', 'False', '"ENOTCONN"'));
  });
});

test('the command says the same of a mount that hangs, and ends', async () => {
  await mount.stop();
  const { code, stdout } = setting.jcds([
    ...['condor', 'machine-ad', '--cvmfs-timeout', '2', '--repository', WELL, '--repository', ILL],
  ]);
  expect(code).toBe(0);
  expect(stdout).toContain('HAS_CVMFS_well_jinr_ru = True\n');
  expect(stdout).toContain('JCDSReason_ill_jinr_ru = "HUNG"\n');
});

describe.each(SHELLS)('beyond SIGKILL, by %s', (_, shell) => {
  test('where three looks still hang, none is added', async ({ signal }) => {
    await mount.close();
    endHard = await mountHard(join(setting.cvmfs, ILL));
    const stuck = () => [...processes()].filter(([pid, words]) => isLook(words) && isKilled(pid)).length;
    for (const expected of [1, 2, 3, 3]) {
      expect(await answer(shell)).toEqual(told('True', 'False', '"HUNG"'));
      while (stuck() !== expected) await pause(20, undefined, { signal });
    }
    await endHard();
    while (stuck() > 0) await pause(20, undefined, { signal });
    mount = await mountHangable(join(setting.cvmfs, ILL), join(setting.cvmfs, WELL));
    expect(await answer(shell)).toEqual(told('True', 'True', 'undefined'));
  }, 120_000);

  test.each([
    ['another account', 65534],
    ['this account', process.getuid!()],
  ])('who only has the words of looks that hang takes no machine out of the pool: %s', async (_name, uid) => {
    const children = Array.from({ length: 5 }, () =>
      spawn('/bin/sh', ['-c', 'read -r line', 'jcds-machine-look', setting.cvmfs, ILL], {
        stdio: ['pipe', 'ignore', 'ignore'],
        uid,
      }),
    );
    await Promise.all(children.map(child => once(child, 'spawn')));
    expect(await answer(shell)).toEqual(told('True', 'True', 'undefined'));
    const closed = children.map(child => once(child, 'close'));
    for (const child of children) child.stdin.end();
    await Promise.all(closed);
  });
});
