import { safeText } from '../../output/safe-text.ts';
import { type Asked, NotAForgeError } from './failures.ts';

/** One answer of a forge, whole. */
export interface Answer {
  status: number;
  headers: Readonly<Record<string, string | undefined>>;
  text: string;
  asked: Asked;
}

/** The JSON of an answer. Throws NotAForgeError, with what came instead. */
export function readJson(answer: Answer): unknown {
  const type = answer.headers['content-type'] ?? 'no content type';
  try {
    return JSON.parse(answer.text) as unknown;
  } catch {
    // The parser's own message quotes the text.
    throw new NotAForgeError(answer.asked, `${answer.status}, ${type.split(';', 1)[0]}`);
  }
}

/** A list, or NotAForgeError. */
export function readList(answer: Answer): unknown[] {
  const data = readJson(answer);
  if (!Array.isArray(data)) throw new NotAForgeError(answer.asked, 'no list');
  return data;
}

/** A property that the object itself has, however deep; undefined where there is none. */
export function field(data: unknown, ...names: readonly string[]): unknown {
  let value = data;
  for (const name of names) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}

/** A text, or null. */
export function textField(data: unknown, ...names: readonly string[]): string | null {
  const value = field(data, ...names);
  return typeof value === 'string' ? value : null;
}

/** A whole number (GitLab writes some as text), or null. */
export function numberField(data: unknown, ...names: readonly string[]): number | null {
  const value = field(data, ...names);
  const number = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : null;
}

/** What must be there. Throws NotAForgeError that names the field. */
export function needText(answer: Answer, data: unknown, ...names: readonly string[]): string {
  const value = textField(data, ...names);
  if (value === null) throw new NotAForgeError(answer.asked, `no "${names.join('.')}"`);
  return value;
}

export function needNumber(answer: Answer, data: unknown, ...names: readonly string[]): number {
  const value = numberField(data, ...names);
  if (value === null) throw new NotAForgeError(answer.asked, `no "${names.join('.')}"`);
  return value;
}

/** What a server says of its refusal, in any of the shapes in use: text, list, or lists by field. Not yet cleaned. */
export function wordsOf(answer: Answer): string | null {
  let data: unknown;
  try {
    data = JSON.parse(answer.text);
  } catch {
    return null;
  }
  const message = textField(data, 'error_description') ?? field(data, 'message') ?? textField(data, 'error');
  if (typeof message === 'string') return message;
  return message === undefined || message === null ? null : JSON.stringify(message).slice(0, 400);
}

/**
 * An address that a person may be sent to, as text fit for a terminal: http(s) on the expected host and without a user name;
 * null for anything else (`javascript:`, another host).
 */
export function pageAddress(text: string | null, host: string): string | null {
  if (text === null || text.length > 2000 || !URL.canParse(text)) return null;
  const url = new URL(text);
  const fits =
    /^https?:$/.test(url.protocol) && url.host === host && url.username === '' && url.password === '';
  return fits ? safeText(url.href, 2000) : null;
}
