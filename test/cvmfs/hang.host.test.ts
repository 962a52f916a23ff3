import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { carefulLook } from '../../src/cvmfs/careful-look.ts';
import { findPublication } from '../../src/cvmfs/find-publication.ts';
import { listPublications } from '../../src/cvmfs/list-publications.ts';
import { readImage } from '../../src/cvmfs/look-at-image.ts';
import { type HangableMount, mountHangable } from '../hosts/hang.ts';
import { smallImage } from '../hosts/image-files.ts';
import { makeOsgRepository } from '../hosts/tree.ts';
import { openFilesOf, processes, sessionOf } from '../processes.ts';
import { temporaryDirectory } from '../rootfs/tree-on-disk.ts';
import { bundled, lookContext, named, row, search } from './look-setting.ts';

/** Real FUSE mounts whose process is stopped or killed. Every wait below is for an event; a hang fails by the test's own limit. */
const R = 'containers.jinr.ru';
const root = realpathSync(temporaryDirectory());
const context = lookContext();
let contents: string;
let program: string;
let mount: HangableMount;
let isAlive: boolean;

beforeAll(() => {
  contents = join(temporaryDirectory(), R);
  makeOsgRepository(contents, { 'library/debian:12': { files: smallImage({}) } });
  // What a caller of jcds sees: a program that asks and ends.
  program = bundled(`
    import { LOOK_WORD } from './cvmfs/ask-look.ts';
    import { runLookProgram } from './cvmfs/look-program.ts';
    import { carefulLook } from '../../src/cvmfs/careful-look.ts';
import { findPublication } from './cvmfs/find-publication.ts';
    import { parseReference } from './image/reference.ts';
    const [word, root, name, timeout, ...repositories] = process.argv.slice(2);
    if (word === LOOK_WORD) runLookProgram();
    else findPublication(
      { kind: 'reference', reference: parseReference(name!), platform: null },
      { root: root!, repositories: repositories.map(name => ({ name, layout: 'detect', allowedLinkTargets: [] })), timeout: Number(timeout) },
      { self: [process.execPath, process.argv[1]!], environment: process.env },
    ).then(publication => process.stdout.write(JSON.stringify(publication)));
  `);
});
beforeEach(async () => {
  isAlive = true;
  mount = await mountHangable(join(root, R), contents);
});
afterEach(async () => {
  if (isAlive) await mount.resume();
  await mount.close();
});
afterAll(() => allGone());

/** Processes of a look at this root that are still there. */
function left(): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter(pid => Number.isInteger(pid) && isLook(pid));
}

function isLook(pid: number): boolean {
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    return words.includes('--jcds-look') || (words.includes('jcds-look\0') && words.includes(root));
  } catch {
    return false;
  }
}

async function allGone(): Promise<void> {
  while (left().length > 0) await pause(10);
}

/** The caller's pipe, and two more of its descriptors; Node itself closes those up to 15 on exec, not bash's 63. */
function call(name: string, timeout: string, ...repositories: string[]): ChildProcess {
  return spawn(process.execPath, [program, 'find', root, name, timeout, ...repositories], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe', ...Array.from({ length: 59 }, () => 'ignore' as const), 'pipe'],
  });
}

test('a mount that hangs delays neither the answer, nor the end of jcds, nor that of whoever reads its pipes', async () => {
  await mount.stop();
  const child = call('debian:12', '1.5', R);
  let text = '';
  child.stdout!.on('data', piece => (text += piece));
  // Each pipe ends only when nobody holds it any more: `close` is what $(…) waits for.
  await Promise.all([
    once(child, 'close'),
    once((child.stdio as unknown as Readable[])[3]!, 'close'),
    once((child.stdio as unknown as Readable[])[63]!, 'close'),
  ]);
  expect(JSON.parse(text)).toEqual({
    state: 'unreachable',
    repository: R,
    reason: {
      code: 'HUNG',
      detail: `${root}/${R} gave no answer within 1.5 s`,
      hint: 'its client or the network hangs: try again later, wait longer with --cvmfs-timeout, or ask the administrator of this host',
    },
  });
  expect(child.exitCode).toBe(0);
  await mount.resume();
  await allGone();
});

test('what is left behind has a session of its own and no descriptor of the caller', async () => {
  await mount.stop();
  const child = call('debian:12', '3', R);
  const isApart = (pid: number) => sessionOf(pid) !== sessionOf(process.pid);
  while (left().length < 2 || !left().every(isApart)) await pause(5);
  const looking = left();
  for (const pid of looking) {
    expect(readlinkSync(`/proc/${pid}/cwd`)).toBe('/');
    const strange = openFilesOf(pid).filter(
      target => !/^(\/dev\/null|(pipe|socket):\[|anon_inode:|.*\/program\.cjs$)/.test(target),
    );
    expect(strange).toEqual([]);
    const callers = [1, 2, 3, 63].map(fd => readlinkSync(`/proc/${child.pid}/fd/${fd}`));
    expect(openFilesOf(pid).filter(target => callers.includes(target))).toEqual([]);
  }
  await once(child, 'close');
  await mount.resume();
  await allGone();
});

describe.each(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL'] as const)('%s to jcds while it plans', signal => {
  test.each([
    ['the first look, by a shell', 'jcds-look'],
    ['the careful one, by a program', '--jcds-look'],
  ])('takes the look along: %s', async (_name, word) => {
    await mount.stop();
    const child = call('debian:12', '60', R);
    while (![...processes().values()].some(words => words.includes(word))) await pause(5);
    child.kill(signal);
    expect(await once(child, 'exit')).toEqual([null, signal]);
    await allGone();
  });
});

test('the first repository answers, the second hangs: it is the second that is named, and nothing is called missing', async () => {
  const other = 'other.cern.ch';
  makeOsgRepository(join(root, other), { 'a/b:1': { content: 'hsqs' } });
  await mount.stop();
  expect(await findPublication(named('nosuch:1'), search(root, [other, R], 1.5), context)).toMatchObject({
    state: 'unreachable',
    repository: R,
    reason: { code: 'HUNG', detail: `${root}/${R} gave no answer within 1.5 s` },
  });
  // What the first one has is found all the same.
  expect(await findPublication(named('a/b:1'), search(root, [other, R], 20), context)).toMatchObject({
    state: 'published',
  });
});

test('a mount that is only slow is waited for', async () => {
  await mount.stop();
  const answer = findPublication(named('debian:12'), search(root, [R], 20), context);
  while (left().length === 0) await pause(5);
  await mount.resume();
  expect(await answer).toMatchObject({ state: 'published', entryPath: 'library/debian:12' });
});

test('an image on a mount that hangs is not read, and nothing is remembered of it', async () => {
  const publication = await findPublication(named('debian:12'), search(root, [R]), context);
  if (publication.state !== 'published') throw new Error(publication.state);
  await mount.stop();
  const fresh = lookContext();
  expect(await readImage(publication, [], 1, fresh)).toMatchObject({
    state: 'unreachable',
    reason: { code: 'HUNG' },
  });
  expect(existsSync(join(fresh.home, '.cache'))).toBe(false);
  await mount.resume();
  expect(await readImage(publication, [], 20, fresh)).toMatchObject({
    facts: { directory: publication.target },
  });
});

test('a mount that dies between listing and looking makes no name missing', async () => {
  const look = carefulLook(root, [row(R)], () => {});
  expect(look.find(named('nosuch:1')).state).toBe('missing');
  isAlive = false;
  await mount.kill();
  expect(look.find(named('nosuch:1'))).toMatchObject({
    state: 'unreachable',
    reason: { code: 'DISCONNECTED' },
  });
});

test('a listing that makes no progress ends, and says that it hung', async () => {
  await mount.stop();
  expect(await listPublications({ root, row: row(R), timeout: 1 }, () => true, context)).toMatchObject({
    state: 'unreachable',
    repository: R,
    reason: { code: 'HUNG' },
  });
});

test('a mount whose client has died says so, for a look, an image and a listing', async () => {
  const publication = await findPublication(named('debian:12'), search(root, [R]), context);
  if (publication.state !== 'published') throw new Error(publication.state);
  isAlive = false;
  await mount.kill();
  const died = {
    state: 'unreachable',
    repository: R,
    reason: {
      code: 'DISCONNECTED',
      detail: `the CVMFS client that served ${root}/${R} has died (ENOTCONN)`,
      hint: `as root: umount -l ${root}/${R}, then mount it anew: mount -t cvmfs ${R} ${root}/${R} (an automounter does that by itself); or ask the administrator of this host`,
    },
  };
  expect(await findPublication(named('debian:12'), search(root, [R]), context)).toEqual(died);
  expect(await findPublication(named('nosuch:1'), search(root, [R]), context)).toEqual(died);
  expect(await listPublications({ root, row: row(R), timeout: 20 }, () => true, context)).toEqual(died);
  expect(await readImage(publication, [], 20, lookContext())).toMatchObject({
    state: 'unreachable',
    reason: { code: 'DISCONNECTED' },
  });
});
