import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A repository published by CernVM-FS 2.12.0; its whitelist is valid until 2026-12-22. */
export const REAL = {
  name: 'small.jinr.ru',
  key: fileURLToPath(new URL('../../fixtures/cvmfs/small.jinr.ru.pub', import.meta.url)),
  archive: fileURLToPath(new URL('../../fixtures/cvmfs/small-repo.tar.gz', import.meta.url)),
  /** A moment at which it is valid. */
  now: Date.parse('2026-11-23T12:00:00Z'),
  image: '/.images/3d/9f2889d6782537624a4e1a10e68a2ddd53e0ee8bac02676f27308f42ec6bf6',
} as const;

/** Unpacks it for a server; `remove` when done. */
export function unpackReal(): { readonly directory: string; readonly remove: () => void } {
  const directory = mkdtempSync(join(tmpdir(), 'jcds-real-'));
  execFileSync('tar', ['xzf', REAL.archive, '-C', directory]);
  return { directory, remove: () => rmSync(directory, { recursive: true, force: true }) };
}

/** A directory for one test. */
export function temporaryDirectory(): string {
  return mkdtempSync(join(tmpdir(), 'jcds-cache-'));
}

/** Makes `directory` with all permissions of a shared one. */
export function sharedDirectory(directory: string): string {
  mkdirSync(directory, { mode: 0o777 });
  return directory;
}
