import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_LIMITS } from '../../src/conversion/limits.ts';
import { parsePlatform } from '../../src/image/platform.ts';
import { WISHLIST_FORMATS } from '../../src/requests/wishlist/index.ts';
import { OSG_LAYOUT } from '../../src/service/layout.ts';
import { exitCodeOf } from '../../src/service/report.ts';
import type { Step } from '../../src/service/situation.ts';
import { type Cycle, type SyncRequest, sync } from '../../src/service/sync.ts';
import { directoryTarget } from '../../src/service/targets/directory.ts';
import type { Stored, TestImage } from '../registry/images.ts';
import { MemoryRegistry } from '../registry/memory-registry.ts';
import { options } from '../registry/opened.ts';
import { type Handler, listen, type TestServer } from '../registry/server.ts';
import { NOW } from './situations.ts';

/** What a test changes about one cycle. */
export interface Change {
  readonly removeGone?: boolean;
  readonly again?: boolean;
  readonly isDry?: boolean;
  readonly allowsMassRemoval?: boolean;
}

/** A service with a registry of its own, whose clock the test turns. */
export class Service {
  readonly folder = mkdtempSync(join(tmpdir(), 'jcds-service-'));
  readonly place = join(this.folder, 'repository');
  readonly registry = new MemoryRegistry();
  /** Answers in the place of the registry where a test wants that. */
  handle: Handler = this.registry.handle;
  now = NOW;
  /** Milliseconds that were waited. */
  readonly pauses: number[] = [];
  /** Every plan that was made. */
  readonly plans: (readonly Step[])[] = [];
  #server: TestServer | null = null;

  async start(): Promise<this> {
    this.#server = await listen((heard, response, request) => this.handle(heard, response, request));
    return this;
  }

  get server(): TestServer {
    return this.#server!;
  }

  /** Pushes an image, or an index of images. */
  push(name: string, image: TestImage, top: Stored = image.manifest): void {
    const [repository = '', tag = ''] = name.split(':');
    this.registry.tag(repository, tag, top, [image]);
  }

  /** Names as lines of a list. */
  list(...names: string[]): string {
    return names.map(name => `${this.server.host}/${name}\n`).join('');
  }

  cycle(text: string, change: Change = {}): Promise<Cycle> {
    this.server.heard.length = 0;
    const { removeGone = false, again = false, isDry = false, allowsMassRemoval = false } = change;
    const request: SyncRequest = {
      ...{ file: 'list', text, format: WISHLIST_FORMATS.osg, layout: OSG_LAYOUT },
      target: directoryTarget(this.place, OSG_LAYOUT, process.getuid!()),
      policy: { removeGone, again, version: '1' },
      ...{ patience: 0, isDry, allowsMassRemoval, jobs: 2, period: 900_000, tell: () => {} },
      ...{ platform: parsePlatform('linux/amd64'), platformName: 'linux/amd64', limits: DEFAULT_LIMITS },
      registries: () => options({ now: () => this.now }),
      now: () => this.now,
      pause: async milliseconds => void this.pauses.push(milliseconds),
    };
    return sync(request, steps => this.plans.push(steps));
  }

  /** What was asked of the registry in the last cycle: `GET blobs`, `HEAD manifests`, how often. */
  get asked(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { method, url } of this.server.heard) {
      const room = /\/(manifests|blobs|tags)\//.exec(url)?.[1] ?? url;
      counts[`${method} ${room}`] = (counts[`${method} ${room}`] ?? 0) + 1;
    }
    return counts;
  }

  read(path: string): string {
    return readFileSync(join(this.place, path), 'utf8');
  }

  async stop(): Promise<void> {
    await this.server.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The kinds of the steps that a cycle did, in order. */
export const doneIn = ({ steps, results }: Cycle) =>
  steps.filter(step => results.get(step)?.state === 'done').map(({ kind }) => kind);

/** The state of each line and why it is so. */
export const rowsOf = ({ status }: Cycle) =>
  status!.images.map(({ line, state, reason }) => [line, state, reason?.kind ?? null]);

export const codeOf = ({ status }: Cycle) => exitCodeOf(status!.images);
