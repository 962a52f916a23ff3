import type { Attributes } from './attributes.ts';

/** Attributes that tell which revision a client shows. */
export const REVISION_NAMES = [
  'revision',
  'root_hash',
  'expires',
  'version',
  'tag',
  'host',
  'proxy',
] as const;

/** Attributes that tell what a client did since it mounted the repository. */
export const TRAFFIC_NAMES = [
  'revision',
  'hitrate',
  'rx',
  'ndownload',
  'nopen',
  'nioerr',
  'ncleanup24',
  'uptime',
  'speed',
  'version',
] as const;

/** The revision that this host's client shows. null: it does not say. */
export interface ClientRevision {
  readonly revision: number | null;
  /** Hexadecimal, with `-rmd160` or the like for other algorithms than SHA-1. */
  readonly rootHash: string | null;
  /** Whole minutes until the client looks for a newer revision, rounded down; `never`: it was told to stay at this one. */
  readonly nextCheck: number | 'never' | null;
  /** The client's own version. */
  readonly version: string | null;
}

/** Where there is no client. */
export const NO_CLIENT: ClientRevision = { revision: null, rootHash: null, nextCheck: null, version: null };

/** What a client did since it mounted a repository. null: it does not say, or nothing was done that could be counted. */
export interface ClientTraffic {
  /** Percent of opened files that were in the cache already. */
  readonly hitRate: number | null;
  /** Bytes downloaded. */
  readonly received: number | null;
  readonly downloads: number | null;
  readonly opened: number | null;
  readonly inputOutputErrors: number | null;
  /** How often the cache was full and had to be cleaned up in the last 24 hours. */
  readonly cleanups: number | null;
  readonly uptimeMinutes: number | null;
}

/** Reads the attributes of REVISION_NAMES. */
export function clientRevision(attributes: Attributes): ClientRevision {
  const text = textIn(attributes);
  const expires = text('expires');
  const hash = text('root_hash');
  return {
    revision: whole(text('revision')),
    rootHash: hash !== null && /^[0-9a-f]{40}(?:-[a-z0-9]+)?$/.test(hash) ? hash : null,
    nextCheck: expires?.startsWith('never') === true ? 'never' : whole(expires),
    version: text('version'),
  };
}

/** Whether the client should have looked for a newer revision by now: it tells less than no minutes. */
export function isOverdue(attributes: Attributes): boolean {
  return /^-\d/.test(textIn(attributes)('expires') ?? '');
}

/** Reads the attributes of TRAFFIC_NAMES. */
export function clientTraffic(attributes: Attributes): ClientTraffic {
  const text = textIn(attributes);
  const kilobytes = whole(text('rx'));
  return {
    hitRate: decimal(text('hitrate')),
    received: kilobytes === null ? null : kilobytes * 1024,
    downloads: whole(text('ndownload')),
    opened: whole(text('nopen')),
    inputOutputErrors: whole(text('nioerr')),
    cleanups: whole(text('ncleanup24')),
    uptimeMinutes: whole(text('uptime')),
  };
}

function textIn(attributes: Attributes): (name: string) => string | null {
  if (attributes.state === 'unknown') return () => null;
  const { values } = attributes;
  return name => (Object.hasOwn(values, name) ? values[name]!.trim() : '') || null;
}

function whole(text: string | null): number | null {
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null;
}

function decimal(text: string | null): number | null {
  return text !== null && /^\d{1,6}(?:\.\d{1,9})?$/.test(text) ? Number(text) : null;
}
