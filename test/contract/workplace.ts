import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isJcdsError } from '../../src/errors.ts';
import { readCaller } from '../../src/job/caller.ts';
import type { Entries } from '../../src/launch/launcher-environment.ts';
import { renderPlan } from '../../src/launch/plan.ts';
import { latin1, quoteWord } from '../../src/launch/quote.ts';
import { inspectImage } from '../../src/rootfs/inspect.ts';
import { isUtf8 } from '../../src/runtimes/apptainer-environment.ts';
import type { RootNeeds, RunRequest } from '../../src/runtimes/runtime.ts';
import { listingsNeeded } from '../../src/runtimes/skeleton.ts';
import { aRequest, type RequestChanges } from '../runtimes/requests.ts';
import { type Container, imageAt } from './containers.ts';

/** The descriptors that these tests leave to the runtimes: they use 3 and 7 themselves. */
const FREE_DESCRIPTORS = [9, 6, 5, 4];

/** What a test changes about a start. */
export interface Start {
  readonly image?: string;
  readonly words?: readonly string[];
  /** The user's own arguments: text that keeps every byte (launch/bytes.ts). */
  readonly args?: readonly string[];
  readonly environment?: Entries;
  readonly request?: RequestChanges;
  /** Lines of shell that the launcher runs first: limits, descriptors, traps. */
  readonly before?: string;
  /** `open`: a pipe that the test writes to and ends. */
  readonly stdin?: Buffer | 'open' | 'closed' | { readonly file: string };
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
      hasInput: start.stdin !== undefined && start.stdin !== 'closed',
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

  /** The command that starts a job as jcds' launcher does: one sh that becomes the runtime. */
  command(container: Container, start: Start): string[] {
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
      .filter(([name]) => isPlainName(name))
      .map(([name, value]) => `export ${name}=${quoteWord(value)}`);
    const words = (start.args ?? []).map(quoteWord).join(' ');
    const script = [...exports, start.before ?? '', `set -- ${words}`, plan.toString('latin1')].join('\n');
    const file = join(this.directory, `start-${Math.random().toString(36).slice(2)}`);
    writeFileSync(file, Buffer.from(script, 'latin1'));
    const closing = start.stdin === 'closed' ? ['sh', '-c', 'exec "$@" <&-', 'sh'] : [];
    return [...container.surroundings.become, ...closing, 'sh', file];
  }

  spawn(container: Container, start: Start): ChildProcess {
    const [program = '', ...args] = this.command(container, start);
    const host = this.request(container, start).environment.host;
    const input =
      typeof start.stdin === 'object' && 'file' in start.stdin ? openSync(start.stdin.file, 'r') : null;
    const child = spawn(program, args, {
      cwd: this.directory,
      env: Object.fromEntries(host.filter(([name]) => !isPlainName(name))),
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

/** Whether the script can set it; the others are inherited, as a shell that sets them would behave otherwise. */
function isPlainName(name: string): boolean {
  return /^\w+$/.test(name) && !/^(?:LINENO|OPTIND|PPID|PS4|RANDOM|SECONDS|ENV)$/.test(name);
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
export async function says(
  child: ChildProcess,
  text: string,
  stream: 'stdout' | 'stderr' = 'stdout',
): Promise<void> {
  let said = '';
  await new Promise<void>((resolve, reject) => {
    child[stream]?.on('data', (chunk: Buffer | string) => {
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
