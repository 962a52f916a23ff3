import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endProcessesWith } from '../processes.ts';
import { ROOT } from './table.ts';
import { Terminal } from './terminal.ts';

/** jcds as it is installed: built, with its launcher and its completion scripts. */
export function buildPackage(folder: string): string {
  const built = spawnSync(process.execPath, [join(ROOT, '.ci/build.mjs'), join(folder, 'dist')], {
    encoding: 'utf8',
  });
  if (built.status !== 0) throw new Error(built.stderr);
  for (const name of ['bin', 'completions'])
    cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  return join(folder, 'bin/jcds');
}

/** Somebody who has just got an account. */
export class NewUser {
  readonly home = mkdtempSync(join(tmpdir(), 'jcds-user-'));
  readonly index = join(this.home, '.cache/jcds/completion');
  readonly #environment: Readonly<Record<string, string>>;

  /** `jcds` of this user starts `program` for `completion`, and else prints its words, `<run|x|>`; all calls are noted. */
  constructor(program: string, environment: Readonly<Record<string, string>> = {}) {
    cpSync('/etc/skel', this.home, { recursive: true });
    mkdirSync(join(this.home, 'bin'));
    // Else the first fish reads all manual pages in the background, for longer than the test takes.
    mkdirSync(join(this.home, '.local/share/fish/generated_completions'), { recursive: true });
    const jcds = join(this.home, 'bin/jcds');
    writeFileSync(
      jcds,
      `#!/bin/sh
printf '%s\\n' "$*" >>'${this.home}/calls'
case $1 in completion) exec '${program}' "$@" ;; esac
printf '<'; printf '%s|' "$@"; printf '>\\n'
`,
    );
    chmodSync(jcds, 0o755);
    this.#environment = { PATH: `${this.home}/bin:${process.env.PATH}`, ...environment };
  }

  open(shell: string): Terminal {
    return new Terminal(shell, this.home, this.#environment);
  }

  /** The command lines with which jcds was started. */
  calls(): string[] {
    const file = join(this.home, 'calls');
    return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
  }

  read(file: string): string | null {
    const path = join(this.home, file);
    return existsSync(path) ? readFileSync(path, 'utf8') : null;
  }

  /** Waits for the names of a repository, which are listed in the background. Call it before what starts the listing. */
  async names(repository: string): Promise<void> {
    mkdirSync(this.index, { recursive: true, mode: 0o700 });
    const watcher = watch(this.index);
    try {
      await new Promise<void>(resolve => {
        watcher.on('change', (_, name) => {
          if (name === `${repository}.names`) resolve();
        });
      });
    } finally {
      watcher.close();
    }
  }

  remove(): void {
    // The names may just be listed in the background, by a program that was given this home.
    endProcessesWith(`HOME=${this.home}`);
    rmSync(this.home, { recursive: true, force: true, maxRetries: 10 });
  }
}
