import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A FUSE mount that can be made to hang or to die. Needs squashfs-tools, squashfuse and fuse3. */
export interface HangableMount {
  readonly directory: string;
  /** Whoever looks below the directory from now on waits. Looking from the test's own process blocks it. */
  stop(): Promise<void>;
  /** Undoes `stop`. */
  resume(): Promise<void>;
  /** Every look says ENOTCONN from now on. */
  kill(): Promise<void>;
  /** Unmounts, whatever the state. Also done when the test's process ends in any way, by SIGKILL too. */
  close(): Promise<void>;
}

/**
 * Mounts a copy of the directory `contents` on `directory` (made if need be).
 * @param through a command that starts another: for a mount in another mount namespace
 */
export async function mountHangable(
  directory: string,
  contents: string,
  through: readonly string[] = [],
): Promise<HangableMount> {
  const work = mkdtempSync(join(tmpdir(), 'jcds-hang-'));
  const squashfs = join(work, 'contents.squashfs');
  mkdirSync(directory, { recursive: true });
  const packed = spawnSync('mksquashfs', [contents, squashfs, '-noappend', '-no-progress', '-quiet']);
  if (packed.status !== 0) throw new Error(`mksquashfs failed: ${packed.error?.message ?? packed.stderr}`);
  // Its end of input is the end of this process, so the script cleans up even after a SIGKILL.
  const [file = '', ...args] = [...through, join(import.meta.dirname, 'hang.sh'), directory, squashfs];
  const script = spawn(file, args, {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  });
  const ended = new Promise<void>(resolve => script.on('close', () => resolve()));
  const lines = createInterface({ input: script.stdout })[Symbol.asyncIterator]();
  const expectLine = async (start: string) => {
    const { value } = await lines.next();
    if (!value?.startsWith(start)) throw new Error(`hang.sh said ${JSON.stringify(value)}, not ${start}`);
  };
  const order = async (word: string) => {
    script.stdin.write(`${word}\n`);
    await expectLine(`${word}: done`);
  };
  await expectLine('mounted ');
  // The file system holds it open, and a test that is killed leaves nothing behind.
  rmSync(work, { recursive: true });
  return {
    directory,
    stop: () => order('stop'),
    resume: () => order('continue'),
    kill: () => order('kill'),
    close: async () => {
      script.stdin.end();
      await ended;
    },
  };
}

/**
 * Mounts what takes every request and answers none: whoever looks waits beyond SIGKILL. As root.
 * @returns what ends it: those who wait get an error
 */
export async function mountHard(directory: string): Promise<() => Promise<void>> {
  mkdirSync(directory, { recursive: true });
  const server = spawn('python3', [join(import.meta.dirname, 'hang-hard.py'), directory], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(server, 'close');
  // The word may come in pieces.
  const { value } = await createInterface({ input: server.stdout })[Symbol.asyncIterator]().next();
  if (value !== 'mounted') {
    server.kill('SIGKILL'); // the kernel gives the mount up: nobody waits for it
    throw new Error(`hang-hard.py said ${JSON.stringify(value)}`);
  }
  return async () => {
    server.stdin.end();
    await ended;
  };
}
