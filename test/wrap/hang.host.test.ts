import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type HangableMount, mountHangable } from '../hosts/hang.ts';
import { singularityRecord, smallImage } from '../hosts/image-files.ts';
import { openFilesOf, processesOf } from '../processes.ts';
import { SHELLS, Stage } from './stage.ts';

// A real FUSE mount whose process is stopped or killed. Waits are for events; a hang fails by the test's own limit.

const stage = new Stage();
afterAll(() => stage.remove());
const NAME = 'library/debian:12';
const elsewhere = new Stage();
afterAll(() => elsewhere.remove());
elsewhere.publish({
  [NAME]: { files: { ...smallImage(), ...singularityRecord({ from: 'debian:12', env: { PATH: '/bin' } }) } },
});
const contents = join(elsewhere.cvmfs, 'containers.jinr.ru');
const directory = join(stage.cvmfs, 'containers.jinr.ru');
let mount: HangableMount;
let script: string;
beforeEach(async () => {
  mount = await mountHangable(directory, contents);
  script ??= stage.wrap([NAME, 'sh']);
});
afterEach(async () => {
  await mount.close();
});

function call(shell: string, timeout: string): ChildProcess {
  const [file = '', ...args] = stage.by(shell, script);
  const env = stage.environment({ JCDS_CVMFS_TIMEOUT: timeout });
  return spawn(file, args, {
    env,
    cwd: stage.work,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'ignore', 'ignore', 'ignore', 'ignore', 'ignore', 'pipe'],
  });
}

/** What a script has started and is still there: children that run its own text. */
function left(child: ChildProcess): number[] {
  return processesOf(script).filter(pid => pid !== child.pid);
}

async function text(stream: Readable | null): Promise<string> {
  let said = '';
  for await (const piece of stream!) said += piece;
  return said;
}

const HUNG = (
  seconds: string,
) => `jcds: the CVMFS repository containers.jinr.ru cannot be seen: ${directory} gave no answer within ${seconds} s
hint: try again later; jcds status ${NAME} says more, and so does cvmfs_config probe containers.jinr.ru
`;

describe.each(SHELLS)('%s', shell => {
  test('a mount that hangs delays neither the end of the script nor that of whoever reads its pipes', async () => {
    await mount.stop();
    const child = call(shell, '0.5');
    const said = text(child.stderr);
    const pipes = [child.stdout!, child.stdio[3]!, (child.stdio as unknown as Readable[])[9]!];
    for (const pipe of pipes) (pipe as Readable).resume();
    await Promise.all([once(child, 'exit'), ...pipes.map(pipe => once(pipe, 'close'))]);
    expect([child.exitCode, await said]).toEqual([75, HUNG('0.5')]);
    await mount.resume();
    while (left(child).length > 0) await pause(10);
  });

  test('what looks has no descriptor below 10 of the caller, and nothing of it is left when it is killed', async () => {
    await mount.stop();
    const child = call(shell, '1');
    const ended = once(child, 'close');
    const callers = [1, 2, 3, 9].map(fd => readlinkSync(`/proc/${child.pid}/fd/${fd}`));
    expect(new Set(callers).size).toBe(4);
    // They close them as the first that they do.
    const isOpen = (pid: number) => openFilesOf(pid).some(name => callers.includes(name));
    while (left(child).length < 3 || left(child).some(isOpen)) await pause(5);
    await ended;
    expect(child.exitCode).toBe(75);
    while (left(child).length > 0) await pause(10);
    await mount.resume();
  });

  test('SIGTERM meanwhile ends it at once', async () => {
    await mount.stop();
    const child = call(shell, '2');
    while (left(child).length === 0) await pause(5);
    child.kill('SIGTERM');
    await once(child, 'exit');
    expect(child.signalCode).toBe('SIGTERM');
    await mount.resume();
    while (left(child).length > 0) await pause(10);
  });

  test('a slow mount is waited for, and then the runtime starts', async () => {
    await mount.stop();
    const child = call(shell, '20');
    const said = text(child.stdout);
    while (left(child).length === 0) await pause(5);
    await mount.resume();
    await once(child, 'close');
    expect([child.exitCode, await said]).toEqual([7, 'ran\n']);
  });

  test('a client that died is unreachable, not an image that is missing', async () => {
    await mount.kill();
    const byHand = stage.run([stage.jcds, 'exec', NAME, 'sh']);
    expect(byHand.status).toBe(75);
    expect(byHand.stderr).toContain('ENOTCONN');
    const { stderr, ...ran } = stage.run(stage.by(shell, script));
    expect(ran).toEqual({ status: 75, stdout: '', started: null });
    expect(stderr).toMatch(
      /^jcds: the CVMFS repository .* cannot be seen: .*Transport endpoint is not connected\n/,
    );
  });
});

test('an image below a part of the repository that cannot be read is unreachable, not missing', async () => {
  const parted = new Stage();
  const repository = join(parted.cvmfs, 'containers.jinr.ru');
  parted.publish({ [NAME]: { files: smallImage() } });
  const own = parted.wrap([NAME, 'sh']);
  const images = await mountHangable(join(repository, '.images'), join(repository, '.images'));
  try {
    await images.kill();
    const byHand = parted.run([parted.jcds, 'exec', NAME, 'sh']);
    expect(byHand.status).toBe(75);
    for (const [shell] of SHELLS) {
      const { stderr, ...ran } = parted.run(parted.by(shell, own));
      expect(ran).toEqual({ status: 75, stdout: '', started: null });
      expect(stderr).toMatch(
        /^jcds: the CVMFS repository .* cannot be seen: .*\.images.* is not connected\n/,
      );
    }
  } finally {
    await images.close();
    parted.remove();
  }
});

test.each(['etc', '.singularity.d/env'])(
  '%s of the image hangs, or cannot be read: neither a start without it nor one that waits',
  async part => {
    const parted = new Stage();
    const files = { ...smallImage(), ...singularityRecord({ from: 'debian:12', env: {} }) };
    const image = parted.publish({ [NAME]: { files } })[NAME]!;
    const own = parted.wrap(['--runtime', 'bubblewrap', NAME, 'sh']);
    const mounted = await mountHangable(join(image, part), join(image, part));
    const caller = parted.environment({ JCDS_CVMFS_TIMEOUT: '0.3' });
    const ends = (said: string) => {
      for (const [shell] of SHELLS) {
        const { stderr, ...ran } = parted.run(parted.by(shell, own), caller);
        expect({ ...ran, said: stderr.includes(said) ? said : stderr }, shell).toEqual({
          ...{ status: 75, stdout: '', started: null },
          said,
        });
      }
    };
    try {
      expect(parted.run([own], parted.environment()).status).toBe(7);
      await mounted.stop();
      ends('gave no answer within 0.3 s');
      await mounted.resume();
      await mounted.kill();
      ends('is not connected');
    } finally {
      await mounted.close();
      parted.remove();
    }
  },
);
