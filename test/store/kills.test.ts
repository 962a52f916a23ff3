import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { makeTar, type TestEntry } from '../archive/make-tar.ts';
import { Setting } from '../cli/setting.ts';
import { writeLayout } from '../conversion/write-layout.ts';

// A pull that is killed at any moment, and many at once. The judge of a copy is `store verify`, of what is left the directory itself.
const setting = new Setting();
const store = join(setting.home, '.local/share/jcds/store');
afterAll(() => setting.remove());
/** As a proof: JCDS_KILLS=200. */
const KILLS = Number(process.env.JCDS_KILLS ?? 20);
const NAME = 'a.example/many:1';
const WORDS = ['pull', '--json', 'oci:layout', '--as', NAME];

beforeAll(() => {
  const layer = (number: number): Buffer => {
    const entries: TestEntry[] = [{ name: `d${number}/`, mode: 0o755 }];
    for (let at = 0; at < 600; at += 1)
      entries.push({ name: `d${number}/f${at}`, content: `${number} ${at} ${'x'.repeat(at * 10)}` });
    if (number > 0)
      entries.push({ name: `d${number - 1}/.wh.f7` }, { name: 'again', type: '1', link: 'd0/f1' });
    return makeTar(entries);
  };
  writeLayout(join(setting.work, 'layout'), [0, 1, 2].map(layer));
});
beforeEach(() => rmSync(store, { recursive: true, force: true }));

const env = { ...setting.environment(), JCDS_STORE_FREE: '0' };
const start = () =>
  spawn(setting.program, WORDS, { cwd: setting.work, env, detached: true, stdio: 'ignore' });

/** Whether the name leads to something, and then to all of it. */
function isWhole(): boolean {
  const { code, stdout } = setting.jcds(['store', 'verify', '--json']);
  const { copies } = JSON.parse(stdout) as { copies: { names: string[]; state: string }[] };
  const named = copies.filter(({ names }) => names.length > 0);
  expect(named.map(({ state }) => state)).toEqual(named.map(() => 'same'));
  if (named.length > 0 && copies.length === named.length) expect(code).toBe(0);
  return named.length > 0;
}

test(`no half of an image is visible after any of ${KILLS} kills, and the next pull finishes`, {
  timeout: 30_000 + KILLS * 20_000,
}, async () => {
  const before = Date.now();
  await once(start(), 'exit');
  const whole = Date.now() - before;
  expect(isWhole()).toBe(true);
  const seen = { with: 0, without: 0 };
  for (let at = 0; at < KILLS; at += 1) {
    if (at % 5 === 0) rmSync(store, { recursive: true, force: true });
    const child = start();
    const end = once(child, 'exit');
    const timer = setTimeout(
      () => {
        try {
          process.kill(-child.pid!, 'SIGKILL');
        } catch {
          // It was faster.
        }
      },
      whole * (0.2 + Math.random()),
    );
    await end;
    clearTimeout(timer);
    seen[existsSync(store) && isWhole() ? 'with' : 'without'] += 1;
  }
  expect(setting.jcds(WORDS, { env }).code).toBe(0);
  expect(isWhole()).toBe(true);
  for (const place of ['tmp', 'claims']) expect(readdirSync(join(store, '.jcds', place))).toEqual([]);
  const [record = ''] = readdirSync(join(store, '.jcds/images'));
  expect(JSON.parse(readFileSync(join(store, '.jcds/images', record), 'utf8'))).toMatchObject({
    source: 'oci:layout',
    identity: 'manifest',
  });
  expect(seen.with + seen.without).toBe(KILLS);
});

test('of 50 pulls at once one makes the copy, and all succeed', { timeout: 300_000 }, async () => {
  const run = promisify(execFile);
  const all = Array.from({ length: 50 }, () =>
    run(setting.program, WORDS, { cwd: setting.work, env, maxBuffer: 1 << 24 }),
  );
  const answers = (await Promise.all(all)).map(({ stdout }) => JSON.parse(stdout) as { unchanged: boolean });
  expect(answers.filter(({ unchanged }) => !unchanged)).toHaveLength(1);
  expect(isWhole()).toBe(true);
  for (const place of ['tmp', 'claims']) expect(readdirSync(join(store, '.jcds', place))).toEqual([]);
});
