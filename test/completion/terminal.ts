import { type IPty, spawn } from '@lydell/node-pty';
import { notePrinted } from '../printed.ts';

/** How long a shell may take for what is asked of it, in milliseconds. */
const PATIENCE = 20_000;
const CONTROL =
  /\u001b\[[0-9;?]*[ -/]*[@-~]|\u001b[()][A-B0-2]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b[=>]/g;

/** A shell as a person has it: interactive, on a real pseudo-terminal. */
export class Terminal {
  readonly #pty: IPty;
  readonly #waiting = new Set<() => void>();
  #output = '';
  #seen = 0;

  constructor(shell: string, home: string, environment: Readonly<Record<string, string>>) {
    this.#pty = spawn(shell, ['-i'], {
      name: 'xterm',
      cols: 120,
      rows: 40,
      cwd: home,
      env: { HOME: home, SHELL: shell, TERM: 'xterm', LANG: 'C.UTF-8', ...environment },
    });
    this.#pty.onData(piece => {
      this.#output += piece;
      for (const look of this.#waiting) look();
    });
  }

  /** All that was printed so far, as it came. */
  get output(): string {
    return this.#output;
  }

  type(keys: string): void {
    this.#pty.write(keys);
  }

  /** Waits until what was printed since the last call matches, without colours and movements of the cursor. */
  see(wanted: RegExp): Promise<string> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(look);
        reject(new Error(`${wanted} was not printed in time; this was: ${JSON.stringify(this.#unseen())}`));
      }, PATIENCE);
      const look = (): void => {
        const match = wanted.exec(this.#unseen());
        if (match === null) return;
        clearTimeout(timer);
        this.#waiting.delete(look);
        this.#seen = this.#output.length;
        resolve(match[0]);
      };
      this.#waiting.add(look);
      look();
    });
  }

  #unseen(): string {
    return this.#output.slice(this.#seen).replace(CONTROL, '').replaceAll('\r', '');
  }

  close(): void {
    notePrinted(this.#output);
    this.#pty.kill('SIGKILL');
  }
}
