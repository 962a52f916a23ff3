import type { SettingRow } from './settings.ts';

/** A value that does not fit its key: `reason` completes the sentence "KEY …". */
export type Parsed = { readonly value: unknown } | { readonly reason: string };

/** Checks a JSON value against its row. */
export function parseJsonValue(row: SettingRow, value: unknown): Parsed {
  const { kind } = row;
  if (typeof kind !== 'string') return oneOf(kind, value);
  switch (kind) {
    case 'text':
    case 'path':
      return typeof value === 'string' && value !== '' ? { value } : { reason: 'must be a text' };
    case 'list':
    case 'paths':
      return isListOfTexts(value) ? { value } : { reason: 'must be a list of texts' };
    case 'seconds':
      return isSeconds(value)
        ? { value }
        : { reason: 'must be a number of seconds above 0 and at most 86400' };
    case 'bytes':
      return isBytes(value) ? { value } : { reason: 'must be a number of bytes' };
    case 'boolean':
      return typeof value === 'boolean' ? { value } : { reason: 'must be true or false' };
    case 'pairs':
      return isRecord(value) && Object.values(value).every(text => typeof text === 'string' && text !== '')
        ? { value }
        : { reason: 'must be an object of texts, or NAME=VALUE in a variable' };
    case 'services':
      return isRecordOfRecords(value)
        ? { value }
        : { reason: 'must be an object of objects, by repository name' };
    default:
      return kind satisfies never;
  }
}

/**
 * The same for what stands in a file, or is to stand there: a path must be absolute. Of a relative one the working directory would
 * decide, so that whoever made what one works in would bring stores and images; options and variables are written for one place.
 */
export function parseFileValue(row: SettingRow, value: unknown): Parsed {
  const parsed = parseJsonValue(row, value);
  if ('reason' in parsed || (row.kind !== 'path' && row.kind !== 'paths')) return parsed;
  const relative = [parsed.value].flat().find(path => !String(path).startsWith('/'));
  if (relative === undefined) return parsed;
  return { reason: `must be absolute in a file, and ${JSON.stringify(relative)} does not begin with /` };
}

/** Reads the text of an environment variable or of `jcds config set` as its row's kind. Lists are separated by commas. */
export function parseTextValue(row: SettingRow, text: string): Parsed {
  if (typeof row.kind !== 'string' || row.kind === 'text' || row.kind === 'path')
    return parseJsonValue(row, text);
  if (row.kind === 'list' || row.kind === 'paths') return { value: wordsOf(text) };
  if (row.kind === 'pairs')
    return parseJsonValue(row, Object.fromEntries(wordsOf(text).map(word => word.split(/=(.*)/s, 2))));
  if (row.kind === 'seconds' || row.kind === 'bytes')
    return parseJsonValue(row, text.trim() === '' ? Number.NaN : Number(text));
  if (row.kind === 'boolean')
    return parseJsonValue(row, { true: true, '1': true, false: false, '0': false }[text] ?? text);
  try {
    return parseJsonValue(row, JSON.parse(text));
  } catch {
    return { reason: 'must be JSON' };
  }
}

function wordsOf(text: string): string[] {
  return text
    .split(',')
    .map(word => word.trim())
    .filter(word => word !== '');
}

function oneOf(choices: readonly string[], value: unknown): Parsed {
  return typeof value === 'string' && choices.includes(value)
    ? { value }
    : { reason: `must be one of ${choices.join(', ')}` };
}

function isListOfTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every(item => typeof item === 'string' && item !== '');
}

function isSeconds(value: unknown): boolean {
  return typeof value === 'number' && value > 0 && value <= 86_400;
}

function isBytes(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isRecordOfRecords(value: unknown): boolean {
  return isRecord(value) && Object.values(value).every(isRecord);
}

/** Whether a JSON value is an object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
