import { statSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
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

/** `--home` that names no directory, or no place inside. */
class HomeOptionError extends UsageError {
  constructor(wanted: string, problem: string) {
    super(`--home ${JSON.stringify(wanted)}: ${problem}`, 'jcds run --home DIRECTORY[:PLACE-INSIDE]');
  }
}

/** `--home SRC[:DST]` as Apptainer takes it; otherwise the caller's, unless it is kept out or is not there. @throws UsageError */
export function chooseHome(options: CallOptions, context: Pick<Context, 'cwd' | 'home'>): Reasoned<Home> {
  const { home: wanted } = options;
  if (typeof wanted === 'string') return { value: typedHome(wanted, context.cwd ?? '/'), reason: '--home' };
  const { home } = context;
  if (wanted === false || options.contain === true)
    return { value: emptyHome(home), reason: wanted === false ? '--no-home' : '--contain' };
  return isDirectory(home)
    ? { value: { kind: 'host', path: home, source: home }, reason: "the caller's" }
    : { value: emptyHome(home), reason: "the caller's does not exist: an empty one" };
}

/** Nothing can be mounted over the image's root. */
function emptyHome(path: string): Home {
  return path === '/' ? { kind: 'none', path } : { kind: 'empty', path };
}

function typedHome(wanted: string, cwd: string): Home {
  const whole = resolve(cwd, wanted);
  const colon = wanted.lastIndexOf(':');
  if (colon < 0 || isDirectory(whole)) {
    if (wanted === '' || !isDirectory(whole))
      throw new HomeOptionError(wanted, `${JSON.stringify(whole)} is not a directory`);
    return { kind: 'host', path: whole, source: whole };
  }
  const source = resolve(cwd, wanted.slice(0, colon));
  const path = wanted.slice(colon + 1);
  if (colon === 0 || !isDirectory(source))
    throw new HomeOptionError(wanted, `${JSON.stringify(source)} is not a directory`);
  if (!isAbsolute(path)) throw new HomeOptionError(wanted, 'the place inside must be an absolute path');
  return { kind: 'host', path, source };
}

function isDirectory(path: string): boolean {
  try {
    return statSync(toBytes(path)).isDirectory();
  } catch {
    return false;
  }
}
