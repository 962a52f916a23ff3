import { lstatSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ConfigurationError } from './errors.ts';
import { isRecord, parseJsonValue } from './parse-value.ts';
import { SETTINGS, type SettingRow, type Settings } from './settings.ts';

/** One file's share of the settings. */
export interface Layer {
  readonly file: string;
  readonly values: Partial<Settings>;
  /** Site files only: beats every other layer. */
  readonly enforced: Partial<Settings>;
  /** Keys that jcds does not know or that this file may not set: reported, not fatal. */
  readonly notes: readonly string[];
}

const LARGEST_FILE = 1 << 20;

/**
 * Reads a configuration file, or null when there is none.
 * @param trust `project`: only the keys a cloned directory may set; `site`: `enforced` is honoured.
 * @throws ConfigurationError naming file, line and key
 */
export function readLayer(file: string, trust: 'project' | 'user' | 'site'): Layer | null {
  const text = readText(file);
  if (text === null) return null;
  const parsed = parseJson(file, text);
  const { enforced, ...values } = parsed;
  const notes: string[] = [];
  const read = (record: Record<string, unknown>) => readValues(file, text, record, trust, notes);
  if (enforced !== undefined && trust !== 'site')
    notes.push(`${file}: enforced is honoured in the site's file only`);
  if (enforced !== undefined && !isRecord(enforced))
    throw new ConfigurationError(file, lineOf(text, 'enforced'), 'enforced', 'must be an object');
  return {
    file,
    values: read(values),
    enforced: trust === 'site' && enforced !== undefined ? read(enforced) : {},
    notes,
  };
}

function readText(file: string): string | null {
  try {
    const text = readFileSync(file, 'utf8');
    if (text.length > LARGEST_FILE) throw new ConfigurationError(file, null, null, 'is larger than 1 MiB');
    return text;
  } catch (thrown) {
    const code = (thrown as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    if (code === undefined) throw thrown;
    throw new ConfigurationError(file, null, null, `cannot be read (${code})`, thrown);
  }
}

function parseJson(file: string, text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (thrown) {
    throw new ConfigurationError(file, lineOfSyntaxError(text, thrown), null, 'is not valid JSON', thrown);
  }
  if (!isRecord(value)) throw new ConfigurationError(file, 1, null, 'must hold a JSON object');
  return value;
}

/** V8 tells the place of a syntax error as an offset in its message; without one it is the end of the file. */
function lineOfSyntaxError(text: string, thrown: unknown): number {
  const offset = /position (\d+)/.exec((thrown as Error).message)?.[1];
  return text.slice(0, offset === undefined ? text.trimEnd().length : Number(offset)).split('\n').length;
}

function readValues(
  file: string,
  text: string,
  record: Record<string, unknown>,
  trust: 'project' | 'user' | 'site',
  notes: string[],
): Partial<Settings> {
  const values: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(record)) {
    const row: SettingRow | undefined = Object.hasOwn(SETTINGS, key)
      ? SETTINGS[key as keyof Settings]
      : undefined;
    if (row === undefined)
      notes.push(`${file}, line ${lineOf(text, key)}: unknown key ${JSON.stringify(key)}`);
    else if (trust === 'project' && !row.project)
      notes.push(`${file}, line ${lineOf(text, key)}: a project may not set ${key}`);
    else {
      const parsed = parseJsonValue(row, value);
      if ('reason' in parsed) throw new ConfigurationError(file, lineOf(text, key), key, parsed.reason);
      values[key] = parsed.value;
    }
  }
  return values;
}

/** The line on which a key is written first. */
function lineOf(text: string, key: string): number {
  const offset = text.indexOf(JSON.stringify(key));
  return text.slice(0, Math.max(0, offset)).split('\n').length;
}

/** The nearest `.jcds.json` at or above a directory that belongs to the user (a stranger's is passed over). */
export function projectFile(directory: string, uid: number): string | null {
  for (let at = directory; ; at = dirname(at)) {
    const file = join(at, '.jcds.json');
    const owner = ownerOf(file);
    if (owner !== null) return owner === uid ? file : null;
    if (at === dirname(at)) return null;
  }
}

/** null: no such file, or nobody can see one. */
function ownerOf(file: string): number | null {
  try {
    const status = lstatSync(file, { throwIfNoEntry: false });
    return status?.isFile() === true ? status.uid : null;
  } catch {
    return null;
  }
}
