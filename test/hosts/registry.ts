import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A real registry (Debian's docker-registry) on loopback, plain HTTP, with storage of its own. */
export interface RunningRegistry {
  /** As it stands in a reference: `127.0.0.1:40123`. */
  readonly host: string;
  /** Stops it and removes its storage. The kernel stops it when the test's process is killed. */
  close(): Promise<void>;
}

/**
 * Starts a registry on a free port. `settings` are its own variables, `REGISTRY_AUTH_TOKEN_REALM` and the like, which
 * stand for entries of its configuration file.
 */
export async function startRegistry(
  settings: Readonly<Record<string, string>> = {},
): Promise<RunningRegistry> {
  const storage = mkdtempSync(join(tmpdir(), 'jcds-registry-'));
  const configuration = join(storage, 'config.yml');
  writeFileSync(
    configuration,
    'version: 0.1\nstorage:\n  filesystem:\n    rootdirectory: unset\nhttp:\n  addr: unset\n',
  );
  const registry = spawn('setpriv', ['--pdeathsig', 'KILL', 'docker-registry', 'serve', configuration], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      PATH: process.env.PATH,
      OTEL_TRACES_EXPORTER: 'none',
      REGISTRY_HTTP_ADDR: '127.0.0.1:0',
      REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY: join(storage, 'data'),
      ...settings,
    },
  });
  const close = async () => {
    if (registry.exitCode === null && registry.signalCode === null) {
      registry.kill();
      await once(registry, 'exit');
    }
    rmSync(storage, { recursive: true, force: true });
  };
  const said: string[] = [];
  for await (const line of createInterface({ input: registry.stderr })) {
    const host = /listening on (127\.0\.0\.1:\d+)/.exec(line)?.[1];
    if (host !== undefined) {
      registry.stderr.resume();
      return { host, close };
    }
    said.push(line);
  }
  await close();
  throw new Error(`docker-registry ended:\n${said.join('\n')}`);
}
