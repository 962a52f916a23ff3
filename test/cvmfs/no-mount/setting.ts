import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { HttpOptions } from '../../../src/cvmfs/no-mount/http-options.ts';
import { repositoriesFrom, SERVICES } from '../../../src/repositories/index.ts';
import { temporaryDirectory } from '../../rootfs/tree-on-disk.ts';
import { MASTER, NOW } from '../http/generator.ts';
import { serve, type TestServer } from '../http/server.ts';
import { lookContext } from '../look-setting.ts';

export const LAB = 'test.example.org';
export const OTHER = 'other.example.org';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** Serves repositories until the test is over. */
export async function served(...repositories: ReadonlyMap<string, Uint8Array>[]): Promise<TestServer> {
  const server = await serve(new Map(repositories.flatMap(files => [...files])));
  closing.push(() => server.close());
  return server;
}

let key: string | null = null;

/** The file of the test repositories' master key. */
export function keyFile(): string {
  if (key === null) {
    key = join(temporaryDirectory(), 'test.pub');
    writeFileSync(key, MASTER.pem);
  }
  return key;
}

/** What a command line says that looks over HTTP at a server, with an empty cache. */
export function requested(
  server: TestServer | string | null,
  changes: Partial<HttpOptions> = {},
): HttpOptions {
  const template = typeof server === 'string' ? server : server?.template;
  return {
    when: 'only',
    servers: template === undefined ? [] : [template],
    keys: [keyFile()],
    insecure: false,
    forgetRevision: false,
    isFresh: false,
    cacheDirectory: join(temporaryDirectory(), 'cache'),
    isCacheNamed: false,
    readsOrigin: false,
    services: repositoriesFrom(SERVICES, {}),
    ...changes,
  };
}

/** A user on a host without a CVMFS client, at the moment of the test repositories. */
export function context() {
  return lookContext({ environment: { PATH: '/usr/bin:/bin' }, now: () => NOW });
}
