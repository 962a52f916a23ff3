import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { BARE, commandLines, type Host, type Way } from './commands.ts';
import { type Observation, readObservation } from './observation.ts';
import { accountHome, type Situation } from './situation.ts';

/** No start takes that long: what does is a job that hangs. */
const TIME_LIMIT = 60_000;

/** A directory that is the same on every stage, which has its own /tmp. */
export const CACHE = process.env.JCDS_TEST_CACHE ?? '/var/cache/jcds-test';

/** Where situations are run: as root, on a Linux host with what test/hosts/install.sh puts there. */
export class Stage {
  readonly host: Host;
  readonly #work: string;
  readonly #images: string;
  readonly #user: { readonly name: string; readonly uid: string };
  readonly #etc = new Map<string, string>();
  #count = 0;

  constructor(host: Host) {
    this.host = host;
    const name = process.env.JCDS_TEST_USER ?? 'jcdstest';
    this.#user = { name, uid: said('id', ['-u', name]) };
    this.#images = said('bash', [join(host.project, 'test/situations/images.sh')]);
    this.#work = mkdtempSync(join(CACHE, 'judge-'));
    said('sh', [join(host.project, 'test/situations/host.sh'), this.#work, this.#user.uid]);
  }

  close(): void {
    rmSync(this.#work, { recursive: true, force: true });
  }

  /** What the job of this situation sees when it is started this way. */
  async observe(situation: Situation, way: Way): Promise<Observation> {
    const { stdout, stderr, code, left } = await this.run(
      situation,
      commandLines(situation, way, this.host),
      way,
    );
    return readObservation(stdout, left, stderr, code);
  }

  /**
   * Runs these lines of sh (latin1, as they may hold bytes) as the ordinary user, on a stage of its own.
   * @param root lines that root runs before, on the same stage
   */
  async run(situation: Situation, lines: string, way: Way = BARE, root = ''): Promise<Ended> {
    this.#count += 1;
    const commands = join(this.#work, 'commands', String(this.#count));
    writeFileSync(commands, Buffer.from(lines, 'latin1'));
    const script = join(this.host.project, 'test/situations/stage.sh');
    const child = spawn('unshare', ['--mount', '--propagation', 'private', 'sh', script, commands], {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
      env: {
        PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
        JUDGE_WORK: this.#work,
        JUDGE_ETC: this.#etcFor(situation),
        JUDGE_IMAGES: this.#images,
        JUDGE_PROJECT: this.host.project,
        JUDGE_UID: this.#user.uid,
        JUDGE_ROOT_LINES: root,
        JUDGE_CGROUP2: way.runtime === 'podman' ? '1' : '',
      },
    });
    const ended = await endOf(child);
    rmSync(commands, { force: true });
    return ended;
  }

  /** The name of an /etc for this account and zone, made when it is first wanted. */
  #etcFor(situation: Situation): string {
    const home = accountHome(situation);
    const key = JSON.stringify([home, situation.zone]);
    const known = this.#etc.get(key);
    if (known !== undefined) return known;
    const name = String(this.#etc.size);
    const folder = join(this.#work, 'etc', name);
    spawnSync('cp', ['-a', '/etc', folder]);
    const others = readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .filter(line => line !== '' && line.split(':')[2] !== this.#user.uid);
    const { name: user, uid } = this.#user;
    const own = home === null ? [] : [`${user}:x:${uid}:${uid}::${home}:/bin/bash`];
    writeFileSync(join(folder, 'passwd'), `${[...others, ...own].join('\n')}\n`);
    rmSync(join(folder, 'localtime'), { force: true });
    spawnSync('ln', ['-s', `/usr/share/zoneinfo/${situation.zone}`, join(folder, 'localtime')]);
    this.#etc.set(key, name);
    return name;
  }
}

/** What a program prints that must not fail. */
function said(file: string, words: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(file, words, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${words.join(' ')}: ${stderr}`);
  return stdout.trim();
}

/** What a run on the stage said, one character a byte. */
export interface Ended {
  readonly code: number | string;
  readonly stdout: string;
  readonly stderr: string;
  /** What is new on the host (">"), and what is gone ("<"), by kind and path. */
  readonly left: readonly string[];
}

async function endOf(child: ChildProcessByStdio<null, Readable, Readable>): Promise<Ended> {
  const said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream].setEncoding('latin1').on('data', (text: string) => {
      said[stream] += text;
    });
  const timer = setTimeout(() => process.kill(-child.pid!, 'SIGKILL'), TIME_LIMIT);
  const code = await new Promise<number | string>(resolve =>
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'unknown')),
  );
  clearTimeout(timer);
  const isLeft = (line: string) => line.startsWith('left\t');
  const lines = said.stdout.split('\n');
  const left = lines.filter(isLeft).map(line => line.slice('left\t'.length));
  return { code, stdout: lines.filter(line => !isLeft(line)).join('\n'), stderr: said.stderr, left };
}
