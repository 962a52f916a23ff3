import { rmSync } from 'node:fs';
import { afterEach } from 'vitest';
import { openObjectCache } from '../../../src/cvmfs/http/object-cache.ts';
import {
  openRepository,
  type Repository,
  type RepositoryOptions,
} from '../../../src/cvmfs/http/repository.ts';
import { isJcdsError } from '../../../src/errors.ts';
import { MASTER_KEY, NOW, type Publication, publish } from './generator.ts';
import { temporaryDirectory } from './real-repository.ts';
import { type Files, serve, type TestServer } from './server.ts';

export interface Laboratory {
  /** Serves a publication, or files. */
  serve(what?: Publication | Files): Promise<TestServer>;
  /** Opens test.example.org from servers, with a cache that lasts for the test. */
  open(
    servers: TestServer | string | readonly (TestServer | string)[],
    changes?: Partial<RepositoryOptions>,
  ): Promise<Repository>;
  /** The cache directory of this test. */
  directory(): string;
}

/** Servers, repositories and a cache that are cleared away after each test. */
export function laboratory(): Laboratory {
  const closing: (() => Promise<void> | void)[] = [];
  let directory: string | null = null;
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
    directory = null;
  });
  const cacheDirectory = (): string => {
    if (directory !== null) return directory;
    const made = temporaryDirectory();
    closing.unshift(() => rmSync(made, { recursive: true, force: true }));
    directory = made;
    return made;
  };
  return {
    directory: cacheDirectory,
    async serve(what = {}) {
      const server = await serve(
        typeof what === 'string' || what instanceof Map ? what : publish(what as Publication),
      );
      closing.push(() => server.close());
      return server;
    },
    async open(servers, changes = {}) {
      const list = [servers].flat() as (TestServer | string)[];
      const repository = await openRepository({
        name: 'test.example.org',
        servers: list.map(server => (typeof server === 'string' ? server : server.template)),
        keys: [MASTER_KEY],
        cache: await openObjectCache({ directory: cacheDirectory() }),
        now: () => NOW,
        timeout: { direct: 300, proxy: 300 },
        pause: async () => undefined,
        ...changes,
      });
      closing.push(() => repository.close());
      return repository;
    },
  };
}

/** What a failure says, whole; anything that jcds did not foresee is thrown on. */
export async function failure(
  promise: Promise<unknown>,
): Promise<{ code: string; message: string; exitCode: number }> {
  const error = await promise.then(
    () => new Error('it did not fail'),
    (reason: unknown) => reason,
  );
  if (!isJcdsError(error)) throw error;
  return { code: error.code, message: error.message, exitCode: error.exitCode };
}
