import { NOT_FROM_A_CACHE } from './fetch-attempt.ts';
import type { Fetcher } from './fetcher.ts';
import { isSameHash } from './hash.ts';
import { type Manifest, parseManifest } from './manifest.ts';
import type { Objects } from './objects.ts';
import type { Recalled } from './recall.ts';
import type { Response } from './transport.ts';
import { parseWhitelist } from './whitelist.ts';

/** Whom to ask for the texts that make up a revision. */
export interface RevisionSource {
  readonly repository: string;
  readonly fetcher: Fetcher;
  readonly objects: Objects;
  /** Whether proxies are told to ask the server for its newest manifest. */
  readonly isFresh: boolean;
}

/** A manifest holds some 600 bytes, a whitelist some 100 a certificate. */
const LONGEST_LETTER = 256 * 1024;
const LONGEST_CERTIFICATE = 256 * 1024;

/** A manifest as a server gave it. */
export interface ManifestAnswer {
  readonly manifest: Manifest;
  readonly bytes: Uint8Array;
  readonly etag: string | null;
  readonly lastModified: string | null;
  /** Seconds for which a proxy had kept it; 0: it says nothing. */
  readonly age: number;
}

/** One server's manifest; null when the server says that what is remembered is still current. */
export function fetchManifest(
  server: string,
  remembered: Recalled | null,
  { fetcher, repository, isFresh }: RevisionSource,
): Promise<ManifestAnswer | null> {
  const { etag = null, lastModified = null } = remembered?.server === server ? remembered : {};
  return fetcher.getFrom(server, {
    path: '.cvmfspublished',
    what: `the manifest of ${repository}`,
    limit: LONGEST_LETTER,
    headers: {
      ...(isFresh && NOT_FROM_A_CACHE),
      ...(etag && { 'if-none-match': etag }),
      ...(lastModified && { 'if-modified-since': lastModified }),
    },
    accept({ status, body, headers }: Response) {
      if (status === 304) return null;
      const manifest = parseManifest(body, repository);
      return {
        manifest,
        bytes: body,
        etag: headers.etag ?? null,
        lastModified: headers.lastModified ?? null,
        age: /^\d{1,9}$/.test(headers.age ?? '') ? Number(headers.age) : 0,
      };
    },
  });
}

/** One server's whitelist, so far as it can be read. */
export function fetchWhitelist(server: string, { fetcher, repository }: RevisionSource): Promise<Uint8Array> {
  return fetcher.getFrom(server, {
    path: '.cvmfswhitelist',
    what: `the whitelist of ${repository}`,
    limit: LONGEST_LETTER,
    accept({ body }) {
      parseWhitelist(body, repository);
      return body;
    },
  });
}

/** The certificate object that a manifest names, from wherever it is. */
export async function fetchCertificate(
  manifest: Manifest,
  remembered: Recalled | null,
  { objects, repository }: RevisionSource,
): Promise<Uint8Array> {
  if (remembered && isSameHash(remembered.manifest.certificate, manifest.certificate))
    return remembered.certificate;
  return objects.content({
    hash: manifest.certificate,
    suffix: 'X',
    size: { bytes: LONGEST_CERTIFICATE, isExact: false },
    isCompressed: true,
    what: `the certificate of ${repository}`,
    hasAlternativePath: manifest.hasAlternativePath,
  });
}
