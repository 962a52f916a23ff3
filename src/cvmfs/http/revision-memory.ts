import { lutimes, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readPlace } from '../../files/read.ts';
import { seal, unseal } from '../../files/sealed.ts';
import type { ObjectCache } from './object-cache.ts';
import { removeFromCache, writeInCache } from './private-directory.ts';

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

const FORMAT = 2;

/** What is remembered of `repository` (a checked name) in the cache. */
export function revisionMemory(cache: ObjectCache, repository: string): RevisionMemory {
  const place = ['revisions', repository];
  const directory = join(cache.directory, ...place);
  const nameOf = (revision: number): string => `${revision}.json`;
  const fileOf = (revision: number): string => join(directory, nameOf(revision));
  const remove = (found: readonly number[]): void =>
    removeFromCache(cache.directory, place, found.map(nameOf));

  async function revisions(): Promise<number[]> {
    const names = await readdir(directory).catch(() => []);
    const found = names.map(name => /^(\d{1,15})\.json$/.exec(name)?.[1]).filter(text => text !== undefined);
    return found.map(Number).sort((one, other) => other - one);
  }

  return {
    async recall() {
      for (const revision of await revisions()) {
        const remembered = readRevision(fileOf(revision), revision);
        if (remembered) return remembered;
      }
      return null;
    },
    async remember(remembered) {
      const name = join(...place, nameOf(remembered.revision));
      writeInCache(cache.directory, name, seal(serialise(remembered)), cache.calls);
      await this.confirm(remembered.revision, remembered.confirmedAt);
      remove((await revisions()).filter(revision => revision < remembered.revision));
    },
    async confirm(revision, time) {
      await lutimes(fileOf(revision), time / 1000, time / 1000).catch(() => undefined);
    },
    async forget() {
      remove(await revisions());
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

/** Null for a file that is gone, damaged, of another format, or not this user's own: it is then as if nothing were remembered. */
function readRevision(file: string, revision: number): RememberedRevision | null {
  try {
    const { bytes: content, status } = readPlace('http-revision', file);
    const whole = unseal(content);
    if (whole === null) return null;
    const found = JSON.parse(whole) as Record<string, unknown>;
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
      confirmedAt: status.mtimeMs,
    };
  } catch {
    return null;
  }
}

/** A validator goes into a request header again: null for one that cannot. */
function headerText(text: string): string | null {
  return /^[\x20-\x7e]{1,200}$/.test(text) ? text : null;
}
