import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readFileSync, realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { people as everybody, type Person, type Surroundings } from '../contract/containers.ts';
import { nodeVariable } from '../standalone/install-program.ts';
import { type Circumstances, type Ended, Setting } from './setting.ts';

const PRIVATE = resolve(import.meta.dirname, '../hosts/private.sh');
const REPOSITORIES = `${process.env.JCDS_TEST_ROOT ?? '/srv/jcds-test'}/cvmfs`;

/** What a test changes about one run on the real host. */
export interface HostCircumstances extends Circumstances {
  /** A command that runs jcds: strace, a script that takes something away. Runs as root. */
  readonly through?: readonly string[];
  /** What the runtime needs around it. */
  readonly around?: Surroundings;
  /** Another CVMFS than the test images. */
  readonly cvmfs?: string;
}

/** jcds where the test images are at /cvmfs and the real runtimes are installed, for root and for an ordinary user. */
export class HostSetting {
  readonly setting = new Setting();
  readonly people = everybody();

  constructor() {
    for (const person of this.people) {
      for (const place of [this.home(person), this.work(person)]) {
        mkdirSync(place, { recursive: true });
        chownSync(place, person.uid, person.gid);
      }
    }
  }

  home({ name }: Person): string {
    return join(this.setting.folder, `home-${name}`);
  }

  work(person: Person): string {
    return join(this.home(person), 'work');
  }

  /** Runs a command as this person, in a home of their own. */
  run(person: Person, command: readonly string[], circumstances: HostCircumstances = {}): Ended {
    const { cwd = this.work(person), input = '', encoding = 'utf8' } = circumstances;
    const [program = '', ...args] = this.words(person, command, circumstances);
    const { status, signal, stdout, stderr, error } = spawnSync(program, args, {
      ...{ cwd, input, encoding, maxBuffer: 1 << 26 },
      stdio: [input === '' ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    if (error) throw error;
    return { code: status ?? signal, stdout, stderr };
  }

  /** All words of such a command, for root. */
  words(person: Person, command: readonly string[], circumstances: HostCircumstances = {}): string[] {
    const { through = [], around, cvmfs, env = {} } = circumstances;
    const own = {
      PATH: [around?.path, process.env.PATH].filter(Boolean).join(':'),
      HOME: this.home(person),
      USER: person.name,
      ...nodeVariable(),
      jcds: this.setting.program,
      ...Object.fromEntries(around?.environment ?? []),
      ...env,
    };
    const variables = Object.entries(own).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    );
    const assignments = variables.map(([name, value]) => `${name}=${value}`);
    return [
      PRIVATE,
      ...(cvmfs === undefined ? [] : ['--cvmfs', cvmfs]),
      '--',
      ...through,
      ...(around?.become ?? person.become),
      '/usr/bin/env',
      '-i',
      ...assignments,
      ...command,
    ];
  }

  jcds(person: Person, words: readonly string[], circumstances: HostCircumstances = {}): Ended {
    return this.run(person, [this.setting.program, ...words], circumstances);
  }

  remove(): void {
    this.setting.remove();
  }
}

/** A file of a test image, read on the host. */
export function inImage(name: string, file: string): string {
  return readFileSync(join(realImage(name), file), 'utf8');
}

/** The real directory of a test image, at its place on the host. */
export function realImage(name: string): string {
  const link = spawnSync('readlink', ['-n', join(REPOSITORIES, name)], { encoding: 'utf8' }).stdout;
  const place = link.startsWith('/cvmfs/')
    ? join(REPOSITORIES, link.slice('/cvmfs/'.length))
    : join(REPOSITORIES, name);
  if (!existsSync(place)) throw new Error(`no test image ${name}`);
  return realpathSync(place);
}

/** The same as jcds sees it. */
export function imageInCvmfs(name: string): string {
  return join('/cvmfs', realImage(name).slice(REPOSITORIES.length));
}
