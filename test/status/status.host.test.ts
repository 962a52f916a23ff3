import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type HangableMount, mountHangable } from '../hosts/hang.ts';
import { makeOsgRepository } from '../hosts/tree.ts';
import { installProgram, nodeVariable } from '../standalone/install-program.ts';
import { GOOD, JINR, setAttributes, stratum } from './setting.ts';

const REPOSITORIES = `${process.env.JCDS_TEST_ROOT ?? '/srv/jcds-test'}/cvmfs`;
const USER = process.env.JCDS_TEST_USER ?? 'jcdstest';
const work = mkdtempSync(join(tmpdir(), 'jcds-status-'));
const program = join(work, 'bin/jcds');

beforeAll(() => {
  installProgram(work);
  chmodSync(work, 0o755);
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The built program as a person starts it, until it has ended and closed its output; what hangs is killed and told by -1. */
function jcds(args: readonly string[], { user = false, network = false } = {}): Promise<Ended> {
  const words = [program, ...args];
  const [file = '', ...rest] = user ? ['runuser', '-u', USER, '--', ...words] : words;
  const environment = {
    PATH: '/usr/sbin:/usr/bin:/bin',
    HOME: work,
    JCDS_NETWORK: String(network),
    ...nodeVariable(),
  };
  return new Promise(resolve_ => {
    execFile(file, rest, { env: environment, timeout: 10_000 }, (error, stdout, stderr) =>
      resolve_({
        code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1,
        stdout,
        stderr,
      }),
    );
  });
}

test('the real images: what is wrong with each', async () => {
  const names = ['debian:12', 'small:1', 'bare:1', 'noshell:1', 'arm64:1', 'plain:12'];
  const { code, stdout } = await jcds(['status', '--cvmfs-root', REPOSITORIES, ...names]);
  expect(code).toBe(0);
  expect(
    stdout
      .split('\n')
      .slice(1, 7)
      .map(line => line.split(/ {2,}/)),
  ).toEqual([
    ['library/debian:12', 'published'],
    ['library/small:1', 'published'],
    ['library/bare:1', 'published', 'broken-image'],
    ['library/noshell:1', 'published', 'broken-image'],
    ['library/arm64:1', 'published', 'broken-image'],
    ['library/plain:12', 'published', 'broken-image'],
  ]);
});

test('what an ordinary user may not read is broken for him', async () => {
  const root = join(work, 'closed');
  const real = makeOsgRepository(join(root, JINR), { 'library/closed:1': { files: GOOD } });
  chmodSync(join(real['library/closed:1']!, 'usr/bin'), 0o700);
  chmodSync(join(real['library/closed:1']!, 'root'), 0o700);
  const options = ['status', '-v', '--cvmfs-root', root, 'library/closed:1'];
  expect((await jcds(options)).stdout).not.toContain('broken-image');
  const { code, stdout } = await jcds(options, { user: true });
  expect(code).toBe(0);
  expect(stdout).toContain('\n    evidence: no permission to read /usr/bin\n');
});

test('an image that is closed to this user is broken, and root is not told so', async () => {
  const args = ['status', '--cvmfs-root', REPOSITORIES, '--json', 'broken/unreadable:1'];
  const [root, user] = [await jcds(args), await jcds(args, { user: true })];
  const codes = (text: string) =>
    JSON.parse(text)[0].findings.map(({ message }: { message: string }) => message);
  expect(codes(root.stdout).join()).not.toContain('but you may not look into');
  expect([user.code, codes(user.stdout)[0]]).toEqual([
    0,
    expect.stringContaining('but you may not look into'),
  ]);
});

test('an image of CERN’s layout and an image file are judged, too', async () => {
  const repositories = ['--repository', 'unpacked.cern.ch', '--repository', 'singularity.galaxyproject.org'];
  const { stdout } = await jcds([
    'status',
    '--cvmfs-root',
    REPOSITORIES,
    ...repositories,
    '--json',
    'quay.io/biocontainers/small:1.0--h1a2b3c4_0',
  ]);
  expect(JSON.parse(stdout)).toMatchObject([
    { state: 'published', repository: 'singularity.galaxyproject.org', findings: [] },
  ]);
});

/** A mount that says of itself what a client's does. */
async function mounted(name: string): Promise<{ root: string; mount: HangableMount }> {
  const contents = join(work, `${name}-contents`, JINR);
  makeOsgRepository(contents, { 'library/debian:12': { files: GOOD } });
  setAttributes(contents, { revision: '811', expires: '2' });
  const root = join(work, name);
  return { root, mount: await mountHangable(join(root, JINR), contents) };
}

test('a real mount tells its revision, and its death and its hanging are told in time', async () => {
  const { root, mount } = await mounted('hanging');
  const server = await stratum(812);
  const ask = (...more: string[]) =>
    jcds(
      ['status', '--cvmfs-root', root, '--server', server.template, '--json', ...more, 'debian:12', 'none:1'],
      {
        network: true,
      },
    );
  try {
    const alive = await ask();
    expect([alive.code, JSON.parse(alive.stdout)]).toMatchObject([
      75,
      [
        { state: 'published', revision: { client: 811, server: 812 } },
        { state: 'missing', findings: [{ code: 'stale-client' }] },
      ],
    ]);
    await mount.stop();
    const hung = await ask('--cvmfs-timeout', '1');
    expect([hung.code, JSON.parse(hung.stdout)]).toMatchObject([
      75,
      [
        { state: 'unreachable', reason: { code: 'HUNG' }, revision: { client: null, server: 812 } },
        { state: 'unreachable' },
      ],
    ]);
    await mount.resume();
    await mount.kill();
    const dead = await ask();
    expect([dead.code, JSON.parse(dead.stdout)]).toMatchObject([
      75,
      [{ state: 'unreachable', reason: { code: 'DISCONNECTED' } }, { state: 'unreachable' }],
    ]);
  } finally {
    await mount.close();
  }
});

test('the caches on a host whose client lives, hangs, and dies', async () => {
  const { root, mount } = await mounted('cached');
  const ask = async (...more: string[]) => {
    const ran = await jcds(['cache', '--json', '--cvmfs-root', root, ...more]);
    const { repositories } = JSON.parse(ran.stdout);
    return { code: ran.code, ...repositories[0] };
  };
  try {
    const [size] = execFileSync('stat', ['-f', '-c', '%S %b', mount.directory], { encoding: 'utf8' })
      .split(' ')
      .reduce<number[]>((product, word) => [(product[0] ?? 1) * Number(word)], []);
    expect(await ask()).toMatchObject({ code: 0, client: true, quota: size, used: size, unknown: null });
    await mount.stop();
    expect(await ask('--cvmfs-timeout', '1')).toMatchObject({
      code: 0,
      quota: null,
      unknown: `${mount.directory} gave no answer within 1 s`,
    });
    const image = await jcds(['cache', '--cvmfs-root', root, '--cvmfs-timeout', '1', 'debian:12']);
    expect([image.code, image.stdout]).toEqual([75, '']);
    const waiting = await jcds(['wait', '--cvmfs-root', root, '--timeout', '1s', 'debian:12']);
    expect([waiting.code, waiting.stdout]).toEqual([75, '']);
    await mount.resume();
    await mount.kill();
    expect(await ask()).toMatchObject({
      code: 0,
      client: false,
      unknown: `the CVMFS client that served ${mount.directory} has died`,
    });
    expect((await jcds(['cache', '--cvmfs-root', root, 'debian:12'])).code).toBe(75);
  } finally {
    await mount.close();
  }
});
