import { inspect } from 'node:util';
import { onTestFinished } from 'vitest';
import { openRegistry, type Registry, type RegistryOptions } from '../../src/registry/client.ts';
import type { Credential, FindCredential } from '../../src/registry/credential.ts';
import { Secret } from '../../src/secret.ts';
import { notePrinted } from '../printed.ts';
import { type Handler, listen, type TestServer } from './server.ts';

/** The password of all tests: whatever is produced must not hold it in any form. */
export const PASSWORD = 'hunter2-VeryPrivate';
export const LOGIN: Credential = {
  kind: 'password',
  username: 'ann',
  password: new Secret(PASSWORD),
  source: '/home/ann/auth.json',
};
export const BASIC = `Basic ${Buffer.from(`ann:${PASSWORD}`).toString('base64')}`;

/** Always the same credential. */
export function having(credential: Credential | null): FindCredential {
  return async () => credential;
}

/** A server that is closed when the test is over. */
export async function serve(handler: Handler, address?: string): Promise<TestServer> {
  const server = await listen(handler, address);
  onTestFinished(() => server.close());
  return server;
}

/** Options for a test: no environment, waits that are noted instead of waited for. */
export function options(more: Partial<RegistryOptions> = {}): RegistryOptions & { readonly waits: number[] } {
  const waits: number[] = [];
  const now = more.now ?? (() => Date.UTC(2026, 0, 1));
  const patience = {
    waiting: 10_000,
    now,
    sleep: async (milliseconds: number) => void waits.push(milliseconds),
  };
  return { environment: {}, findCredential: having(null), timeout: 20_000, now, patience, waits, ...more };
}

/** A registry that is closed when the test is over. */
export async function opened(name: string, more: Partial<RegistryOptions> = {}): Promise<Registry> {
  const registry = await openRegistry(name, options(more));
  onTestFinished(() => registry.close());
  return registry;
}

/** Everything that any printer could make of a thrown value. */
export function printed(thrown: unknown): string {
  const { stack, message, hint } = thrown as { stack?: string; message?: string; hint?: string };
  const text = [
    inspect(thrown, { depth: 12, showHidden: true }),
    JSON.stringify(thrown),
    stack,
    message,
    hint,
  ].join('\n');
  notePrinted(text);
  return text;
}

/** What a user sees of a failure. */
export async function failure(
  work: Promise<unknown>,
): Promise<{ code: string; message: string; hint: string | undefined; exitCode: number }> {
  const { code, message, hint, exitCode } = await thrownBy(work);
  return { code, message, hint, exitCode };
}

export async function thrownBy(
  work: Promise<unknown>,
): Promise<Error & { code: string; hint: string | undefined; exitCode: number }> {
  try {
    await work;
  } catch (thrown) {
    return thrown as Error & { code: string; hint: string | undefined; exitCode: number };
  }
  throw new Error('it was expected to fail');
}
