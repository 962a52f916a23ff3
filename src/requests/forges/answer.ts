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

/** The JSON of a refusal, or null: it may be anything. */
export function tryJson({ text }: Pick<Answer, 'text'>): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

/**
 * What a server says of its refusal, in any of the shapes in use: a text, a list, lists by field (`name` "has already been
 * taken"), GitHub's list of errors beside its message. Not yet cleaned; null where it says nothing.
 */
export function wordsOf(answer: Pick<Answer, 'text'>): string | null {
  const data = tryJson(answer);
  const message = textField(data, 'error_description') ?? field(data, 'message') ?? textField(data, 'error');
  const words = [...sentencesIn(message), ...sentencesIn(field(data, 'errors'))];
  return words.length === 0 ? null : [...new Set(words)].join('; ').slice(0, 400);
}

function sentencesIn(value: unknown): string[] {
  if (typeof value === 'string') return value === '' ? [] : [value];
  if (Array.isArray(value)) return value.flatMap(item => sentencesIn(textField(item, 'message') ?? item));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, texts]) =>
    // Rails says of a field what it is; a whole sentence needs no name before it.
    sentencesIn(texts).map(text => (/^[a-z]/.test(text) ? `${name} ${text}` : text)),
  );
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
