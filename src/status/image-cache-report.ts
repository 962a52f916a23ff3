import { isMounted, type SeenImage } from '../cvmfs/find-anywhere.ts';
import type { Published } from '../cvmfs/publication.ts';
import { bar, bytesText } from '../output/amount.ts';
import { SCHEMA_VERSION } from '../schema-version.ts';
import type { CachedHere, ImageCache, ImageContents, Unknown } from './image-cache.ts';

/** For people: number, amount, what it means. */
export function imageCacheRows({ contents, cached }: ImageCache): readonly (readonly string[])[] {
  const unpacked =
    contents.state === 'unknown'
      ? [['unpacked', NOT_KNOWN, contents.reason]]
      : [
          [
            'unpacked',
            bytesText(contents.bytes),
            'all files of the image; a job downloads only those that it reads, compressed',
          ],
          ['files', String(contents.files), `told by ${TELLERS[contents.source]}`],
        ];
  return [...unpacked, ['cached here', cachedText(contents, cached), cachedMeaning(cached)]];
}

const NOT_KNOWN = 'not known';
const TELLERS = {
  client: 'the CVMFS client of this host',
  server: 'the signed catalog of a server',
} as const;

function cachedText(contents: ImageContents | Unknown, cached: CachedHere | Unknown): string {
  if (cached.state === 'unknown') return NOT_KNOWN;
  if (contents.state === 'unknown') return `${cached.files} files`;
  const share = contents.files === 0 ? 1 : cached.files / contents.files;
  return `${bar(share)} ${cached.files} of ${contents.files} files`;
}

function cachedMeaning(cached: CachedHere | Unknown): string {
  return cached.state === 'unknown'
    ? cached.reason
    : 'files of the image that are in this host’s cache, wholly or in part; the client does not tell their bytes';
}

/** For programs; null is not known, and then its reason stands beside it. */
export function imageCacheJson(
  { path, target }: Published,
  seen: SeenImage,
  { contents, cached }: ImageCache,
) {
  return {
    schemaVersion: SCHEMA_VERSION,
    path,
    target,
    mounted: isMounted(seen),
    verified: seen.http?.verified ?? null,
    files: contents.state === 'known' ? contents.files : null,
    bytes: contents.state === 'known' ? contents.bytes : null,
    source: contents.state === 'known' ? contents.source : null,
    sizeUnknown: contents.state === 'unknown' ? contents.reason : null,
    cachedFiles: cached.state === 'known' ? cached.files : null,
    cachedUnknown: cached.state === 'unknown' ? cached.reason : null,
    http: seen.http,
  };
}
