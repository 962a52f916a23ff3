import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { spawn as spawnTerminal } from '@lydell/node-pty';
import { singularityRecord, smallImage } from '../hosts/image-files.ts';
import { makeOsgRepository } from '../hosts/tree.ts';
import { notePrinted } from '../printed.ts';
import { makeImage } from '../registry/images.ts';
import { MemoryRegistry } from '../registry/memory-registry.ts';
import { listen, reply, type TestServer } from '../registry/server.ts';
import { FakeGitLab } from '../requests/fake-gitlab.ts';
import type { FakeProject } from '../requests/fake-gitlab-state.ts';
import { LIST, TOKEN } from '../requests/setup.ts';
import { installProgram, nodeVariable } from '../standalone/install-program.ts';
import { removeFolder } from './remove-folder.ts';

/** How a run of jcds ended. */
export interface Ended {
  readonly code: number | string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A run of jcds that may still go on. */
export interface Running {
  readonly ended: Promise<Ended>;
  /** Resolves when standard error has said this. */
  said(text: string): Promise<void>;
}

/** A run of jcds at a terminal. */
export interface AtTerminal {
  readonly ended: Promise<{ readonly code: number | string; readonly text: string }>;
  said(text: string): Promise<void>;
  type(keys: string): void;
}

/** The program as it is installed, built once for a file of tests. */
export class Program {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'jcds-asking-')));
  readonly file = join(this.folder, 'bin/jcds');

  constructor() {
    installProgram(this.folder);
    // As npm installs it: a host need not have another program that reads extended attributes.
    mkdirSync(join(this.folder, 'node_modules'));
    symlinkSync(
      resolve(import.meta.dirname, '../../node_modules/@napi-rs'),
      join(this.folder, 'node_modules/@napi-rs'),
    );
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Everything that any run of a file of tests printed. */
export const printed: string[] = [];

/**
 * One user's world: a forge, a registry that answers as git.jinr.ru:5005 (as a proxy: the name is not of this host), a home, and a
 * CVMFS root with containers.jinr.ru.
 */
export class World {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'jcds-world-')));
  readonly cvmfs = join(this.folder, 'cvmfs');
  readonly home = join(this.folder, 'home');
  readonly programs = join(this.folder, 'programs');
  readonly forge = new FakeGitLab();
  readonly images = new MemoryRegistry();
  readonly #program: Program;
  #registry!: TestServer;
  upstream!: FakeProject;

  constructor(program: Program) {
    this.#program = program;
    for (const directory of [this.home, this.programs, join(this.cvmfs, 'containers.jinr.ru/.images')])
      mkdirSync(directory, { recursive: true });
  }

  static async make(program: Program): Promise<World> {
    const world = new World(program);
    await world.forge.listen();
    world.forge.addUser(TOKEN, 'nica');
    world.upstream = world.forge.addProject('cvmfs-container-sync/registry', { 'docker_images.txt': LIST });
    world.has('nica/docker-images/bmn', '24.12');
    // As a proxy it is asked for whole addresses; nothing but this registry is behind it.
    world.#registry = await listen(({ url, ...heard }, response, request) =>
      world.serve({ ...heard, url: url.replace('http://git.jinr.ru:5005/', '/') }, response, request),
    );
    world.configure({});
    return world;
  }

  /** The registry's answers; a test may put its own here. */
  serve: MemoryRegistry['handle'] = (...exchange) => this.images.handle(...exchange);

  /** Where the registry answers on loopback, whatever name it is asked by. */
  get registryPort(): number {
    return Number(new URL(this.#registry.origin).port);
  }

  get registryHeard(): TestServer['heard'] {
    return this.#registry.heard;
  }

  /** Pushes an image to the registry. */
  has(repository: string, tag: string): void {
    const image = makeImage(`${repository}:${tag}`);
    this.images.tag(repository, tag, image.manifest, [image]);
  }

  /** The user's configuration, with the forge on loopback and quick waiting. */
  configure(
    settings: Readonly<Record<string, unknown>>,
    wishlist: Readonly<Record<string, unknown>> = {},
  ): void {
    const services = {
      'containers.jinr.ru': {
        servers: [],
        wishlist: { host: this.forge.origin, path: 'docker_images.txt', ...wishlist },
      },
    };
    const all = { services, insecureRegistries: ['git.jinr.ru:5005'], waitInterval: 0.05, ...settings };
    mkdirSync(join(this.home, '.config/jcds'), { recursive: true });
    writeFileSync(this.configuration, JSON.stringify(all));
  }

  get configuration(): string {
    return join(this.home, '.config/jcds/config.json');
  }

  /** From now on the registry wants this user and password, which the user's docker knows. */
  login(registry: string, credential: string): void {
    const auth = Buffer.from(credential).toString('base64');
    mkdirSync(join(this.home, '.docker'), { recursive: true });
    writeFileSync(
      join(this.home, '.docker/config.json'),
      JSON.stringify({ auths: { [registry]: { auth } } }),
    );
    this.serve = (heard, response, request) =>
      heard.authorization === `Basic ${auth}`
        ? this.images.handle(heard, response, request)
        : reply(response, 401, { errors: [] }, { 'www-authenticate': 'Basic realm="images"' });
  }

  /** The user's docker forgets its credentials. */
  logout(): void {
    rmSync(join(this.home, '.docker'), { recursive: true });
  }

  /** What the service does some time after the merge. Answers the path. */
  publish(name: string, from: string): string {
    makeOsgRepository(join(this.cvmfs, 'containers.jinr.ru'), {
      [name]: { files: smallImage(singularityRecord({ from })) },
    });
    return join(this.cvmfs, 'containers.jinr.ru', name);
  }

  /** Puts a shell script first on PATH. */
  install(name: string, script: string): string {
    const file = join(this.programs, name);
    writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return file;
  }

  /** The file of jcds. */
  get program(): string {
    return this.#program.file;
  }

  get tokenVariable(): string {
    return `JCDS_TOKEN_127_0_0_1__3A${this.forge.host.split(':')[1]}`;
  }

  environment(changes: Readonly<Record<string, string | undefined>> = {}): Record<string, string> {
    const all = {
      PATH: `${this.programs}:/usr/bin:/bin`,
      HOME: this.home,
      ...nodeVariable(),
      JCDS_CVMFS_ROOT: this.cvmfs,
      http_proxy: this.#registry.origin,
      no_proxy: '127.0.0.1',
      [this.tokenVariable]: TOKEN,
      // Nobody's ssh is tried, unless a test says so.
      GIT_SSH_COMMAND: 'false',
      ...changes,
    };
    return Object.fromEntries(
      Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined),
    );
  }

  /** Starts jcds without a terminal, perhaps by another program. */
  start(
    words: readonly string[],
    env: Readonly<Record<string, string | undefined>> = {},
    below: readonly string[] = [],
  ): Running {
    const [file = '', ...args] = [...below, this.#program.file, ...words];
    const child = spawn(file, args, {
      cwd: this.home,
      env: this.environment(env),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const text = { stdout: '', stderr: '' };
    const waiting: { text: string; resolve: () => void }[] = [];
    child.stdout.on('data', data => (text.stdout += String(data)));
    child.stderr.on('data', data => {
      text.stderr += String(data);
      for (const one of waiting) if (text.stderr.includes(one.text)) one.resolve();
    });
    const ended = new Promise<Ended>(resolve =>
      child.on('close', (code, signal) => {
        printed.push(text.stdout, text.stderr);
        for (const one of waiting) one.resolve();
        resolve({ code: code ?? signal, ...text });
      }),
    );
    const said = (wanted: string) =>
      new Promise<void>(resolve => {
        if (text.stderr.includes(wanted)) resolve();
        else waiting.push({ text: wanted, resolve });
      });
    return { ended, said };
  }

  jcds(words: readonly string[], env: Readonly<Record<string, string | undefined>> = {}): Promise<Ended> {
    return this.start(words, env).ended;
  }

  /** Starts jcds at a terminal of its own; both streams are one text there, its line ends plain. */
  atTerminal(
    words: readonly string[],
    env: Readonly<Record<string, string | undefined>> = {},
    cols = 400,
  ): AtTerminal {
    const terminal = spawnTerminal(this.#program.file, [...words], {
      cwd: this.home,
      env: this.environment({ TERM: 'xterm', ...env }),
      cols,
    });
    let text = '';
    const waiting: { text: string; resolve: () => void }[] = [];
    const tell = (all: boolean) => {
      for (const one of waiting) if (all || text.includes(one.text)) one.resolve();
    };
    terminal.onData(data => {
      text += data.replaceAll('\r\n', '\n');
      tell(false);
    });
    const ended = new Promise<{ code: number | string; text: string }>(resolve =>
      terminal.onExit(({ exitCode, signal }) => {
        printed.push(text);
        notePrinted(text);
        tell(true);
        resolve({ code: signal ? `signal ${signal}` : exitCode, text });
      }),
    );
    const said = (wanted: string) =>
      new Promise<void>(resolve => {
        waiting.push({ text: wanted, resolve });
        tell(false);
      });
    return { ended, said, type: keys => terminal.write(keys) };
  }

  async remove(): Promise<void> {
    await this.#registry.close();
    removeFolder(this.folder);
    await this.forge.close();
  }
}

/** The page of a request of this world. */
export function page({ forge }: World, iid: number): string {
  return `${forge.origin}/cvmfs-container-sync/registry/-/merge_requests/${iid}`;
}

/** An Apptainer that starts nothing: it answers the probe as the real one does, and otherwise says what it was given. */
export const APPTAINER = `
case "$*" in
--version) echo 'apptainer version 1.4.5'; exit ;;
*/jcds-probe) echo 'FATAL:   stat /jcds-probe: no such file or directory' >&2; exit 255 ;;
esac
printf '<%s>\\n' "$@"`;
