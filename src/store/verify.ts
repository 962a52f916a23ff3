import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readlinkSync, type Stats } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import type { Listed } from '../conversion/listing.ts';
import { fileTrouble } from '../files/refused-file.ts';
import { openRegularFile, type RegularFile } from '../files/regular-file.ts';
import { storeContent } from '../repositories/layouts/store.ts';
import { listingName } from './places.ts';

/** How a name of a copy differs from what was recorded; `changed`: its kind, mode, size, content, or where it leads. */
export interface Difference {
  readonly kind: 'missing' | 'added' | 'changed';
  /** Below the root, one character a byte. */
  readonly path: string;
}

/** What came of comparing a copy with what was recorded when it was made. */
export interface Verified {
  /** Names that were compared. */
  readonly entries: number;
  readonly differences: readonly Difference[];
}

/** Bytes of a listing that are read at once, and names between two turns of the event loop, in which signals are noticed. */
const PIECE = 1024 * 1024;
const NAMES_AT_ONCE = 200;

/**
 * Compares every name in a copy with what was recorded; null: nothing was, or it cannot be read. Nothing is followed, and only regular files are
 * opened.
 * @param tell is told how many names are done
 */
export async function verifyCopy(
  store: string,
  hex: string,
  tell: (names: number) => void,
): Promise<Verified | null> {
  const listed = readListing(`${store}/${listingName(hex)}`);
  if (listed === null) return null;
  const base = `${store}/${storeContent(hex)}`;
  const differences: Difference[] = [];
  let entries = 0;
  for (const [path, wanted] of listed) {
    const at = Buffer.concat([Buffer.from(`${base}/`), Buffer.from(path, 'latin1')]);
    const status = lstatSync(at, { throwIfNoEntry: false });
    // A host without mkfifo(1) has made none.
    if (status === undefined) {
      if (wanted.kind !== 'p') differences.push({ kind: 'missing', path });
    } else if (!(await isSame(at, status, wanted))) differences.push({ kind: 'changed', path });
    else if (wanted.kind === 'd') differences.push(...addedIn(at, path, listed));
    entries += 1;
    if (entries % NAMES_AT_ONCE !== 0) continue;
    tell(entries);
    await turn();
  }
  return { entries, differences };
}

function addedIn(directory: Buffer, path: string, listed: ReadonlyMap<string, Listed>): Difference[] {
  return readdirSync(directory, { encoding: 'buffer' })
    .map(name => `${path === '' ? '' : `${path}/`}${name.toString('latin1')}`)
    .filter(inside => !listed.has(inside))
    .map(inside => ({ kind: 'added', path: inside }));
}

async function isSame(at: Buffer, status: Stats, { kind, mode, size, content }: Listed): Promise<boolean> {
  if (kind === 's') return status.isSymbolicLink() && readlinkSync(at, { encoding: 'latin1' }) === content;
  const isKind = kind === 'd' ? status.isDirectory() : kind === 'f' ? status.isFile() : status.isFIFO();
  if (!isKind || (status.mode & 0o7777) !== mode) return false;
  if (kind !== 'f') return true;
  return status.size === size && (content === '' || (await digestOf(at, size)) === content);
}

/** null: it cannot be read. */
async function digestOf(at: Buffer, size: number): Promise<string | null> {
  let file: RegularFile;
  try {
    file = openRegularFile('store-content', at);
  } catch {
    return null;
  }
  const hash = createHash('sha256');
  try {
    for await (const piece of file.pieces(0, size)) hash.update(piece);
  } catch {
    return null;
  } finally {
    file.close();
  }
  return hash.digest('hex').slice(0, 32);
}

/** What every path below the root stands for; null: there is no listing, or none that is whole. */
function readListing(path: string): Map<string, Listed> | null {
  let file: RegularFile;
  try {
    file = openRegularFile('store-listing', path);
  } catch (thrown) {
    if (fileTrouble(thrown) === null) throw thrown;
    return null;
  }
  try {
    const listed = new Map<string, Listed>();
    let rest = '';
    for (let at = 0; at < file.size; at += PIECE) {
      const texts = (rest + file.read(at, PIECE).toString('latin1')).split('\0');
      const whole = texts.length - 1 - ((texts.length - 1) % 5);
      for (let one = 0; one < whole; one += 5) {
        const [kind = '', mode = '', size = '', content = '', name = ''] = texts.slice(one, one + 5);
        if (!/^[dfsp]$/.test(kind) || !/^[0-7]{1,4}$/.test(mode) || !/^\d{1,15}$/.test(size)) return null;
        listed.set(name, {
          kind: kind as Listed['kind'],
          mode: Number.parseInt(mode, 8),
          size: Number(size),
          content,
        });
      }
      rest = texts.slice(whole).join('\0');
    }
    return rest === '' && listed.has('') ? listed : null;
  } finally {
    file.close();
  }
}
