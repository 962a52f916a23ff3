import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Context } from '../../src/context.ts';
import { main } from '../../src/main.ts';
import { notePrinted } from '../printed.ts';
import { ROOT } from './table.ts';

/** What a command line printed, with the home directory as `~`, and its code. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A home directory, programs of the test's own first on PATH, and jcds' own code called in this process. */
export class Account {
  readonly home = mkdtempSync(join(tmpdir(), 'jcds-account-'));
  readonly environment: Record<string, string> = { PATH: join(this.home, 'bin'), HOME: this.home };
  /** What `jcds completion refresh` is started as; by default a program that does nothing. */
  self: readonly string[] = ['/bin/true', join(ROOT, 'bin/jcds')];

  constructor() {
    mkdirSync(join(this.home, 'bin'));
  }

  get context(): Context & { readonly said: { stdout: string; stderr: string } } {
    const said = { stdout: '', stderr: '' };
    const stream = (name: 'stdout' | 'stderr') => ({
      isTerminal: false,
      columns: 80,
      write(text: string) {
        said[name] += text;
        return true;
      },
    });
    return {
      said,
      environment: this.environment,
      cwd: '/',
      uid: process.getuid!(),
      gid: process.getgid!(),
      home: this.home,
      userName: 'somebody',
      stdin: { isTerminal: false },
      stdout: stream('stdout'),
      stderr: stream('stderr'),
      now: Date.now,
      self: this.self,
      launcherPid: null,
    };
  }

  async jcds(...words: string[]): Promise<Ran> {
    const { context } = this;
    const outcome = await main(words, context);
    notePrinted(context.said.stdout, context.said.stderr);
    const plain = (text: string) => text.replaceAll(this.home, '~');
    return {
      code: outcome.kind === 'exit' ? outcome.code : Number.NaN,
      stdout: plain(context.said.stdout),
      stderr: plain(context.said.stderr),
    };
  }

  write(file: string, text: string): string {
    const path = join(this.home, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  }

  /** A shell of the test's own: `text` is a POSIX sh script. */
  program(name: string, text: string): void {
    chmodSync(this.write(join('bin', name), `#!/bin/sh\n${text}\n`), 0o755);
  }

  read(file: string): string | null {
    const path = join(this.home, file);
    return existsSync(path) ? readFileSync(path, 'utf8') : null;
  }

  remove(): void {
    rmSync(this.home, { recursive: true, force: true, maxRetries: 10 });
  }
}
