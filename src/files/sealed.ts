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

/**
 * FNV-1a over words of 32 bits: a change of any one word changes the sum. To load a module with a better one would take longer
 * than to read the file.
 */
function sumOf(bytes: Buffer): string {
  const padded = new Uint8Array(Math.ceil(bytes.length / 4) * 4);
  padded.set(bytes);
  let sum = 0x811c9dc5 ^ bytes.length;
  for (const word of new Int32Array(padded.buffer)) sum = Math.imul(sum ^ word, 0x01000193);
  return (sum >>> 0).toString(16).padStart(LENGTH, '0');
}
