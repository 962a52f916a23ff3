import { type Stats, statSync } from 'node:fs';
import { isAbsolute, normalize, resolve } from 'node:path';
import type { CallOptions } from '../call.ts';
import type { Context } from '../context.ts';
import { UsageError } from '../errors.ts';
import { toBytes } from '../launch/bytes.ts';
import type { Home } from '../runtimes/shown.ts';

/** A decision and why it was made: `--dry-run --json` shows both. */
export interface Reasoned<T> {
  readonly value: T;
  readonly reason: string;
}

/** The options of a job, with what a site says of places. */
export interface PlacedOptions extends CallOptions {
  /** What a home directory that is not shown is called inside, as `--home` takes it; by default as the caller's. */
  readonly homeName?: string | undefined;
}

/** The directory that is to be the home cannot be it. */
export class HomeOptionError extends UsageError {
  constructor(wanted: string, problem: string) {
    super(`--home ${JSON.stringify(wanted)}: ${problem}`, 'jcds run --home DIRECTORY[:PLACE-INSIDE]');
  }
}

/**
 * `--home SRC[:DST]` as Apptainer takes it; otherwise the caller's, unless it is kept out or is not there. A HOME that
 * names no directory (/dev/null, a relative one) does not count where the account has one. @throws UsageError
 */
export function chooseHome(
  options: PlacedOptions,
  context: Pick<Context, 'cwd' | 'home' | 'accountHome'>,
): Reasoned<Home> {
  const { home: wanted } = options;
  if (typeof wanted === 'string') return { value: typedHome(wanted, context.cwd ?? '/'), reason: '--home' };
  const { home, why } = callersHome(context);
  if (wanted === false) return { value: emptyHome(namedHome(options.homeName) ?? home), reason: '--no-home' };
  if (options.contain === true) return { value: emptyHome(home), reason: '--contain' };
  return isDirectory(home)
    ? { value: shownHome(home, home), reason: why }
    : { value: emptyHome(home), reason: "the caller's does not exist: an empty one" };
}

/** The place inside that `SRC[:DST]` names, of which nothing is shown. */
function namedHome(wanted: string | undefined): string | null {
  const path = wanted?.slice(wanted.lastIndexOf(':') + 1);
  return path !== undefined && isAbsolute(path) ? place(path) : null;
}

function callersHome({ home, accountHome }: Pick<Context, 'home' | 'accountHome'>) {
  const own = { home: isAbsolute(home) ? spelt(home) : '/', why: "the caller's" };
  const accounts = { home: spelt(accountHome ?? '/'), why: "the account's: HOME names no directory" };
  if (isAbsolute(home) && isDirectory(home)) return own;
  if (accountHome !== undefined && isDirectory(accountHome)) return accounts;
  return isAbsolute(home) && statOf(home) === null ? own : { ...accounts, home: '/' };
}

/** Nothing can be mounted over the image's root. */
function emptyHome(path: string): Home {
  return path === '/' ? { kind: 'none', path } : { kind: 'empty', path };
}

function shownHome(path: string, source: string): Home {
  return path === '/' ? { kind: 'none', path } : { kind: 'host', path, source };
}

/** As it is written, since HOME is compared and printed; but the root has one name. */
function spelt(path: string): string {
  return place(path) === '/' ? '/' : path;
}

/** Without `..`, and without a slash at the end. */
export function place(path: string): string {
  return normalize(path).replace(/(.)\/+$/, '$1');
}

function typedHome(wanted: string, cwd: string): Home {
  const whole = resolve(cwd, wanted);
  const colon = wanted.lastIndexOf(':');
  if (colon < 0 || isDirectory(whole)) {
    if (wanted === '' || !isDirectory(whole))
      throw new HomeOptionError(wanted, `${JSON.stringify(whole)} is not a directory`);
    return shownHome(whole, whole);
  }
  const source = resolve(cwd, wanted.slice(0, colon));
  const path = wanted.slice(colon + 1);
  if (colon === 0 || !isDirectory(source))
    throw new HomeOptionError(wanted, `${JSON.stringify(source)} is not a directory`);
  if (!isAbsolute(path)) throw new HomeOptionError(wanted, 'the place inside must be an absolute path');
  return shownHome(place(path), source);
}

function isDirectory(path: string): boolean {
  return statOf(path)?.isDirectory() === true;
}

function statOf(path: string): Stats | null {
  try {
    return statSync(toBytes(path));
  } catch {
    return null;
  }
}
