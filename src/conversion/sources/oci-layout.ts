import { createHash } from 'node:crypto';
import { openRegularFile } from '../../files/regular-file.ts';
import { sha256Hex } from '../../image/digest.ts';
import type { Platform } from '../../image/platform.ts';
import { CONTENT_LIMIT } from '../../registry/ask.ts';
import { objectOf, parseObject } from '../../registry/json.ts';
import {
  type Descriptor,
  type IndexEntry,
  type Manifest,
  parseManifest,
  UnsupportedManifestError,
} from '../../registry/manifest.ts';
import { checkPlatform, chooseEntry } from '../choose-platform.ts';
import { AmbiguousSourceError, ContentError, SourceError } from '../errors.ts';
import type { SourceImage, SourceLayer } from '../source-image.ts';
import { checkLayerTypes, readConfiguration } from './image-of-manifest.ts';

/** Where the name of an image stands in an index. */
const NAME = 'org.opencontainers.image.ref.name';
/** Indexes in indexes: index.json, that of an image with several platforms, and no more. */
const DEEPEST = 2;

type ImageManifest = Extract<Manifest, { kind: 'image' }>;

/**
 * An image of an OCI layout (image-layout.md): a directory with index.json and blobs/. Links, pipes and devices in the place of its files
 * are refused. Throws SourceError, AmbiguousSourceError, ContentError, PlatformAbsentError, UnsupportedManifestError, and what the system says.
 * @param directory absolute
 * @param image its name in the index, or null for the only one
 */
export function openLayout(
  name: string,
  directory: string,
  image: string | null,
  platform: Platform,
): SourceImage {
  const index = readIndex(name, directory);
  const entry = chooseEntry(name, named(name, index, image), platform);
  const found = imageBehind({ name, directory, platform }, entry);
  const { manifest, indexDigest } = found;
  checkLayerTypes(name, manifest);
  const bytes = readBlob(name, directory, manifest.config);
  const { config, diffIds } = readConfiguration(name, bytes, manifest.layers.length);
  checkPlatform(name, config, platform);
  return {
    name,
    manifestDigest: manifest.digest,
    indexDigest,
    configDigest: manifest.config.digest,
    config,
    diffIds,
    layers: manifest.layers.map(layer => layerOf(name, directory, layer)),
  };
}

interface NamedEntry extends IndexEntry {
  readonly image: string | null;
}

function readIndex(name: string, directory: string): NamedEntry[] {
  const bytes = readSmall(name, `${directory}/index.json`, 'index.json');
  const manifests = parseObject(bytes)?.manifests;
  const index = parseManifest(bytes, '', '', name);
  if (index?.kind !== 'index' || !Array.isArray(manifests))
    throw new SourceError(name, 'has an index.json that is not that of an OCI layout');
  return index.entries.map((entry, at) => {
    const said = objectOf(objectOf(manifests[at])?.annotations)?.[NAME];
    return { ...entry, image: typeof said === 'string' ? said : null };
  });
}

function named(name: string, entries: readonly NamedEntry[], image: string | null): readonly NamedEntry[] {
  const names = [...new Set(entries.map(entry => entry.image))];
  if (image === null) {
    if (names.length > 1)
      throw new AmbiguousSourceError(
        name,
        names.filter(found => found !== null),
      );
    if (entries.length === 0) throw new SourceError(name, 'holds no image');
    return entries;
  }
  const found = entries.filter(entry => entry.image === image);
  if (found.length > 0) return found;
  const others = names.filter(other => other !== null);
  throw new SourceError(
    name,
    `holds no image ${JSON.stringify(image)}`,
    others.length > 0 ? `it holds ${others.join(', ')}` : undefined,
  );
}

interface Layout {
  readonly name: string;
  readonly directory: string;
  readonly platform: Platform;
}

function imageBehind(
  { name, directory, platform }: Layout,
  entry: IndexEntry,
): { manifest: ImageManifest; indexDigest: string | null } {
  let at = entry;
  let indexDigest: string | null = null;
  for (let depth = 1; ; depth += 1) {
    const bytes = readBlob(name, directory, at);
    const manifest = parseManifest(bytes, at.mediaType, at.digest, name);
    if (manifest === null) throw new SourceError(name, 'has a manifest that is none');
    if (manifest.kind === 'image') return { manifest, indexDigest };
    if (depth === DEEPEST) throw new UnsupportedManifestError(name, [at.mediaType]);
    indexDigest = manifest.digest;
    at = chooseEntry(name, manifest.entries, platform);
  }
}

/** `sha256:…` only: parseManifest lets no other digest pass, so it is a file's name. */
function blobFile(directory: string, { digest }: Descriptor): string {
  return `${directory}/blobs/sha256/${sha256Hex(digest)}`;
}

function readBlob(name: string, directory: string, descriptor: Descriptor): Buffer {
  const bytes = readSmall(name, blobFile(directory, descriptor), descriptor.digest);
  const received = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  if (received !== descriptor.digest || bytes.length !== descriptor.size)
    throw new ContentError(name, descriptor.digest, 'is not what its digest says');
  return bytes;
}

function readSmall(name: string, path: string, what: string): Buffer {
  const file = openRegularFile('image-source', path);
  try {
    if (file.size > CONTENT_LIMIT)
      throw new SourceError(name, `has ${what} with more than ${CONTENT_LIMIT / 1024} KiB`);
    return file.read(0, file.size);
  } finally {
    file.close();
  }
}

function layerOf(name: string, directory: string, descriptor: Descriptor): SourceLayer {
  const path = blobFile(directory, descriptor);
  return {
    name: descriptor.digest,
    size: descriptor.size,
    async prove() {
      const hash = createHash('sha256');
      let size = 0;
      for await (const piece of piecesOf(path, descriptor.size + 1)) {
        hash.update(piece);
        size += piece.length;
      }
      if (size !== descriptor.size)
        throw new ContentError(name, `layer ${descriptor.digest}`, `is not ${descriptor.size} bytes long`);
      if (`sha256:${hash.digest('hex')}` !== descriptor.digest)
        throw new ContentError(name, `layer ${descriptor.digest}`, 'is not what its digest says');
    },
    content: () => piecesOf(path, descriptor.size),
  };
}

async function* piecesOf(path: string, length: number): AsyncGenerator<Buffer> {
  const file = openRegularFile('image-source', path);
  try {
    yield* file.pieces(0, length);
  } finally {
    file.close();
  }
}
