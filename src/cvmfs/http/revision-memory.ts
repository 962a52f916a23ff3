import { readdir, readFile, stat, unlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObjectCache } from './object-cache.ts';
import { writeAside } from './private-directory.ts';

/**
 * The newest verified revision of a repository that this user has seen: to answer without network, to ask "anything
 * newer?" in one request, and to notice a server that goes back in time. One file for each revision, so that two
 * processes that remember different ones at once cannot undo each other: the greatest number wins.
 */
export interface RememberedRevision {
  readonly revision: number;
  readonly server: string;
  /** The manifest. */
  readonly bytes: Uint8Array;
  readonly whitelist: Uint8Array;
  /** The certificate object, inflated. */
  readonly certificate: Uint8Array;
  readonly etag: string | null;
  readonly lastModified: string | null;
  /** When a server last confirmed it, in milliseconds since 1970. */
  readonly confirmedAt: number;
}

export interface RevisionMemory {
  recall(): Promise<RememberedRevision | null>;
  /** Throws CacheWriteError. */
  remember(revision: RememberedRevision): Promise<void>;
  /** Notes that a server confirmed `revision` at `time`. */
  confirm(revision: number, time: number): Promise<void>;
  /** For a repository that was made anew and counts from the beginning again. */
  forget(): Promise<void>;
}

const FORMAT = 1;
const LONGEST_FILE = 2 * 1024 * 1024;

/** What is remembered of `repository` (a checked name) in the cache. */
export function revisionMemory(cache: ObjectCache, repository: string): RevisionMemory {
  const directory = join(cache.directory, 'revisions', repository);
  const fileOf = (revision: number): string => join(directory, `${revision}.json`);

  async function revisions(): Promise<number[]> {
    const names = await readdir(directory).catch(() => []);
    const found = names.map(name => /^(\d{1,15})\.json$/.exec(name)?.[1]).filter(text => text !== undefined);
    return found.map(Number).sort((one, other) => other - one);
  }

  return {
    async recall() {
      for (const revision of await revisions()) {
        const remembered = await readRevision(fileOf(revision), revision);
        if (remembered) return remembered;
      }
      return null;
    },
    async remember(remembered) {
      await writeAside(fileOf(remembered.revision), serialise(remembered), cache.calls);
      await this.confirm(remembered.revision, remembered.confirmedAt);
      const older = (await revisions()).filter(revision => revision < remembered.revision);
      await Promise.all(older.map(revision => unlink(fileOf(revision)).catch(() => undefined)));
    },
    async confirm(revision, time) {
      await utimes(fileOf(revision), time / 1000, time / 1000).catch(() => undefined);
    },
    async forget() {
      await Promise.all((await revisions()).map(revision => unlink(fileOf(revision)).catch(() => undefined)));
    },
  };
}

const BINARY = ['bytes', 'whitelist', 'certificate'] as const;

function serialise(remembered: RememberedRevision): string {
  const { revision, server } = remembered;
  const etag = remembered.etag && headerText(remembered.etag);
  const lastModified = remembered.lastModified && headerText(remembered.lastModified);
  const binary = Object.fromEntries(
    BINARY.map(field => [field, Buffer.from(remembered[field]).toString('base64')]),
  );
  return JSON.stringify({ format: FORMAT, revision, server, etag, lastModified, ...binary });
}

/** Null for a file that is gone, cut short or of another format: it is then as if nothing were remembered. */
async function readRevision(file: string, revision: number): Promise<RememberedRevision | null> {
  try {
    const { mtimeMs, size } = await stat(file);
    if (size > LONGEST_FILE) return null;
    const found = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
    if (found.format !== FORMAT || found.revision !== revision) return null;
    const text = (field: string): string => {
      const value = found[field];
      if (typeof value !== 'string') throw new TypeError(field);
      return value;
    };
    const bytes = (field: string): Uint8Array => Buffer.from(text(field), 'base64');
    const optional = (field: string): string | null =>
      found[field] === null ? null : headerText(text(field));
    return {
      revision,
      server: text('server'),
      bytes: bytes('bytes'),
      whitelist: bytes('whitelist'),
      certificate: bytes('certificate'),
      etag: optional('etag'),
      lastModified: optional('lastModified'),
      confirmedAt: mtimeMs,
    };
  } catch {
    return null;
  }
}

/** A validator goes into a request header again: null for one that cannot. */
function headerText(text: string): string | null {
  return /^[\x20-\x7e]{1,200}$/.test(text) ? text : null;
}
