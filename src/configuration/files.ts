import { readTextIfThere } from '../files/read.ts';
import { errnoOf, fileTrouble, isRefusedFile } from '../files/refused-file.ts';
import { ConfigurationError } from './errors.ts';
import { isRecord, parseFileValue } from './parse-value.ts';
import { SETTINGS, type SettingRow, type Settings } from './settings.ts';

/** One file's share of the settings. */
export interface Layer {
  readonly file: string;
  readonly values: Partial<Settings>;
  /** Site files only: beats every other layer. */
  readonly enforced: Partial<Settings>;
  /** Keys that jcds does not know or that this file may not set: reported, not fatal. */
  readonly notes: readonly string[];
  /** Why nothing of it is used. */
  readonly unread?: string;
}

/** Whose file it is: `project`: only the keys a cloned directory may set; `site`: `enforced` is honoured. */
export type Owner = 'project' | 'user' | 'site';

/** What has no settings for this user, and is no failure to start: another's home, or one that is closed. */
const CLOSED: ReadonlySet<string | null> = new Set(['EACCES', 'EPERM']);

/** Reads the site's or the user's configuration file; null: there is none. @throws ConfigurationError naming file, line and key */
export function readLayer(file: string, owner: 'user' | 'site', uid: number): Layer | null {
  try {
    const text = readTextIfThere(`${owner}-settings`, file, uid);
    return text === null ? null : layerOf(file, text, owner);
  } catch (thrown) {
    const reason = fileTrouble(thrown);
    if (reason === null) throw thrown;
    const isOthers = isRefusedFile(thrown) && ['foreign', 'writable'].includes(thrown.refusal);
    if (owner === 'user' && (isOthers || CLOSED.has(errnoOf(thrown))))
      return { file, values: {}, enforced: {}, notes: [`${file} is not used: ${reason}`], unread: reason };
    throw new ConfigurationError(file, null, null, `cannot be read (${reason})`, thrown);
  }
}

/** What a configuration file with this text says. @throws ConfigurationError naming file, line and key */
export function layerOf(file: string, text: string, owner: Owner): Layer {
  const parsed = parseJson(file, text);
  const { enforced, ...values } = parsed;
  const notes: string[] = [];
  const read = (record: Record<string, unknown>) => readValues(file, text, record, owner, notes);
  if (enforced !== undefined && owner !== 'site')
    notes.push(`${file}: enforced is honoured in the site's file only`);
  if (enforced !== undefined && !isRecord(enforced))
    throw new ConfigurationError(file, lineOf(text, 'enforced'), 'enforced', 'must be an object');
  return {
    file,
    values: read(values),
    enforced: owner === 'site' && enforced !== undefined ? read(enforced) : {},
    notes,
  };
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
  owner: Owner,
  notes: string[],
): Partial<Settings> {
  const values: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(record)) {
    const row: SettingRow | undefined = Object.hasOwn(SETTINGS, key)
      ? SETTINGS[key as keyof Settings]
      : undefined;
    if (row === undefined)
      notes.push(`${file}, line ${lineOf(text, key)}: unknown key ${JSON.stringify(key)}`);
    else if (!maySet(owner, row))
      notes.push(
        `${file}, line ${lineOf(text, key)}: a ${owner === 'project' ? 'project' : 'user'} may not set ${key}`,
      );
    else {
      const parsed = parseFileValue(row, value);
      if ('reason' in parsed) throw new ConfigurationError(file, lineOf(text, key), key, parsed.reason);
      values[key] = parsed.value;
    }
  }
  return values;
}

function maySet(owner: Owner, row: SettingRow): boolean {
  return owner === 'site' || row.by === 'project' || row.by === owner;
}

/** The line on which a key is written first. */
function lineOf(text: string, key: string): number {
  const offset = text.indexOf(JSON.stringify(key));
  return text.slice(0, Math.max(0, offset)).split('\n').length;
}
