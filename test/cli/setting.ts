import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { singularityRecord, smallImage } from '../hosts/image-files.ts';
import { makeOsgRepository, type PublishedImages } from '../hosts/tree.ts';
import { installProgram, nodeVariable } from '../standalone/install-program.ts';
import { removeFolder } from './remove-folder.ts';

/** The repository that jcds searches when nobody says otherwise. */
export const JINR = 'containers.jinr.ru';

/** How a run of jcds ended; every byte of its output is one character where the test asks for `latin1`. */
export interface Ended {
  /** The exit code, or the name of the signal it died of. */
  readonly code: number | string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a test changes about one run. */
export interface Circumstances {
  /** Beside the few variables of the setting; undefined takes one away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  readonly input?: string;
  readonly encoding?: 'utf8' | 'latin1';
}

/**
 * jcds as it is installed (the real bin/jcds, dist/ built anew), and all it needs in one temporary directory: a home, a
 * working directory, a CVMFS root, and programs that stand first on PATH.
 */
export class Setting {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'jcds-cli-')));
  readonly program = join(this.folder, 'jcds/bin/jcds');
  readonly home = join(this.folder, 'home');
  readonly work = join(this.folder, 'home/work');
  readonly cvmfs = join(this.folder, 'cvmfs');
  readonly programs = join(this.folder, 'programs');

  constructor() {
    for (const name of ['home/work', 'cvmfs', 'programs'])
      mkdirSync(join(this.folder, name), { recursive: true });
    // An ordinary user must be able to use what root's tests have made.
    chmodSync(this.folder, 0o755);
    installProgram(join(this.folder, 'jcds'));
  }

  /** Publishes images in OSG's layout; answers their real directories by name. */
  publish(images: PublishedImages, repository = JINR): Record<string, string> {
    return makeOsgRepository(join(this.cvmfs, repository), images);
  }

  /** Puts a shell script first on PATH. */
  install(name: string, script: string): string {
    const file = join(this.programs, name);
    writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return file;
  }

  environment(changes: Circumstances['env'] = {}): Record<string, string> {
    const all = {
      PATH: `${this.programs}:/usr/bin:/bin`,
      HOME: this.home,
      ...nodeVariable(),
      JCDS_CVMFS_ROOT: this.cvmfs,
      // Where nothing is mounted, servers would be asked.
      JCDS_NETWORK: 'false',
      ...changes,
    };
    return Object.fromEntries(
      Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined),
    );
  }

  /** Runs jcds with these words. */
  jcds(words: readonly string[], circumstances: Circumstances = {}): Ended {
    return this.run([this.program, ...words], circumstances);
  }

  /** Has the user read and trust the .jcds.json of a directory. */
  trust(directory: string, circumstances: Circumstances = {}): void {
    const { code, stderr } = this.jcds(['config', 'trust', '--yes', directory], circumstances);
    if (code !== 0) throw new Error(stderr);
  }

  /** Runs lines of shell, one character a byte, in which $jcds is the program: for what Node cannot pass on. */
  sh(script: string, circumstances: Circumstances = {}): Ended {
    const file = join(this.folder, 'script');
    writeFileSync(file, Buffer.from(script, 'latin1'));
    return this.run(['/bin/sh', file], {
      ...circumstances,
      env: { jcds: this.program, ...circumstances.env },
    });
  }

  run([file = '', ...args]: readonly string[], circumstances: Circumstances = {}): Ended {
    const { cwd = this.work, input = '', encoding = 'utf8' } = circumstances;
    const env = this.environment(circumstances.env);
    const { status, signal, stdout, stderr, error } = spawnSync(file, args, {
      cwd,
      input,
      env,
      encoding,
      maxBuffer: 1 << 26,
    });
    if (error) throw error;
    return { code: status ?? signal, stdout, stderr };
  }

  remove(): void {
    removeFolder(this.folder);
  }
}

/** A small image as `apptainer build` leaves it, made from this name. */
export function builtFrom(from: string, extra: Parameters<typeof smallImage>[0] = {}) {
  return { files: smallImage({ ...singularityRecord({ from }), ...extra }) };
}

/**
 * An Apptainer that starts nothing: it answers the probe as the real one does, and otherwise says what it was given,
 * one argument a line.
 */
export const APPTAINER = `
case "$*" in
--version) echo 'apptainer version 1.4.5'; exit ;;
*/jcds-probe) echo 'FATAL:   stat /jcds-probe: no such file or directory' >&2; exit 255 ;;
esac
printf '<%s>\\n' "$@"`;

/** What jcds says of a failure. */
export function failure(message: string, hint: string): string {
  return `jcds: ${message}\nhint: ${hint}\n`;
}
