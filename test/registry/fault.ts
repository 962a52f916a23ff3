import { expect } from 'vitest';
import type { Registry } from '../../src/registry/client.ts';
import { OCI_MANIFEST } from './images.ts';
import { having, LOGIN, opened, PASSWORD, printed, serve, thrownBy } from './opened.ts';
import type { Handler } from './server.ts';

/** What a user sees of a fault; HOST stands for the registry. */
export type Seen = readonly [code: string, message: string, hint: string, exitCode: number];

/** A way for a registry to be at fault, what the user sees, and how many requests that takes. */
export type Fault = readonly [what: string, handler: Handler, seen: Seen, requests: number, ask?: Ask];
type Ask = (registry: Registry) => Promise<unknown>;

export const MANIFEST = { 'content-type': OCI_MANIFEST };
export const askManifest: Ask = registry => registry.manifest('a/b', '1');
export const askTags: Ask = async registry => {
  for await (const _tag of registry.tags('a/b'));
};

/** Says everything it was told, wherever an answer has room: nothing of it may come out again. */
export const echo = (heard: { authorization: string | null }) => ({
  errors: [
    { code: `SAID ${heard.authorization}`, message: `${PASSWORD} \u001b[31m`, detail: heard.authorization },
  ],
});

/** Asks a registry with this fault as a user with a password, and compares all that is seen. */
export async function expectFault([, handler, seen, requests, ask = askManifest]: Fault): Promise<void> {
  const server = await serve(handler);
  const registry = await opened(server.host, { findCredential: having(LOGIN) });
  const thrown = await thrownBy(ask(registry));
  const { code, message, hint, exitCode } = thrown;
  const hidden = (text: string | undefined) => text?.replaceAll(server.host, 'HOST');
  expect([code, hidden(message), hidden(hint), exitCode]).toEqual(seen);
  expect(server.heard.length).toBe(requests);
  expectSecretless(thrown);
}

/** Whatever could be printed of a failure holds no form of the password. */
export function expectSecretless(thrown: unknown): void {
  for (const form of [PASSWORD, Buffer.from(`ann:${PASSWORD}`).toString('base64')])
    expect(printed(thrown)).not.toContain(form);
}
