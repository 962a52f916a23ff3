import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { mountHangable } from './hang.ts';

let work: string;
let place: string;
beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'jcds-hang-test-'));
  place = join(work, 'repository');
  writeFileSync(join(work, 'name'), 'content\n');
});
afterEach(() => rmSync(work, { recursive: true, force: true }));

const isMounted = () => readFileSync('/proc/self/mountinfo', 'utf8').includes(` ${place} `);

function look(): { child: ChildProcess; answer: Promise<{ code: number | null; text: string }> } {
  const child = spawn('cat', [join(place, 'name')], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { LC_ALL: 'C' },
  });
  let text = '';
  child.stdout.on('data', data => (text += data));
  child.stderr.on('data', data => (text += data));
  return { child, answer: once(child, 'close').then(([code]) => ({ code, text })) };
}

/** Until the kernel says that the process waits for the file system's answer. */
async function waitsForMount(child: ChildProcess): Promise<void> {
  while (readFileSync(`/proc/${child.pid}/wchan`, 'utf8') !== 'request_wait_answer') await pause(5);
}

test('a stopped mount keeps whoever looks waiting until it goes on; a killed one says ENOTCONN', async () => {
  const contents = mkdtempSync(join(tmpdir(), 'jcds-hang-contents-'));
  writeFileSync(join(contents, 'name'), 'content\n');
  const mount = await mountHangable(place, contents);
  try {
    expect(await look().answer).toEqual({ code: 0, text: 'content\n' });
    await mount.stop();
    const { child, answer } = look();
    await waitsForMount(child);
    await mount.resume();
    expect(await answer).toEqual({ code: 0, text: 'content\n' });
    await mount.kill();
    const dead = await look().answer;
    expect(dead).toEqual({ code: 1, text: `cat: ${place}/name: Transport endpoint is not connected\n` });
    expect(isMounted()).toBe(true);
  } finally {
    await mount.close();
    rmSync(contents, { recursive: true });
  }
  expect(isMounted()).toBe(false);
});

test('nothing stays mounted when a mount is closed while it hangs and somebody waits', async () => {
  const mount = await mountHangable(place, join(import.meta.dirname, 'images'));
  await mount.stop();
  const { child, answer } = look();
  await waitsForMount(child);
  await mount.close();
  expect((await answer).code).toBe(1);
  expect(isMounted()).toBe(false);
});

test('nothing stays mounted when the test’s own process is killed', async () => {
  const module = JSON.stringify(join(import.meta.dirname, 'hang.ts'));
  const program = `
    const { mountHangable } = await import(${module});
    const mount = await mountHangable(process.argv[1], process.argv[2]);
    await mount.stop();
    console.log('hangs');
    setInterval(() => {}, 1e6);`;
  const node = join(process.env.JCDS_TEST_CACHE ?? '/var/cache/jcds-test', 'nodes/24');
  const child = spawn(
    node,
    ['--input-type=module', '-e', program, place, join(import.meta.dirname, 'images')],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  await once(child.stdout, 'data');
  expect(isMounted()).toBe(true);
  child.kill('SIGKILL');
  await once(child, 'exit');
  while (isMounted()) await pause(5);
});
