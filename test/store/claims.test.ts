import { createHash } from 'node:crypto';
import {
  lutimesSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { DEFAULT_LIMITS } from '../../src/conversion/limits.ts';
import { parseSource } from '../../src/conversion/parse-source.ts';
import { ownerName } from '../../src/files/owner.ts';
import { parsePlatform } from '../../src/image/platform.ts';
import { parseReference } from '../../src/image/reference.ts';
import { pullImage } from '../../src/store/pull.ts';
import { Setting } from '../cli/setting.ts';
import { dockerArchive } from '../conversion/docker-archive.ts';

// Whoever makes a store where a job can write (one that is shown a home without any) may leave claims of his in it.
const setting = new Setting();
const store = join(setting.folder, 'store');
const archive = join(setting.folder, 'x.tar');
const text = `docker-archive:${archive}`;
const key = createHash('sha256').update('docker.io/library/mine:1\0linux/amd64').digest('hex');
const claim = join(store, '.jcds/claims', key);
afterAll(() => setting.remove());
beforeEach(() => {
  rmSync(store, { recursive: true, force: true });
  mkdirSync(join(store, '.jcds/claims'), { recursive: true, mode: 0o700 });
  writeFileSync(archive, dockerArchive([{ name: 'a', content: 'A' }]));
});

test.each(['elsewhere-1-0.0', '\u001b]0;x\u0007-1-0.0', ''.padEnd(1000, 'x')])(
  'a claim of the year 2100 holds nobody up: %j',
  owner => {
    symlinkSync(owner, claim);
    const [now, then] = [Date.now() / 1000, Date.parse('2100-01-01') / 1000];
    lutimesSync(claim, now, then);
    // `timeout` ends with 124 what waits.
    const words = ['pull', text, '--as', 'mine:1', '--platform', 'linux/amd64', '--store', store];
    const pulled = setting.run(['timeout', '20', setting.program, ...words]);
    expect([pulled.code, pulled.stderr]).toEqual([0, expect.not.stringContaining('another jcds')]);
    expect(readdirSync(join(store, '.jcds/claims'))).toEqual([]);
  },
);

test('a process that is alive is waited for, and not for ever', async () => {
  const parent = ownerName()
    .replace(`-${process.pid}-`, '-1-')
    .replace(/[0-9]+$/, startOf(1));
  symlinkSync(parent, claim);
  const said: string[] = [];
  let at = Date.now();
  const { hex } = await pullImage(
    {
      ...{ text, source: parseSource(text), reference: parseReference('mine:1'), again: false },
      ...{ platform: parsePlatform('linux/amd64'), limits: DEFAULT_LIMITS },
      ...{ room: { bound: 1e12, free: 0, keep: [] }, warn: () => {} },
      stores: { own: store, shared: [], isNamed: true },
      registries: () => {
        throw new Error('no registry is meant here');
      },
      progress: { update: news => said.push(news), end: () => {} },
    },
    {
      ...{ uid: process.getuid!(), home: setting.home, cwd: '/', environment: {} },
      // Some minutes between two looks.
      now: () => {
        at += 400_000;
        return at;
      },
    },
  );
  expect(said.filter(news => news.includes(parent)).length).toBeGreaterThan(1);
  expect(readlinkSync(join(store, 'docker.io/library/mine:1'))).toContain(hex.slice(2));
});

test('a copy that says it is of the year 2100 is pruned', () => {
  const pulled = setting.jcds(['pull', text, '--as', 'mine:1', '--store', store]);
  expect(pulled.code).toBe(0);
  const own = join(store, '.jcds');
  const [record = ''] = readdirSync(join(own, 'images'));
  const file = join(own, 'images', record);
  const then = Date.parse('2100-01-01');
  const said = JSON.parse(readFileSync(file, 'utf8')) as object;
  writeFileSync(file, JSON.stringify({ ...said, madeAt: then }));
  utimesSync(join(own, 'used', record.replace('.json', '')), then / 1000, then / 1000);
  const env = { JCDS_STORE: store };
  expect(setting.jcds(['store', 'prune', '--keep-bytes', '0'], { env }).stdout).toContain('mine:1');
});

/** In the words of proc(5). */
function startOf(pid: number): string {
  const [, rest = ''] = /\) (.*)$/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
  return rest.split(' ')[19]!;
}
