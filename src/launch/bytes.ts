/**
 * Text that came from outside as bytes (arguments, environment, paths) and must leave as the same bytes.
 * A byte that is not valid UTF-8 is carried as the lone surrogate U+DC80…U+DCFF, as Python's surrogateescape
 * does (PEP 383): everything valid is an ordinary string, and nothing is lost.
 */

const ESCAPED = /[\udc80-\udcff]/;
const LONE_SURROGATE = /(?<![\ud800-\udbff])[\udc80-\udcff]/g;

/** The text of these bytes; `toBytes` gives the same bytes back, whatever they are. */
export function fromBytes(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  if (!text.includes('\ufffd')) return text;
  let result = '';
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceLength(bytes, at);
    result +=
      length === 0 ? String.fromCharCode(0xdc00 + bytes[at]!) : bytes.toString('utf8', at, at + length);
    at += Math.max(length, 1);
  }
  return result;
}

/** The bytes of a text that `fromBytes` made; of any other text, its UTF-8. */
export function toBytes(text: string): Buffer {
  if (!ESCAPED.test(text)) return Buffer.from(text, 'utf8');
  const parts: Buffer[] = [];
  let from = 0;
  for (const match of text.matchAll(LONE_SURROGATE)) {
    parts.push(Buffer.from(text.slice(from, match.index)), Buffer.of(match[0].charCodeAt(0) - 0xdc00));
    from = match.index + 1;
  }
  parts.push(Buffer.from(text.slice(from)));
  return Buffer.concat(parts);
}

/** How many bytes the UTF-8 sequence at this place has; 0 where there is none (Unicode, table 3-7). */
function sequenceLength(bytes: Buffer, at: number): number {
  const first = bytes[at]!;
  const length =
    first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  if (length < 2) return length;
  const second = bytes[at + 1] ?? 0;
  const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < low || second > high) return 0;
  for (let next = at + 2; next < at + length; next++) if (((bytes[next] ?? 0) & 0xc0) !== 0x80) return 0;
  return length;
}
