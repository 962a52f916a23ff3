import { abandon, startChild } from './abandonable-child.ts';

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
 * returns, so it is not waited for: it is left behind (abandonable-child.ts).
 */
export function runChild({ file, args, environment, timeout, limit }: ChildRun): Promise<ChildResult> {
  return new Promise(resolve => {
    const child = startChild({ file, args, environment });
    const pieces: Buffer[] = [];
    let length = 0;
    let settled = false;
    const finish = (result: ChildResult): void => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      abandon(child);
      resolve(result);
    };
    const output = (): string => Buffer.concat(pieces).toString('utf8');
    const timer = setTimeout(() => finish({ state: 'timeout' }), timeout);
    child.stdout?.on('data', (piece: Buffer) => {
      length += piece.length;
      if (length <= limit) pieces.push(piece);
      else finish({ state: 'ended', code: null, output: output() });
    });
    child.on('error', () => finish({ state: 'not-started' }));
    // 126 and 127 are the shell's, which becomes the program: startChild.
    child.on('close', code =>
      finish(
        code === 126 || code === 127 ? { state: 'not-started' } : { state: 'ended', code, output: output() },
      ),
    );
    // One that reads nothing may be gone already.
    child.stdin?.on('error', () => {});
    child.stdin?.end();
  });
}
