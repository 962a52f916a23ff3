/** The value as an object with string keys, or null. */
export function objectOf(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}

/** The JSON object in the bytes, or null. The parser's own message quotes what it reads (a token, a password): it is dropped. */
export function parseObject(text: Buffer | string): Readonly<Record<string, unknown>> | null {
  try {
    return objectOf(JSON.parse(text.toString()));
  } catch {
    return null;
  }
}
