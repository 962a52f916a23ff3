import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const POOL = join(import.meta.dirname, 'pool.sh');
const ROOT = process.env.JCDS_TEST_ROOT ?? '/srv/jcds-test';
const CACHE = process.env.JCDS_TEST_CACHE ?? '/var/cache/jcds-test';

/** How a command in the pool ended. */
export interface Ended {
  readonly code: number | string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command in the pool that may still go on. */
export interface Running {
  readonly ended: Promise<Ended>;
  /** Resolves when standard error has said this, or the command has ended. */
  said(text: string): Promise<void>;
}

/**
 * The real pool of one suite (JCDS_TEST_SUITE, else sid), for one file of tests at a time: another one waits until it is
 * free. What is configured stands in TREE/opt/jcds/condor.conf, and is taken away at the end.
 */
export class Pool {
  readonly suite: string;
  /** The root of the suite, as the host sees it. */
  readonly tree: string;
  /** Where the pool reads further configuration, as the pool and as the host see it. */
  readonly configuration = '/opt/jcds/condor.conf';
  /** The ordinary user's, in the pool and on the host; jobs see it. */
  readonly folder: string;
  /** A program that runs jcds in the pool. */
  readonly node = join(CACHE, 'nodes/22');
  readonly #unlock: () => Promise<void>;

  private constructor(suite: string, folder: string, unlock: () => Promise<void>) {
    this.suite = suite;
    this.tree = join(ROOT, 'suites', suite);
    this.folder = folder;
    this.#unlock = unlock;
  }

  /** Starts the pool where it is not up. @param user uid and gid of the ordinary user */
  static async start(user: { uid: number; gid: number; home: string }): Promise<Pool> {
    const suite = process.env.JCDS_TEST_SUITE ?? 'sid';
    const unlock = await lock(join(ROOT, 'suites', `${suite}.lock`));
    const folder = mkdtempSync(join(user.home, 'jcds-pool-'));
    chmodSync(folder, 0o755);
    chownSync(folder, user.uid, user.gid);
    const pool = new Pool(suite, folder, unlock);
    const { code, stderr } = await started([POOL, suite, 'start']).ended;
    if (code !== 0) throw new Error(stderr);
    return pool;
  }

  /** The words by which a command runs in the pool, as root. */
  get through(): readonly string[] {
    return [POOL, this.suite, 'run'];
  }

  /** Starts a command as the ordinary user, in the folder. */
  start(words: readonly string[], environment: Readonly<Record<string, string>> = {}): Running {
    const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
    const inFolder = ['env', '-C', this.folder, ...variables, ...words];
    return started([...this.through, '--user', ...inFolder]);
  }

  run(words: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Ended> {
    return this.start(words, environment).ended;
  }

  /** Runs a command as root. */
  asRoot(words: readonly string[]): Promise<Ended> {
    return started([...this.through, ...words]).ended;
  }

  /** Asks until the answer on standard output is this; gives the last one where it never is. */
  async until(words: readonly string[], wanted: string, seconds = 40): Promise<string> {
    const end = performance.now() + seconds * 1000;
    for (;;) {
      const { stdout } = await this.run(words);
      if (stdout.trim() === wanted || performance.now() > end) return stdout.trim();
      await pause(200);
    }
  }

  /** The last lines of each daemon's log, and the processes that wait in the kernel: why a pool stands still. */
  standing(): string {
    const logs = join(this.tree, 'var/log/condor');
    const names = readdirSync(logs).filter(name =>
      /^(Master|Start|Sched|Negotiator|Proc|Shadow|Starter).*Log[^.]*$/.test(name),
    );
    const tails = names.map(name => {
      const lines = readFileSync(join(logs, name), 'utf8').trimEnd().split('\n');
      return `== ${name}\n${lines.slice(-15).join('\n')}`;
    });
    const { stdout } = spawnSync('ps', ['-eo', 'pid,ppid,stat,wchan:24,args'], { encoding: 'utf8' });
    const waiting = stdout
      .split('\n')
      .filter(line => /^\s*\d+\s+\d+\s+D/.test(line) || line.includes('condor_'));
    return [...tails, '== processes', ...waiting].join('\n');
  }

  /** Takes every job away, and what was configured, and stops the pool. */
  async close(): Promise<void> {
    rmSync(join(this.tree, this.configuration), { force: true });
    await this.asRoot(['condor_rm', '-all']);
    await started([POOL, this.suite, 'stop']).ended;
    rmSync(this.folder, { recursive: true, force: true });
    await this.#unlock();
  }
}

function started([file = '', ...args]: readonly string[]): Running {
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const text = { stdout: '', stderr: '' };
  const waiting: { text: string; resolve: () => void }[] = [];
  const tell = (all: boolean) => {
    for (const one of waiting) if (all || text.stderr.includes(one.text)) one.resolve();
  };
  child.stdout.on('data', data => (text.stdout += String(data)));
  child.stderr.on('data', data => {
    text.stderr += String(data);
    tell(false);
  });
  const ended = new Promise<Ended>(resolve =>
    child.on('close', (code, signal) => {
      tell(true);
      resolve({ code: code ?? signal, ...text });
    }),
  );
  const said = (wanted: string) =>
    new Promise<void>(resolve => {
      waiting.push({ text: wanted, resolve });
      tell(child.exitCode !== null);
    });
  return { ended, said };
}

/** Held by a process that ends with this one, whatever ends it. */
async function lock(file: string): Promise<() => Promise<void>> {
  mkdirSync(join(file, '..'), { recursive: true });
  const holder = spawn('flock', [file, 'sh', '-c', 'echo locked; cat'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(holder.stdout, 'data');
  return async () => {
    const ended = once(holder, 'close');
    holder.stdin.end();
    holder.stdout.resume();
    await ended;
  };
}
