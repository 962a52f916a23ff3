import { BLOCK } from './tar-header.ts';

/** An entry to write. Texts have one character a byte. */
export interface WrittenEntry {
  readonly type: 'file' | 'hard-link' | 'symlink' | 'directory' | 'fifo';
  readonly path: string;
  /** Of a link. */
  readonly target: string;
  readonly mode: number;
  /** Whole seconds since 1970. */
  readonly mtime: number;
  /** Of a file: so many bytes follow, and `paddingOf` them. */
  readonly size: number;
}

const TYPES: Readonly<Record<WrittenEntry['type'], string>> = {
  file: '0',
  'hard-link': '1',
  symlink: '2',
  directory: '5',
  fifo: '6',
};
/** What a name in a header may have. */
const SHORT = 100;

/** What stands behind the last entry. */
export const ARCHIVE_END: Buffer = Buffer.alloc(2 * BLOCK);

/**
 * The header of an entry in GNU's form, which every reader knows: names are bytes whatever their encoding is, long ones stand in entries of their
 * own before it. Root's, as all in an image on CVMFS is.
 */
export function headerOf({ type, path, target, mode, mtime, size }: WrittenEntry): Buffer {
  const name = type === 'directory' ? `${path}/` : path;
  return Buffer.concat([
    longText('K', target),
    longText('L', name),
    header({ type: TYPES[type], name, target, mode, mtime, size: type === 'file' ? size : 0 }),
  ]);
}

/** Up to the next block. */
export function paddingOf(size: number): Buffer {
  return Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);
}

function longText(type: 'K' | 'L', text: string): Buffer {
  if (text.length <= SHORT) return Buffer.alloc(0);
  const bytes = Buffer.from(`${text}\0`, 'latin1');
  const before = header({
    ...{ type, name: '././@LongLink', target: '', mode: 0, mtime: 0 },
    size: bytes.length,
  });
  return Buffer.concat([before, bytes, paddingOf(bytes.length)]);
}

interface Fields extends Omit<WrittenEntry, 'type' | 'path'> {
  readonly type: string;
  readonly name: string;
}

function header({ type, name, target, mode, mtime, size }: Fields): Buffer {
  const block = Buffer.alloc(BLOCK);
  block.write(name.slice(0, SHORT), 0, 'latin1');
  writeNumber(block, 100, 8, mode);
  writeNumber(block, 108, 8, 0);
  writeNumber(block, 116, 8, 0);
  writeNumber(block, 124, 12, size);
  writeNumber(block, 136, 12, mtime);
  block.write(type, 156, 'latin1');
  block.write(target.slice(0, SHORT), 157, 'latin1');
  block.write('ustar  \0', 257, 'latin1');
  block.write('        ', 148, 'latin1');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

/** Octal digits, or base 256 with its mark where they do not do: for large files, and times before 1970. */
function writeNumber(block: Buffer, at: number, length: number, value: number): void {
  const digits = value.toString(8);
  if (value >= 0 && digits.length < length) {
    block.write(digits.padStart(length - 1, '0'), at, 'latin1');
    return;
  }
  let rest = value;
  for (let index = at + length - 1; index >= at; index -= 1) {
    block[index] = ((rest % 256) + 256) % 256;
    rest = Math.floor(rest / 256);
  }
  block[at] = value < 0 ? 0xff : 0x80;
}
