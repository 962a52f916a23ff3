import { inspect } from 'node:util';
import { expect } from 'vitest';
import { isJcdsError, type JcdsError } from '../../src/errors.ts';
import { parseReference } from '../../src/image/reference.ts';
import type { Limits } from '../../src/requests/forges/client.ts';
import type { Forge } from '../../src/requests/forges/forge.ts';
import { connectForge } from '../../src/requests/forges/index.ts';
import { type ProposeOptions, type ProposeResult, propose } from '../../src/requests/propose.ts';
import { Secret } from '../../src/secret.ts';
import { notePrinted } from '../printed.ts';
import type { FakeServer } from './fake-server.ts';

export const LIST = '# images\ngit.jinr.ru:5005/nica/docker-images/bmn:24.04\n\n# others\nubuntu:22.04\n';
export const BMN = 'git.jinr.ru:5005/nica/docker-images/bmn:24.12';
export const TOKEN = 'glpat-NICA-0123456789';

/** A clock that goes as fast as it is asked to; `slept` in milliseconds. */
export class QuickClock {
  slept = 0;
  readonly start = Date.parse('2026-01-02T03:04:05Z');

  now(): number {
    return this.start + this.slept;
  }

  async sleep(milliseconds: number): Promise<void> {
    this.slept += milliseconds;
    await new Promise(setImmediate);
  }
}

export function connect(
  server: FakeServer,
  {
    token = TOKEN,
    clock = new QuickClock(),
    limits = {},
    kind = 'gitlab' as Forge['kind'],
  }: {
    token?: string | null;
    clock?: QuickClock;
    limits?: Partial<Limits>;
    kind?: Forge['kind'];
  } = {},
): Forge {
  const secret = token === null ? null : new Secret(token);
  return connectForge({ kind, host: server.origin, token: secret, environment: {}, clock, limits });
}

/** Asks for an image as the user of a token. */
export function ask(
  server: FakeServer,
  {
    image = BMN,
    token = TOKEN,
    limits,
    kind = 'gitlab',
    clock = new QuickClock(),
    ...rest
  }: Partial<ProposeOptions> & {
    image?: string;
    token?: string | null;
    limits?: Partial<Limits>;
    kind?: Forge['kind'];
    clock?: QuickClock;
  } = {},
): Promise<ProposeResult> {
  const forge = connect(server, { token, clock, kind, ...(limits ? { limits } : {}) });
  const place = { project: 'sync/registry', branch: null, path: 'docker_images.txt', format: 'osg' as const };
  return propose({ forge, place, reference: parseReference(image), clock, ...rest });
}

/** The failure that a promise ends in; checked to be a foreseen one, fit for a terminal, and without a token. */
export async function failureOf(promise: Promise<unknown>): Promise<JcdsError> {
  const thrown: unknown = await promise.then(
    value => expect.fail(`no failure: ${inspect(value)}`),
    (error: unknown) => error,
  );
  const shown = inspect(thrown, { depth: 9, showHidden: true });
  notePrinted(shown);
  if (!isJcdsError(thrown)) throw thrown;
  expect(shown).not.toContain(TOKEN);
  expect(`${thrown.message}${thrown.hint}`).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  return thrown;
}
