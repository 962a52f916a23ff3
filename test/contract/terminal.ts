import { type IPty, spawn } from '@lydell/node-pty';

/** How long anything on a terminal may take, in milliseconds. */
const PATIENCE = 20_000;

/** One command on a real pseudo-terminal. */
export class Terminal {
  readonly #pty: IPty;
  readonly #waiting = new Set<() => void>();
  #output = '';
  #seen = 0;
  /** How it ended. */
  readonly end: Promise<{ readonly exitCode: number; readonly signal?: number | undefined }>;

  constructor([program = '', ...args]: readonly string[], cwd: string, environment: Record<string, string>) {
    this.#pty = spawn(program, args, { name: 'xterm', cols: 77, rows: 33, cwd, env: environment });
    this.#pty.onData(piece => {
      this.#output += piece;
      for (const look of this.#waiting) look();
    });
    this.end = new Promise(resolve => this.#pty.onExit(resolve));
  }

  type(keys: string): void {
    this.#pty.write(keys);
  }

  resize(columns: number, rows: number): void {
    this.#pty.resize(columns, rows);
  }

  /** Waits until what was printed since the last call matches. */
  see(wanted: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(look);
        const unseen = JSON.stringify(this.#output.slice(this.#seen));
        reject(new Error(`${wanted} was not printed in time; this was: ${unseen}`));
      }, PATIENCE);
      const look = (): void => {
        const match = wanted.exec(this.#output.slice(this.#seen));
        if (match === null) return;
        clearTimeout(timer);
        this.#waiting.delete(look);
        this.#seen += match.index + match[0].length;
        resolve(match);
      };
      this.#waiting.add(look);
      look();
    });
  }

  close(): void {
    this.#pty.kill('SIGHUP');
  }
}
