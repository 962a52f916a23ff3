/**
 * A text with its checksum before it, on a line of its own. It tells damage (a disk, a half of a copy), not malice: whoever
 * may write the file can write the sum as well.
 */
export function seal(text: string): string {
  return `${sumOf(Buffer.from(text))}\n${text}`;
}

/** The text; null when it is not what was sealed. */
export function unseal(bytes: Buffer): string | null {
  const end = bytes.indexOf('\n');
  if (end !== LENGTH) return null;
  const content = bytes.subarray(end + 1);
  return bytes.toString('latin1', 0, end) === sumOf(content) ? content.toString('utf8') : null;
}

const LENGTH = 8;

/** CRC-32: finding it takes less time than loading node:crypto. */
function sumOf(bytes: Uint8Array): string {
  const sum = process.getBuiltinModule('node:zlib').crc32(bytes);
  return sum.toString(16).padStart(LENGTH, '0');
}
