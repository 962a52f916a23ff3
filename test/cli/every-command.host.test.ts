import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type HangableMount, mountHangable } from '../hosts/hang.ts';
import { singularityRecord, smallImage } from '../hosts/image-files.ts';
import { makeOsgRepository } from '../hosts/tree.ts';
import { BMN } from '../requests/setup.ts';
import { APPTAINER, Program, World } from './request-setting.ts';

// Every command on mounts that do not answer as they should. Each must end by itself: whoever still runs after LIMIT is
// killed, and has no code.
const R = 'containers.jinr.ru';
const SECONDS = '1';
const LIMIT = 15_000;

const work = mkdtempSync(join(tmpdir(), 'jcds-every-'));
const contents = join(work, 'contents', R);
let program: Program;
let world: World;
let target = '';
beforeAll(() => {
  program = new Program();
  const real = makeOsgRepository(contents, {
    'nica/docker-images/bmn:24.12': { files: smallImage(singularityRecord({ from: BMN })) },
  });
  target = real['nica/docker-images/bmn:24.12']!.slice(contents.length + 1);
});
beforeEach(async () => {
  world = await World.make(program);
  world.install('apptainer', APPTAINER);
  world.configure({
    services: { [R]: { servers: [], wishlist: { host: world.forge.origin, path: 'docker_images.txt' } } },
  });
});
afterEach(() => world.remove());
afterAll(() => {
  program.remove();
  rmSync(work, { recursive: true, force: true });
});

interface Ended {
  /** null: it had to be killed. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs jcds at a CVMFS root, perhaps below another program. */
function jcdsAt(root: string, words: readonly string[], below: readonly string[] = []): Promise<Ended> {
  const [file = '', ...args] = [...below, world.program, ...words];
  const env = world.environment({ JCDS_CVMFS_ROOT: root, JCDS_CVMFS_TIMEOUT: SECONDS });
  const child = spawn(file, args, {
    cwd: world.home,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const text = { stdout: '', stderr: '' };
  child.stdout.on('data', data => (text.stdout += String(data)));
  child.stderr.on('data', data => (text.stderr += String(data)));
  const timer = setTimeout(() => process.kill(-child.pid!, 'SIGKILL'), LIMIT);
  return new Promise(resolve => {
    child.on('close', code => {
      clearTimeout(timer);
      resolve({ code, ...text });
    });
  });
}

/** What each command is to answer where nothing can be seen: its code, and what it says on which stream. */
const COMMANDS: readonly (readonly [words: string[], code: number])[] = [
  [['resolve', BMN], 75],
  [['resolve', '--json', BMN], 75],
  [['exec', BMN, 'true'], 75],
  [['run', '--dry-run', BMN], 75],
  [['wrap', BMN, 'true'], 75],
  [['list'], 75],
  [['list', 'nica/'], 75],
  [['status', BMN], 75],
  [['status', '--json', '--check-registry', BMN], 75],
  [['wait', '--timeout', '1s', BMN], 75],
  [['doctor', '--runtime', 'apptainer'], 1],
  [['cache'], 0],
  [['cache', '--json'], 0],
  [['cache', BMN], 75],
  [['completion', 'refresh'], 75],
  // Asking goes by the forge, and says that nothing can be seen here.
  [['request', '--yes', BMN], 0],
  [['request', '--yes', '--wait', '--timeout', '1s', BMN], 75],
  [['requests'], 0],
  [['auth', 'status'], 0],
  [['config', 'list'], 0],
];

/** All of them at once would only measure the machine. */
async function everyCommand(root: string, reason: RegExp): Promise<void> {
  for (const [words, code] of COMMANDS) {
    const ended = await jcdsAt(root, words);
    expect([words, ended.code, ended.stderr]).toEqual([words, code, expect.not.stringMatching(/ {4}at /)]);
    // None of them says that the image is missing.
    expect(`${ended.stdout}${ended.stderr}`).not.toMatch(/not published|"missing"/);
    if (code === 75 || words[0] === 'doctor')
      expect([words, `${ended.stdout}${ended.stderr}`]).toEqual([words, expect.stringMatching(reason)]);
  }
}

describe('a mount', () => {
  let mount: HangableMount;
  let root = '';
  beforeEach(async () => {
    root = mkdtempSync(join(work, 'root-'));
    mount = await mountHangable(join(root, R), contents);
  });
  afterEach(() => mount.close());

  test('that is frozen', async () => {
    await mount.stop();
    await everyCommand(root, /within 1 s|in time/);
    await mount.resume();
  }, 180_000);

  test('whose client has died', async () => {
    await mount.kill();
    await everyCommand(root, /has died/);
  }, 180_000);
});

test('a repository that is not mounted, and a root that is not there', async () => {
  const root = mkdtempSync(join(work, 'root-'));
  mkdirSync(join(root, R));
  await everyCommand(root, /nothing is mounted on it/);
  await everyCommand(join(root, 'none'), /there is no /);
}, 180_000);

test('an image whose own catalog is not loaded and cannot be: EIO for whatever is opened in it', async () => {
  const root = join(work, 'contents');
  const image = join(root, R, target);
  const inside = ['', '.singularity.d', '.singularity.d/Singularity', '.singularity.d/labels.json', 'bin'];
  const strace = [
    ...['strace', '-f', '-qq', '-o', '/dev/null', '-e', 'inject=openat,open:error=EIO'],
    ...inside.flatMap(path => ['-P', join(image, path)]),
  ];
  for (const words of [
    ['resolve', BMN],
    ['status', BMN],
    ['exec', BMN, 'true'],
  ]) {
    const ended = await jcdsAt(root, words, strace);
    expect([words, ended.code]).toEqual([words, 75]);
    expect(`${ended.stdout}${ended.stderr}`).toContain(`${image} could not be read (EIO)`);
    expect(`${ended.stdout}${ended.stderr}`).not.toMatch(/not published|missing/);
  }
  // What is asked of the client and not of the image is answered.
  const size = await jcdsAt(root, ['cache', BMN], strace);
  expect([size.code, size.stderr, size.stdout]).toEqual([0, '', expect.stringContaining('not known')]);
  // The names stand in another catalog.
  expect(await jcdsAt(root, ['list'], strace)).toEqual({
    code: 0,
    stdout: `${BMN.slice('git.jinr.ru:5005/'.length)}\n`,
    stderr: '',
  });
}, 60_000);
