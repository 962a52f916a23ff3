import { readdirSync } from 'node:fs';
import { readPlace } from '../files/read.ts';
import { fromBytes } from './bytes.ts';

/** Names and values in their order, as bytes-preserving text (see bytes.ts). */
export type Entries = readonly (readonly [name: string, value: string])[];

/** The caller's environment, and what the launcher's shell makes of it for the processes that it starts. */
export interface LauncherEnvironment {
  /** What the launcher was started with. Of a name that stands twice, the first counts, as for getenv. */
  readonly given: Entries;
  /** What this process was started with: without the names that no shell can hold, and with the shell's own. */
  readonly passed: Entries;
}

/** Reads a file of /proc, or nothing where it is hidden. */
export type ReadBytes = (file: string) => Buffer | undefined;

/**
 * Both environments, from the bytes that the kernel keeps (`/proc/PID/environ`). Where /proc is hidden (hidepid, or
 * no /proc at all) the launcher's own cannot be known: then it is taken to be this process'.
 */
export function readLauncherEnvironment(
  launcher: number,
  read: ReadBytes = readHidden,
  own: NodeJS.ProcessEnv = process.env,
): LauncherEnvironment {
  const self = read('/proc/self/environ');
  const passed = self === undefined ? fromProcess(own) : parseEnvironment(self);
  const caller = read(`/proc/${launcher}/environ`);
  return { given: caller === undefined ? passed : parseEnvironment(caller), passed };
}

/** The entries of an environment block: `NAME=value`, each ended by a zero byte. One without `=` is not an entry. */
export function parseEnvironment(block: Buffer): Entries {
  const entries: [string, string][] = [];
  const seen = new Set<string>();
  for (const text of splitAtZero(block)) {
    const equals = text.indexOf('=');
    if (equals < 1 || seen.has(text.slice(0, equals))) continue;
    seen.add(text.slice(0, equals));
    entries.push([text.slice(0, equals), text.slice(equals + 1)]);
  }
  return entries;
}

/**
 * The last `count` arguments of this process as they really are: `process.argv` has lost the bytes that are not
 * UTF-8. Nothing where /proc is hidden.
 */
export function readArguments(count: number, read: ReadBytes = readHidden): string[] | undefined {
  const line = read('/proc/self/cmdline');
  if (line === undefined) return undefined;
  const words = splitAtZero(line);
  return words.slice(words.length - count);
}

/**
 * The descriptors from 3 to 9 that the caller left free, the highest first: what a plan may open for the runtime
 * (dash can name no higher one). The launcher uses 8 itself at this moment, so 8 is never offered.
 */
export function freeDescriptors(
  launcher: number,
  list: (folder: string) => string[] = readdirSync,
): number[] {
  const candidates = [9, 7, 6, 5, 4, 3];
  try {
    const taken = new Set(list(`/proc/${launcher}/fd`).map(Number));
    return candidates.filter(descriptor => !taken.has(descriptor));
  } catch {
    return candidates;
  }
}

function splitAtZero(bytes: Buffer): string[] {
  const words = fromBytes(bytes).split('\0');
  words.pop();
  return words;
}

function fromProcess(environment: NodeJS.ProcessEnv): Entries {
  return Object.entries(environment).map(([name, value]) => [name, value ?? '']);
}

function readHidden(file: string): Buffer | undefined {
  try {
    return readPlace('system', file).bytes;
  } catch {
    return undefined;
  }
}
