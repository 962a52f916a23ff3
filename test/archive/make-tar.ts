/** An entry of an archive that a test makes, byte by byte, without any tar. Texts have one character a byte. */
export interface TestEntry {
  readonly name: string;
  /** The type's character; by default `5` for a name that ends in a slash, `2` and `1` never. */
  readonly type?: string;
  readonly content?: string | Buffer;
  readonly link?: string;
  readonly mode?: number;
  readonly mtime?: number;
  readonly uid?: number | Buffer;
  /** What the header says, where that is not the length of the content. */
  readonly size?: number;
  /** Records of a PAX header before it; a Buffer is the header's content as it is. */
  readonly pax?: Readonly<Record<string, string>> | readonly (readonly [string, string])[] | Buffer;
  /** Names by GNU's entries L and K. */
  readonly gnuName?: string;
  readonly gnuLink?: string;
  readonly magic?: string;
  readonly checksum?: number;
}

/** An archive, with its two zero blocks unless `end` says otherwise. */
export function makeTar(entries: readonly (TestEntry | Buffer)[], end: Buffer = Buffer.alloc(1024)): Buffer {
  return Buffer.concat([...entries.map(entry => (Buffer.isBuffer(entry) ? entry : entryBytes(entry))), end]);
}

export function entryBytes(entry: TestEntry): Buffer {
  const before: Buffer[] = [];
  if (entry.pax !== undefined) before.push(special('x', paxBytes(entry.pax)));
  if (entry.gnuName !== undefined) before.push(special('L', Buffer.from(`${entry.gnuName}\0`, 'latin1')));
  if (entry.gnuLink !== undefined) before.push(special('K', Buffer.from(`${entry.gnuLink}\0`, 'latin1')));
  const content = bytesOf(entry.content ?? '');
  return Buffer.concat([...before, header(entry, entry.size ?? content.length), padded(content)]);
}

function special(type: string, content: Buffer): Buffer {
  return Buffer.concat([header({ name: 'special', type }, content.length), padded(content)]);
}

export function paxBytes(pax: NonNullable<TestEntry['pax']>): Buffer {
  if (Buffer.isBuffer(pax)) return pax;
  const pairs = Array.isArray(pax) ? pax : Object.entries(pax);
  return Buffer.concat(
    (pairs as [string, string][]).map(([key, value]) => {
      const rest = ` ${key}=${value}\n`;
      let length = rest.length + 1;
      while (`${length}${rest}`.length !== length) length = `${length}${rest}`.length;
      return Buffer.from(`${length}${rest}`, 'latin1');
    }),
  );
}

function bytesOf(content: string | Buffer): Buffer {
  return typeof content === 'string' ? Buffer.from(content, 'latin1') : content;
}

function padded(content: Buffer): Buffer {
  return Buffer.concat([content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}

function header(entry: TestEntry, size: number): Buffer {
  const block = Buffer.alloc(512);
  const { name, type = name.endsWith('/') ? '5' : '0', mode = type === '5' ? 0o755 : 0o644 } = entry;
  block.write(name.slice(0, 100), 0, 'latin1');
  field(block, 100, 8, mode);
  if (Buffer.isBuffer(entry.uid)) entry.uid.copy(block, 108);
  else field(block, 108, 8, entry.uid ?? 0);
  field(block, 116, 8, 0);
  field(block, 124, 12, size);
  field(block, 136, 12, entry.mtime ?? 1_700_000_000);
  block.write(type, 156, 'latin1');
  block.write((entry.link ?? '').slice(0, 100), 157, 'latin1');
  block.write(entry.magic ?? 'ustar\x0000', 257, 'latin1');
  block.fill(' ', 148, 156);
  const sum = entry.checksum ?? block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

/** Octal, or base 256 where that is too short. */
function field(block: Buffer, at: number, length: number, value: number): void {
  const digits = value.toString(8);
  if (digits.length < length) {
    block.write(`${digits.padStart(length - 1, '0')}\0`, at, 'latin1');
    return;
  }
  let rest = BigInt(value);
  for (let index = at + length - 1; index > at; index -= 1, rest >>= 8n) block[index] = Number(rest & 0xffn);
  block[at] = 0x80;
}
