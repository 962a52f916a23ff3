import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { makeOsgRepository, type PublishedImages } from '../hosts/tree.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/**
 * Shells that a script may meet as /bin/sh: dash and bash, which every Debian has, and busybox where it is installed.
 * bash is called `sh`, as on Red Hat's systems.
 */
export const SHELLS = [
  ['dash', '/bin/dash'],
  ['bash', '/bin/bash'],
  ['busybox', '/bin/busybox'],
].filter(([, file]) => existsSync(file!)) as [name: string, file: string][];

/** What a runtime was started with, one character a byte. */
export interface Started {
  readonly args: readonly string[];
  readonly environment: ReadonlyMap<string, string>;
  /** Descriptors that were open, but for the one that lists them. */
  readonly descriptors: readonly string[];
  /** What could be read from descriptors that are named in the words, by their numbers. */
  readonly inputs: ReadonlyMap<string, string>;
}

/** How a program ended that may have started a runtime. */
export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** null: nothing was started. */
  readonly started: Started | null;
}

/**
 * The program as it is installed, a CVMFS root, and programs that stand in for runtimes: they write down what they are
 * started with.
 */
export class Stage {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'jcds-wrap-')));
  readonly jcds = join(this.folder, 'bin/jcds');
  readonly cvmfs = join(this.folder, 'cvmfs');
  readonly home = join(this.folder, 'home');
  readonly work = join(this.folder, 'home/work');
  readonly programs = join(this.folder, 'programs');
  readonly #dump = join(this.folder, 'dump');

  constructor() {
    for (const name of ['bin', 'cvmfs', 'home/work', 'programs'])
      mkdirSync(join(this.folder, name), { recursive: true });
    for (const [name, file] of SHELLS) {
      mkdirSync(join(this.folder, name));
      symlinkSync(file, join(this.folder, name, 'sh'));
    }
    copyFileSync(join(ROOT, 'bin/jcds'), this.jcds);
    const built = spawnSync(process.execPath, [join(ROOT, '.ci/build.mjs'), join(this.folder, 'dist')], {
      encoding: 'utf8',
    });
    if (built.status !== 0) throw new Error(built.stderr);
    for (const [name, version] of [
      ['apptainer', 'apptainer version 1.4.5'],
      ['singularity', 'singularity-ce version 4.2.0'],
      ['bwrap', 'bubblewrap 0.8.0'],
    ])
      writeFileSync(join(this.programs, name!), standIn(version!, this.#dump), { mode: 0o755 });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Publishes images in containers.jinr.ru. Answers their real directories. */
  publish(images: PublishedImages): Record<string, string> {
    return makeOsgRepository(join(this.cvmfs, 'containers.jinr.ru'), images);
  }

  /** What every program here is started with, and nothing else of this process. */
  environment(more: Readonly<Record<string, string>> = {}): Record<string, string> {
    return {
      PATH: `${this.programs}:/usr/bin:/bin`,
      HOME: this.home,
      PWD: this.work,
      JCDS_CVMFS_ROOT: this.cvmfs,
      XDG_CACHE_HOME: join(this.folder, 'cache'),
      ...more,
    };
  }

  run(
    words: readonly string[],
    environment: Record<string, string> = this.environment(),
    cwd = this.work,
  ): Ran {
    rmSync(`${this.#dump}.args`, { force: true });
    const [file = '', ...args] = words;
    return {
      ...said(
        spawnSync(file, args, {
          cwd,
          env: environment,
          stdio: ['ignore', 'pipe', 'pipe'],
          timeout: 20_000,
          killSignal: 'SIGKILL',
        }),
      ),
      started: this.#started(),
    };
  }

  /** Writes a script and answers its file. */
  wrap(
    words: readonly string[],
    environment: Record<string, string> = this.environment(),
    name = 'script',
  ): string {
    const file = join(this.folder, name);
    const { status, stderr } = this.run([this.jcds, 'wrap', '--force', '-o', file, ...words], environment);
    if (status !== 0) throw new Error(`jcds wrap ${words.join(' ')} ended with ${status}: ${stderr}`);
    return file;
  }

  /** The words that run a script by this shell. */
  by(shell: string, file: string): string[] {
    return shell === 'busybox'
      ? [join(this.folder, shell, 'sh'), file]
      : [join(this.folder, shell, 'sh'), file];
  }

  #started(): Started | null {
    if (!existsSync(`${this.#dump}.args`)) return null;
    const parts = (name: string) => readFileSync(`${this.#dump}.${name}`, 'latin1').split('\0').slice(0, -1);
    const pairs = (name: string) =>
      new Map(
        parts(name).map(
          entry => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)] as const,
        ),
      );
    return {
      args: parts('args').slice(2),
      environment: pairs('environment'),
      inputs: pairs('inputs'),
      descriptors: readFileSync(`${this.#dump}.descriptors`, 'utf8').trim().split('\n'),
    };
  }
}

function said({ status, stdout, stderr }: SpawnSyncReturns<Buffer>): Omit<Ran, 'started'> {
  return { status, stdout: stdout.toString('latin1'), stderr: stderr.toString('latin1') };
}

/** Answers the probe as Apptainer does; else the kernel says what it was started with. It dies of nothing. */
function standIn(version: string, dump: string): string {
  return `#!/bin/sh
option=''
case " $* " in
  *' --version '*) echo '${version}'; exit ;;
  *' -c : ') exit 0 ;; # what is tried before a start
  *' /jcds-probe '*) echo 'FATAL: stat /jcds-probe: no such file or directory' >&2; exit 255 ;;
esac
/bin/cat /proc/$$/environ >'${dump}.environment'
ls /proc/$$/fd >'${dump}.descriptors'
for word in "$@"; do
  case $option in
    --args | --bind-data) eval "printf '%s=%s\\0' $word "$(/bin/tr '\\0' '\\1' <&$word && echo .)"" ;;
  esac
  option=$word
done >'${dump}.inputs'
/bin/cat /proc/$$/cmdline >'${dump}.args'
echo ran
exit 7
`;
}
