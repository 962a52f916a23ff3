import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { RuntimeName } from '../../src/runtimes/index.ts';
import { HostSetting, realImage } from '../cli/host-setting.ts';
import type { Ended } from '../cli/setting.ts';
import { type Surroundings, surroundingsOf, usableBy } from '../contract/containers.ts';
import { Terminal } from '../contract/terminal.ts';

/** How one job is started. */
export interface Job {
  /** Options of jcds, before the image. */
  readonly options?: readonly string[];
  /** The name of a variant; the image as it is. */
  readonly image?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** Lines of shell that root runs before, in a mount namespace of its own. */
  readonly before?: string;
  /** Whose job it is: the command that becomes this person. */
  readonly become?: readonly string[];
}

/**
 * Real jobs of an ordinary user whose home, data and repository lie in a directory that no container shows by itself
 * (below /srv, not below /tmp), and the same by apptainer typed by hand.
 */
export class ShownStage {
  readonly away = mkdtempSync('/srv/jcds-shown-');
  readonly host = new HostSetting();
  readonly user = this.host.people.find(({ uid }) => uid !== 0)!;
  readonly home = this.directory('home');
  readonly cache = this.directory('cache');
  readonly #surroundings = new Map<RuntimeName, Surroundings>();

  constructor() {
    chmodSync(this.away, 0o755);
    this.variant('plain', () => undefined);
  }

  /** Every runtime that this user has, with what it needs around it. One program is tried by one of its names. */
  async prepare(): Promise<readonly RuntimeName[]> {
    const names = usableBy(this.user).filter(name => name !== 'singularity');
    for (const name of names) this.#surroundings.set(name, await surroundingsOf(name, this.user));
    return names;
  }

  async remove(): Promise<void> {
    for (const { close } of this.#surroundings.values()) await close?.();
    this.host.remove();
    rmSync(this.away, { recursive: true, force: true });
  }

  path(name: string): string {
    return join(this.away, name);
  }

  /** A directory of the user's, with these files. */
  directory(name: string, files: Readonly<Record<string, string>> = {}): string {
    const path = this.path(name);
    mkdirSync(path, { recursive: true });
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(path, file)), { recursive: true });
      writeFileSync(join(path, file), text);
    }
    this.own(path);
    return path;
  }

  link(name: string, target: string): string {
    const path = this.path(name);
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(target, path);
    return path;
  }

  /** Makes the user the owner of a directory and of all that is in it. */
  own(path: string): void {
    const { uid, gid } = this.host.people.find(person => person.uid !== 0)!;
    chownSync(path, uid, gid);
    spawnSync('chown', ['-hR', `${uid}:${gid}`, path]);
  }

  /** Publishes a small image, or another test image, with what this changes in its directory. */
  variant(name: string, change: (directory: string) => void, from = 'library/small:1'): void {
    const directory = this.#directory(name);
    mkdirSync(dirname(directory), { recursive: true });
    spawnSync('cp', ['-a', realImage(`containers.jinr.ru/${from}`), directory]);
    change(directory);
    const place = directory.slice(this.away.length);
    this.link(`cvmfs/containers.jinr.ru/library/${name}:1`, place);
  }

  /** Runs these lines by the image's sh in a job of this runtime. */
  sh(runtime: RuntimeName, script: string, job: Job = {}): Ended {
    return this.exec(runtime, ['sh', '-c', script], job);
  }

  exec(
    runtime: RuntimeName,
    words: readonly string[],
    { options = [], image = 'plain', ...job }: Job = {},
  ): Ended {
    const start = ['exec', '-q', '--runtime', runtime, ...options, `library/${image}:1`, ...words];
    return this.#run([this.host.setting.program, ...start], job, this.#surroundings.get(runtime));
  }

  /** The same by apptainer, typed by hand. */
  bare(script: string, { options = [], image = 'plain', ...job }: Job = {}): Ended {
    const words = ['apptainer', '-s', 'exec', ...options, this.#directory(image), 'sh', '-c', script];
    return this.#run(words, job);
  }

  #directory(image: string): string {
    const hash = createHash('sha256').update(image).digest('hex');
    return this.path(`cvmfs/containers.jinr.ru/.images/${hash.slice(0, 2)}/${hash.slice(2)}`);
  }

  /** `jcds shell` of this runtime, on a terminal of its own. */
  shell(runtime: RuntimeName, { options = [], image = 'plain', ...job }: Job = {}): Terminal {
    const start = [this.host.setting.program, 'shell', '--runtime', runtime, ...options];
    const circumstances = this.#circumstances(job, this.#surroundings.get(runtime));
    const words = this.host.words(this.user, [...start, `library/${image}:1`], circumstances);
    return new Terminal(words, circumstances.cwd, { PATH: process.env.PATH ?? '' });
  }

  #run(words: readonly string[], job: Job, around?: Surroundings): Ended {
    return this.host.run(this.user, words, this.#circumstances(job, around));
  }

  #circumstances({ env = {}, cwd = this.home, before, become }: Job, around?: Surroundings) {
    const own = become === undefined ? around : { environment: [], ...around, become };
    return {
      // The repository stands at its own place, where a daemon sees it as well.
      env: {
        HOME: this.home,
        PWD: cwd,
        JCDS_CVMFS_ROOT: this.path('cvmfs'),
        XDG_CACHE_HOME: this.cache,
        ...env,
      },
      cwd,
      through: ['/usr/bin/prlimit', '--nproc=20000', ...(before === undefined ? [] : inPrivate(before))],
      ...(own === undefined ? {} : { around: own }),
    };
  }
}

function inPrivate(lines: string): string[] {
  return ['unshare', '--mount', '--propagation', 'private', 'sh', '-ec', `${lines}\nexec "$@"`, 'sh'];
}
