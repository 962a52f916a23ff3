import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Credential } from '../../src/registry/credential.ts';
import { storedCredentials } from '../../src/registry/credentials.ts';

/** An entry as docker and podman write it. */
export const auth = (user: string, password: string) => ({
  auth: Buffer.from(`${user}:${password}`).toString('base64'),
});

/** A home with credential files (by their path below it) and helpers (by what follows docker-credential-). */
export function makeHome(files: Record<string, unknown>, helpers: Record<string, string> = {}) {
  const home = mkdtempSync(join(tmpdir(), 'jcds-home-'));
  onTestFinished(() => rmSync(home, { recursive: true }));
  const write = (path: string, text: string, mode: number) => {
    mkdirSync(dirname(join(home, path)), { recursive: true });
    writeFileSync(join(home, path), text);
    chmodSync(join(home, path), mode);
  };
  for (const [path, content] of Object.entries(files))
    write(path, typeof content === 'string' ? content : JSON.stringify(content), 0o600);
  for (const [name, script] of Object.entries(helpers))
    write(`bin/docker-credential-${name}`, `#!/bin/sh\n${script}\n`, 0o755);
  const environment = {
    PATH: `${join(home, 'bin')}:${process.env.PATH}`,
    XDG_RUNTIME_DIR: join(home, 'run'),
    HERE: home,
  };
  return { home, environment, uid: 1000 };
}

/** What was found, with its value. */
function opened(credential: Credential | null, home: string): string | null {
  if (credential === null) return null;
  const source = credential.source.replace(home, '~');
  if (credential.kind === 'password')
    return `${credential.username}:${credential.password.reveal()} from ${source}`;
  return `${credential.kind} ${credential.token.reveal()} from ${source}`;
}

/** What a user of this home has for a registry. */
export async function find(
  places: ReturnType<typeof makeHome>,
  registry: string,
  repository = 'a/b',
): Promise<string | null> {
  return opened(await storedCredentials(places)(registry, repository), places.home);
}
