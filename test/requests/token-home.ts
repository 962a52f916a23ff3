import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { findToken, type TokenOptions } from '../../src/requests/tokens.ts';

/** A home of its own for each test. */
export let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'jcds-tokens-'));
});
afterEach(() => rmSync(home, { recursive: true }));

/** Writes a file in the home, and says where. */
export function put(path: string, text: string, mode = 0o600): string {
  const file = join(home, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  chmodSync(file, mode);
  return file;
}

/** The token that is found there. */
export function find(environment: Record<string, string> = {}, facts: Partial<TokenOptions> = {}) {
  const quiet = { PATH: process.env.PATH!, HOME: home, GIT_CONFIG_NOSYSTEM: '1' };
  return findToken({
    kind: 'gitlab',
    host: 'git.jinr.ru',
    environment: { ...quiet, ...environment },
    home,
    uid: process.getuid!(),
    now: Date.parse('2026-01-02T03:04:05Z'),
    ...facts,
  });
}
/** Its text. */
export const value = async (...given: Parameters<typeof find>) =>
  (await find(...given))?.token.reveal() ?? null;
