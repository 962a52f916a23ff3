import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, afterEach } from 'vitest';
import type { Context } from '../../src/context.ts';
import { main } from '../../src/main.ts';
import { publish } from '../cvmfs/http/generator.ts';
import { serve, type TestServer } from '../cvmfs/http/server.ts';
import { singularityRecord, smallImage } from '../hosts/image-files.ts';
import { makeOsgRepository, type PublishedImages } from '../hosts/tree.ts';
import { notePrinted } from '../printed.ts';

export const JINR = 'containers.jinr.ru';
const SRC = resolve(import.meta.dirname, '../../src');

const made: string[] = [];
afterAll(() => {
  for (const directory of made.splice(0)) rmSync(directory, { recursive: true, force: true });
});

/** A directory where files may have attributes of users, as on a CVMFS mount: not every /tmp lets them. */
export function attributeDirectory(): string {
  for (const base of [tmpdir(), '/var/tmp', resolve(SRC, '..')]) {
    const directory = realpathSync(mkdtempSync(join(base, 'jcds-status-')));
    made.push(directory);
    try {
      setAttributes(directory, { revision: '1' });
      return directory;
    } catch {
      // The next may do.
    }
  }
  throw new Error('no directory here takes extended attributes');
}

/** Sets what the client of this host says of itself. */
export function setAttributes(directory: string, values: Readonly<Record<string, string>>): void {
  const native = createRequire(import.meta.url)('@napi-rs/xattr') as {
    setAttributeSync(path: string, name: string, value: string): void;
  };
  for (const [name, value] of Object.entries(values))
    native.setAttributeSync(directory, `user.${name}`, value);
}

/** A usable image as `apptainer build` leaves it, and what makes it unusable. */
export const GOOD = { ...smallImage(), ...singularityRecord({ from: 'debian:12' }) };

/** A CVMFS root with containers.jinr.ru at a revision. */
export function cvmfs(images: PublishedImages, attributes: Readonly<Record<string, string>>): string {
  const root = attributeDirectory();
  mkdirSync(join(root, JINR));
  makeOsgRepository(join(root, JINR), images);
  setAttributes(join(root, JINR), attributes);
  return root;
}

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** Closes a server when the test is over. */
export function closed<Server extends { close(): Promise<unknown> }>(server: Server): Server {
  closing.push(() => server.close());
  return server;
}

/** A Stratum-1 of containers.jinr.ru. */
export async function stratum(revision: number, name = JINR): Promise<TestServer> {
  return closed(await serve(publish({ name, revision })));
}

/** Bundles a program for plain Node, as the real build does; answers its file. */
export function bundled(source: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'jcds-bundle-'));
  made.push(directory);
  const outfile = join(directory, 'program.cjs');
  buildSync({
    stdin: { contents: source, resolveDir: SRC, loader: 'ts' },
    bundle: true,
    loader: { '.sh': 'text' },
    platform: 'node',
    target: 'node20.18',
    format: 'cjs',
    outfile,
    logLevel: 'error',
  });
  return outfile;
}

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** Columns of a terminal; without it standard output is a pipe. */
  readonly columns?: number;
  readonly now?: () => number;
}

function temporaryHome(): string {
  const directory = mkdtempSync(join(tmpdir(), 'jcds-home-'));
  made.push(directory);
  return directory;
}

let lookProgram: string | null = null;
let home: string | null = null;

/** A user's context: an empty home, nothing configured, and jcds' own look program as the child. */
export function context(
  options: RunOptions,
  write: (to: 'stdout' | 'stderr', text: string) => boolean,
): Context {
  lookProgram ??= bundled(`import { runLookProgram } from './cvmfs/look-program.ts'; runLookProgram();`);
  home ??= temporaryHome();
  const stream = (to: 'stdout' | 'stderr') => ({
    isTerminal: options.columns !== undefined,
    columns: options.columns ?? 80,
    write: (text: string) => write(to, text),
  });
  return {
    environment: { PATH: '/usr/bin:/bin', HOME: home, ...options.environment },
    cwd: home,
    uid: process.getuid?.() ?? 0,
    gid: process.getgid?.() ?? 0,
    home,
    userName: 'ann',
    stdin: { isTerminal: false },
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    now: options.now ?? Date.now,
    self: [process.execPath, lookProgram],
    launcherPid: null,
  };
}

/** jcds as a user calls it, in this process. */
export async function run(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const said = { stdout: '', stderr: '' };
  const outcome = await main(
    args,
    context(options, (to, text) => {
      said[to] += text;
      return true;
    }),
  );
  notePrinted(said.stdout, said.stderr);
  if (outcome.kind !== 'exit') throw new Error(`${args.join(' ')} left a plan`);
  return { code: outcome.code, ...said };
}
