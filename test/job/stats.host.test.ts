import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeOsgRepository } from '../hosts/tree.ts';
import { installProgram } from '../standalone/install-program.ts';
import { GOOD, JINR, setAttributes } from '../status/setting.ts';

const REPOSITORIES = `${process.env.JCDS_TEST_ROOT ?? '/srv/jcds-test'}/cvmfs`;
const work = mkdtempSync(join(tmpdir(), 'jcds-stats-'));
const jcds = join(work, 'bin/jcds');

beforeAll(() => installProgram(work));
afterAll(() => rmSync(work, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** A shell script that calls `$jcds`; `ended` when it is over. */
function start(script: string, root = REPOSITORIES): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn('/bin/sh', ['-c', script], {
    env: {
      PATH: `${process.execPath.replace(/\/node$/, '')}:/usr/sbin:/usr/bin:/bin`,
      HOME: work,
      JCDS_CVMFS_ROOT: root,
      JCDS_RUNTIMES: 'unshare',
      jcds,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const output: Buffer[] = [];
  let stderr = '';
  child.stdout?.on('data', (piece: Buffer) => output.push(piece));
  child.stderr?.on('data', (piece: Buffer) => {
    stderr += piece;
  });
  const ended = new Promise<Ended>(done => {
    child.on('close', (code, signal) => done({ code, signal, stdout: Buffer.concat(output), stderr }));
  });
  return { child, ended };
}

/** What a job can see of how it was started, whatever its process numbers are. */
const PROBE = `
ulimit -n; ulimit -v; pwd; umask
grep -E "^Sig(Ign|Cgt|Blk)" /proc/self/status
for n in 3 4 5 6 7 8 9; do [ -e /proc/self/fd/$n ] && [ $n != 3 ] && echo "descriptor $n"; done
env -0 | sort -z | od -An -c
printf "<%s>" "$@" | od -An -c
cat`;

test('a job beside which jcds stays sees what it would see without, byte for byte', async () => {
  const script = (option: string) => `
export ODD="$(printf 'caf\\351')" EMPTY= NODE_OPTIONS=--no-warnings LINES2='a
b'
ulimit -S -n 512
trap '' HUP USR2
printf 'input\\000\\351' | "$jcds" exec ${option} debian:12 sh -c '${PROBE}' sh "$(printf '\\377')" 'a
b' "it's" '$HOME' '' --stats -- 5</dev/null`;
  const direct = await start(script('')).ended;
  const beside = await start(script('--stats')).ended;
  expect([direct.code, direct.stderr]).toEqual([0, '']);
  expect(beside.stdout.toString('latin1')).toBe(direct.stdout.toString('latin1'));
  expect(beside.code).toBe(0);
  const amount = /\s+(?:at least )?[\d.]+ (s|[kM]?B),?.*$/;
  // So short a job may end before anybody has looked at its memory.
  expect(
    beside.stderr
      .split('\n')
      .map(line => line.replace(amount, ' N').replace('memory  not known', 'memory N')),
  ).toEqual([
    'jcds: stats of library/debian:12',
    'jcds:   wall time N',
    'jcds:   exit code    0',
    'jcds:   peak memory N',
    `jcds:   downloaded   not known: the CVMFS client of ${JINR} does not tell`,
    '',
  ]);
});

test.each([0, 1, 75, 126, 255])('the code %i is the job’s own', async code => {
  const ran = await start(`exec "$jcds" exec --stats --json debian:12 sh -c 'exit ${code}'`).ended;
  expect(ran.code).toBe(code);
  expect(JSON.parse(ran.stderr).stats).toMatchObject({ exitCode: code, signal: null });
});

test('a job that cannot start is told as without', async () => {
  const ran = await start(`exec "$jcds" exec --stats debian:12 nosuchcommand`).ended;
  expect(ran.code).toBe(127);
  expect(ran.stderr).not.toContain('stats of');
});

test.each(['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGUSR1'] as const)(
  '%s to jcds reaches the job, and jcds ends as the job does',
  async signal => {
    const { child, ended } = start(`exec "$jcds" exec --stats debian:12 sh -c 'echo ready; exec sleep 20'`);
    await new Promise(ready => child.stdout?.once('data', ready));
    child.kill(signal);
    const ran = await ended;
    expect([ran.signal, ran.code]).toEqual([signal, null]);
    expect(ran.stderr).toContain(`(${signal})`);
  },
);

test('a job that handles a signal decides itself', async () => {
  const { child, ended } = start(
    `exec "$jcds" exec --stats debian:12 sh -c 'trap "echo caught; exit 9" TERM; echo ready; while :; do sleep 0.1; done'`,
  );
  await new Promise(ready => child.stdout?.once('data', ready));
  child.kill('SIGTERM');
  expect(await ended).toMatchObject({ code: 9, stdout: Buffer.from('ready\ncaught\n') });
});

test('no value of --env stands in any argument list', async () => {
  const { child, ended } = start(
    `exec "$jcds" exec --stats --env SECRET=$(printf 'hunt%s' er2) debian:12 sh -c 'echo ready; read line; echo "$SECRET"'`,
  );
  await new Promise(ready => child.stdout?.once('data', ready));
  const lists = execFileSync('sh', ['-c', 'cat /proc/[0-9]*/cmdline 2>/dev/null | tr "\\000" " "; true'], {
    encoding: 'latin1',
  });
  child.stdin?.end('go\n');
  const ran = await ended;
  expect(ran.stdout.toString()).toBe('ready\nhunter2\n');
  // What the caller has typed stands in his own command line; nothing of jcds' adds to it.
  const own = lists.split(/(?= )/).filter(word => word.includes('hunter2'));
  expect(own.filter(word => word.trim() !== 'SECRET=hunter2')).toEqual([]);
});

test('what this host downloaded meanwhile is told', async () => {
  const root = join(work, 'cvmfs');
  makeOsgRepository(join(root, JINR), { 'library/small:1': { files: GOOD } });
  setAttributes(join(root, JINR), { rx: '1000' });
  const { child, ended } = start(
    `exec "$jcds" exec --stats --json library/small:1 sh -c 'echo ready; cat >/dev/null'`,
    root,
  );
  await new Promise(ready => child.stdout?.once('data', ready));
  setAttributes(join(root, JINR), { rx: '1500' });
  child.stdin?.end();
  const { stats } = JSON.parse((await ended).stderr);
  expect(stats).toMatchObject({ repository: JINR, hostDownloadedBytes: 500 * 1024 });
});

test('the memory is that of the largest process of the job', async () => {
  const program = join(work, 'hungry.sh');
  writeFileSync(program, 'x=$(head -c 60000000 /dev/zero | tr "\\000" a); sleep 2; exit 0\n');
  const ran = await start(
    `exec "$jcds" exec --stats --json -B ${program}:/hungry debian:12 sh -c 'sh /hungry; true'`,
  ).ended;
  const { stats } = JSON.parse(ran.stderr);
  expect(stats.largestProcessBytes).toBeGreaterThan(60_000_000);
});
