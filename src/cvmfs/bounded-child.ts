import { spawn } from 'node:child_process';

export interface ChildRun {
  readonly file: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Milliseconds until the child is killed and left behind. */
  readonly timeout: number;
  /** Most bytes of output taken. */
  readonly limit: number;
}

/** What a child printed, or why there is nothing to read. */
export type ChildResult =
  | { readonly state: 'ended'; readonly code: number | null; readonly output: string }
  | { readonly state: 'not-started' }
  | { readonly state: 'timeout' };

/**
 * Runs a child that may touch a hanging file system. A process in such a call does not even obey SIGKILL until the call
 * returns, so it is not waited for: it is killed, forgotten, and does not keep jcds alive.
 */
export function runChild({ file, args, environment, timeout, limit }: ChildRun): Promise<ChildResult> {
  return new Promise(resolve => {
    const child = spawn(file, args, { env: { ...environment }, stdio: ['ignore', 'pipe', 'ignore'] });
    const pieces: Buffer[] = [];
    let length = 0;
    const finish = (result: ChildResult): void => {
      clearTimeout(timer);
      child.stdout.destroy();
      child.unref();
      resolve(result);
    };
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      finish({ state: 'timeout' });
    }, timeout);
    child.stdout.on('data', (piece: Buffer) => {
      length += piece.length;
      if (length <= limit) pieces.push(piece);
      else child.kill('SIGKILL');
    });
    child.on('error', () => finish({ state: 'not-started' }));
    child.on('close', code =>
      finish({ state: 'ended', code, output: Buffer.concat(pieces).toString('utf8') }),
    );
  });
}
