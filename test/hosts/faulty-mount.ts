import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A FUSE mount that serves some paths badly, or only so many requests. */
export interface FaultyMount {
  /** The process that serves it. */
  readonly server: number | undefined;
  /** Whoever opens this file for reading, or lists this directory, gets EIO. A path below the mount, without a slash before. */
  fail(path: string): Promise<void>;
  /** Whoever does that waits. */
  hang(path: string): Promise<void>;
  /** So many requests more are answered; the others wait. */
  last(requests: number): Promise<void>;
  /** Undoes all that; who waits is answered. */
  well(): Promise<void>;
  /** How many requests there were since the last word. */
  count(): Promise<number>;
  /** Unmounts. Also done when the test's process ends in any way. */
  close(): Promise<void>;
}

/** Mounts the directory `contents` on `directory` (made if need be). As root. */
export async function mountFaulty(directory: string, contents: string): Promise<FaultyMount> {
  mkdirSync(directory, { recursive: true });
  const program = join(import.meta.dirname, 'faulty-mount.py');
  // In a group of its own: its end of input is the end of this process.
  const server = spawn('python3', [program, contents, directory], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  });
  const ended = new Promise<void>(resolve => server.on('close', () => resolve()));
  const lines = createInterface({ input: server.stdout })[Symbol.asyncIterator]();
  const say = async (line: string): Promise<string> => {
    server.stdin.write(`${line}\n`);
    return heard();
  };
  const heard = async (): Promise<string> => {
    const { value, done } = await lines.next();
    if (done) throw new Error('faulty-mount.py has ended');
    return value;
  };
  await heard();
  return {
    server: server.pid,
    fail: async path => void (await say(`fail ${path}`)),
    hang: async path => void (await say(`hang ${path}`)),
    last: async requests => void (await say(`last ${requests}`)),
    well: async () => void (await say('well')),
    count: async () => Number(await say('count')),
    close: async () => {
      server.stdin.end();
      await ended;
    },
  };
}
