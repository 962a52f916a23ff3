import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Setting } from '../cli/setting.ts';
import { type HangableMount, mountHangable } from '../hosts/hang.ts';
import { smallImage } from '../hosts/image-files.ts';
import { makeOsgRepository } from '../hosts/tree.ts';
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
  ...['condor', 'machine-ad', '--script', '-o', script, '--cvmfs-timeout', '0.5'],
  ...['--cvmfs-root', setting.cvmfs, '--repository', WELL, '--repository', ILL],
]);

let mount: HangableMount;
beforeEach(async () => {
  mount = await mountHangable(join(setting.cvmfs, ILL), join(setting.cvmfs, WELL));
});
afterEach(async () => {
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

/** Processes of the looks here that are still there. */
function left(): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter(pid => {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
        const isDead = / Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
        return words.includes('jcds-machine-look') && words.includes(setting.cvmfs) && !isDead;
      } catch {
        return false;
      }
    });
}

describe.each(SHELLS)('%s', (_, shell) => {
  test('one mount hangs: the other is told all the same, and nobody is left waiting', async () => {
    await mount.stop();
    expect(await answer(shell)).toEqual(told('True', 'False', '"HUNG"'));
    await mount.resume();
    expect(await answer(shell)).toEqual(told('True', 'True', 'undefined'));
    while (left().length > 0) await pause(20);
  });

  test('its client has died', async () => {
    await mount.kill();
    expect(await answer(shell)).toEqual(told('True', 'False', '"ENOTCONN"'));
  });
});

test('the command says the same of a mount that hangs, and ends', async () => {
  await mount.stop();
  const { code, stdout } = setting.jcds([
    ...['condor', 'machine-ad', '--cvmfs-timeout', '0.5', '--repository', WELL, '--repository', ILL],
  ]);
  expect(code).toBe(0);
  expect(stdout).toContain('HAS_CVMFS_well_jinr_ru = True\n');
  expect(stdout).toContain('JCDSReason_ill_jinr_ru = "HUNG"\n');
});

test('where three looks still hang, none is added; those at another place do not count', async () => {
  const hangAt = async (place: string) => {
    const children: ChildProcess[] = Array.from({ length: 3 }, () =>
      spawn('/bin/sh', ['-c', 'read -r line', 'jcds-machine-look', place, ILL], {
        stdio: ['pipe', 'ignore', 'ignore'],
      }),
    );
    await Promise.all(children.map(child => once(child, 'spawn')));
    return children;
  };
  const elsewhere = await hangAt('/elsewhere');
  expect(await answer('/bin/dash')).toEqual(told('True', 'True', 'undefined'));
  const hanging = await hangAt(setting.cvmfs);
  expect(await answer('/bin/dash')).toEqual(told('True', 'False', '"HUNG"'));
  hanging[0]!.stdin!.end();
  await once(hanging[0]!, 'close');
  expect(await answer('/bin/dash')).toEqual(told('True', 'True', 'undefined'));
  for (const child of [...elsewhere, ...hanging.slice(1)]) child.stdin!.end();
});
