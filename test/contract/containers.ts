import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  closeSync,
  mkdtempSync,
  openSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isJcdsError } from '../../src/errors.ts';
import { readCaller } from '../../src/job/caller.ts';
import type { Entries } from '../../src/launch/launcher-environment.ts';
import { renderPlan } from '../../src/launch/plan.ts';
import { latin1, quoteWord } from '../../src/launch/quote.ts';
import { inspectImage } from '../../src/rootfs/inspect.ts';
import { isUtf8 } from '../../src/runtimes/apptainer-environment.ts';
import { RUNTIME_NAMES, RUNTIMES, type RuntimeName } from '../../src/runtimes/index.ts';
import { probeContext } from '../../src/runtimes/probe-context.ts';
import type { RootNeeds, RunRequest, Runtime, RuntimeHost } from '../../src/runtimes/runtime.ts';
import { listingsNeeded } from '../../src/runtimes/skeleton.ts';
import { type Daemon, startContainerd, startDocker } from '../hosts/daemons.ts';
import { aRequest } from '../runtimes/requests.ts';
import { removePodmanState } from './podman-state.ts';

/** Somebody who runs jobs: the ordinary user of the host tests, or root. */
export interface Person {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  /** The command that becomes this person. */
  readonly become: readonly string[];
}

/** A runtime as one person has it on this host. */
export interface Container {
  readonly name: RuntimeName;
  readonly runtime: Runtime;
  readonly person: Person;
  readonly host: RuntimeHost;
  readonly surroundings: Surroundings;
}

/** What a runtime finds around it: how one becomes the person there, and variables that the person has besides. */
export interface Surroundings {
  readonly become: readonly string[];
  readonly environment: Entries;
  /** Where the probe looks for programs first. */
  readonly path?: string;
  close?(): Promise<void>;
}

/** The descriptors that these tests leave to the runtimes: they use 3 and 7 themselves. */
const FREE_DESCRIPTORS = [9, 6, 5, 4];

const repositories = `${process.env.JCDS_TEST_ROOT ?? '/srv/jcds-test'}/cvmfs/containers.jinr.ru`;
const user = process.env.JCDS_TEST_USER ?? 'jcdstest';

/** The real directory of a test image, whatever its link says about /cvmfs. */
export function imageAt(name: string): string {
  const link = spawnSync('readlink', [join(repositories, name)], { encoding: 'utf8' }).stdout.trim();
  return realpathSync(link.replace('/cvmfs/containers.jinr.ru', repositories));
}

/** Everybody whom this test can become. */
export function people(): Person[] {
  const [, , uid, gid, , home] = spawnSync('getent', ['passwd', user], { encoding: 'utf8' })
    .stdout.trim()
    .split(':');
  return [
    {
      name: user,
      uid: Number(uid),
      gid: Number(gid),
      home: home!,
      become: ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--init-groups', '--inh-caps=-all', '--'],
    },
    { name: 'root', uid: 0, gid: 0, home: '/root', become: [] },
  ];
}

/** These rows of the table for every person. A runtime that does not work is a failure, with its reason. */
export async function containers(...names: readonly RuntimeName[]): Promise<Container[]> {
  const all = people().flatMap(person =>
    usableBy(person)
      .filter(name => names.length === 0 || names.includes(name))
      .map(name => ({ person, runtime: RUNTIMES[name] })),
  );
  return Promise.all(all.map(({ person, runtime }) => container(person, runtime)));
}

/** The runtimes that are for this person. */
export function usableBy({ uid }: Person): RuntimeName[] {
  return RUNTIME_NAMES.filter(name => uid === 0 || (RUNTIMES[name] as Runtime).rootOnly !== true);
}

async function container(person: Person, runtime: Runtime): Promise<Container> {
  const name = runtime.name as RuntimeName;
  const surroundings = await surroundingsOf(name, person);
  const variables = {
    PATH: surroundings.path ?? process.env.PATH,
    HOME: person.home,
    ...Object.fromEntries(surroundings.environment),
  };
  const own = probeContext(variables, person.uid);
  const verdict = await runtime.probe({
    ...own,
    run: (file, args, timeout) => {
      const [first = '', ...rest] = [...surroundings.become, file, ...args];
      return own.run(own.which(first) ?? first, rest, timeout);
    },
  });
  if (!verdict.works) throw new Error(`${name} for ${person.name}: ${verdict.reason} (${verdict.cure})`);
  return { name, runtime, person, host: verdict.host, surroundings };
}

/** What this runtime needs around it on this host; to be closed afterwards. */
export async function surroundingsOf(name: RuntimeName, person: Person): Promise<Surroundings> {
  return (await SURROUNDINGS[name]?.(person)) ?? { become: person.become, environment: [] };
}

const SURROUNDINGS: Partial<Record<RuntimeName, (person: Person) => Surroundings | Promise<Surroundings>>> = {
  /** crun wants cgroups of one kind; and podman's state and its lasting process belong to these tests alone. */
  podman: person => {
    const base = mkdtempSync(join(tmpdir(), 'jcds-podman-'));
    chownSync(base, person.uid, person.gid);
    return {
      become: [join(import.meta.dirname, '../hosts/private.sh'), '--user', person.name, '--cgroup2', '--'],
      environment: [
        ['XDG_RUNTIME_DIR', base],
        ['XDG_DATA_HOME', `${base}/data`],
      ],
      close: async () => removePodmanState(base, base),
    };
  },
  docker: async ({ become }) => {
    dockerDaemon ??= startDocker(user);
    const { socket, close } = await dockerDaemon;
    const environment = [['DOCKER_HOST', `unix://${socket}`]] as const;
    const stop = async () => {
      dockerDaemon = undefined;
      await close();
    };
    return { become, environment, path: DEBIANS_OWN, close: stop };
  },
  containerd: async ({ become }) => {
    const { socket, close } = await startContainerd();
    return { become, environment: [['CONTAINERD_ADDRESS', socket]], close };
  },
};

let dockerDaemon: Promise<Daemon> | undefined;
/** Where this machine may have clients of its own, Debian's come first. */
const DEBIANS_OWN = '/usr/bin:/usr/sbin:/bin:/sbin';

/** What a test changes about a start. */
export interface Start {
  readonly image?: string;
  readonly words?: readonly string[];
  /** The user's own arguments: text that keeps every byte (launch/bytes.ts). */
  readonly args?: readonly string[];
  readonly environment?: Entries;
  readonly request?: Partial<RunRequest>;
  /** Lines of shell that the launcher runs first: limits, descriptors, traps. */
  readonly before?: string;
  readonly stdin?: Buffer | 'closed' | { readonly file: string };
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A working directory that every person may write to, and what is started in it. */
export class Workplace {
  readonly directory = mkdtempSync(join(tmpdir(), 'jcds-contract-'));
  readonly #started: ChildProcess[] = [];

  constructor() {
    chmodSync(this.directory, 0o777);
  }

  remove(): void {
    // What a failed test left running: a signal also ends the job behind an engine.
    for (const child of this.#started)
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** The request of this start, with the image's facts as they are. */
  request(container: Container, start: Start): RunRequest {
    const { person, runtime } = container;
    const path = start.image ?? imageAt('library/small:1');
    const base = aRequest({
      words: start.words ?? [],
      environment: { policy: 'keep', host: start.environment ?? this.environment(container), set: [] },
      cwd: this.directory,
      home: { path: person.home, source: person.home },
      user: { uid: person.uid, gid: person.gid, name: person.name, groups: [person.gid] },
      umask: process.umask(),
      limits: readCaller(null).limits,
      hasInput: typeof start.stdin === 'object',
      ...((start.args ?? []).every(isUtf8) ? {} : { rawArguments: start.args ?? [] }),
      ...start.request,
    });
    if (start.request?.image !== undefined) return base;
    const request = {
      ...base,
      image: { path, kind: 'directory', facts: inspectImage(path, ['/', '/etc']) },
    } as const;
    return runtime.root === undefined ? request : withListings(request, runtime.root);
  }

  environment({ person: { name, home }, surroundings }: Container): Entries {
    return [
      ['PATH', process.env.PATH ?? '/usr/bin:/bin'],
      ['HOME', home],
      ['USER', name],
      ['PWD', this.directory],
      ...surroundings.environment,
    ];
  }

  /** Starts a job as jcds' launcher does: one sh that becomes the runtime. */
  spawn(container: Container, start: Start): ChildProcess {
    const request = this.request(container, start);
    const invocation = container.runtime.invocation(request, container.host);
    const host = request.environment.host;
    const plan = renderPlan(
      { shift: 0, ...invocation },
      { given: host, passed: host.filter(([name]) => /^\w+$/.test(name)) },
      FREE_DESCRIPTORS,
    );
    // The caller's environment is set by the script itself: Node cannot hand on bytes that are not UTF-8.
    const exports = host
      .filter(([name]) => /^\w+$/.test(name))
      .map(([name, value]) => `export ${name}=${quoteWord(value)}`);
    const words = (start.args ?? []).map(quoteWord).join(' ');
    const script = [...exports, start.before ?? '', `set -- ${words}`, plan.toString('latin1')].join('\n');
    const file = join(this.directory, `start-${Math.random().toString(36).slice(2)}`);
    writeFileSync(file, Buffer.from(script, 'latin1'));
    const input =
      typeof start.stdin === 'object' && 'file' in start.stdin ? openSync(start.stdin.file, 'r') : null;
    const closing = start.stdin === 'closed' ? ['sh', '-c', 'exec "$@" <&-', 'sh'] : [];
    const [program = '', ...args] = [...container.surroundings.become, ...closing, 'sh', file];
    const child = spawn(program, args, {
      cwd: this.directory,
      env: Object.fromEntries(host.filter(([name]) => !/^\w+$/.test(name))),
      stdio: [input ?? (start.stdin === undefined ? 'ignore' : 'pipe'), 'pipe', 'pipe'],
    });
    this.#started.push(child);
    if (input !== null) closeSync(input);
    if (Buffer.isBuffer(start.stdin)) child.stdin?.end(start.stdin);
    return child;
  }

  /** Also what jcds refuses ends like this. */
  async run(container: Container, start: Start): Promise<Ended> {
    try {
      return await ended(this.spawn(container, start));
    } catch (thrown) {
      if (!isJcdsError(thrown)) throw thrown;
      return { code: thrown.exitCode, signal: null, stdout: '', stderr: thrown.message };
    }
  }

  /** Runs these lines by the image's sh. */
  async sh(container: Container, script: string, start: Start = {}): Promise<Ended> {
    return this.run(container, { ...start, words: ['/bin/sh', '-c', script, 'sh'] });
  }
}

/** Everything that a process says, one character a byte, and how it ends. */
export async function ended(child: ChildProcess): Promise<Ended> {
  const said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream]?.setEncoding('latin1').on('data', (text: string) => {
      said[stream] += text;
    });
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>(resolve =>
    child.once('close', (code, signal) => resolve([code, signal])),
  );
  return { code, signal, ...said };
}

/** Resolves once the process has written this text. */
export async function says(child: ChildProcess, text: string): Promise<void> {
  let said = '';
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on('data', (chunk: Buffer | string) => {
      said += chunk.toString();
      if (said.includes(text)) resolve();
    });
    child.once('close', () => reject(new Error(`ended before it said ${text}: ${said}`)));
  });
}

/** Text of bytes as these tests compare it. */
export function bytesOf(text: string): string {
  return latin1(text);
}

/** As src/job/complete-listings.ts does it, without a child that looks. */
function withListings(request: RunRequest, needs: RootNeeds): RunRequest {
  const needed = listingsNeeded(request, needs);
  if (needed.length === 0) return request;
  const listings = [...Object.keys(request.image.facts?.directories ?? {}), ...needed];
  const facts = inspectImage(request.image.path, listings);
  return withListings({ ...request, image: { ...request.image, facts } }, needs);
}
