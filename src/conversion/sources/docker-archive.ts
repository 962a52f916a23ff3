import { createHash } from 'node:crypto';
import { compressionOf } from '../../archive/decompress.ts';
import { isArchiveFault } from '../../archive/fault.ts';
import { tarReader } from '../../archive/tar-reader.ts';
import { openRegularFile, type RegularFile } from '../../files/regular-file.ts';
import type { Platform } from '../../image/platform.ts';
import { canonicalName, parseReference } from '../../image/reference.ts';
import { CONTENT_LIMIT } from '../../registry/ask.ts';
import { objectOf } from '../../registry/json.ts';
import { checkPlatform } from '../choose-platform.ts';
import { AmbiguousSourceError, ContentError, SourceError } from '../errors.ts';
import type { SourceImage, SourceLayer } from '../source-image.ts';
import { partsOf, TreeFault } from '../tree.ts';
import { readConfiguration } from './image-of-manifest.ts';

/** Where a file stands in the archive, or the name that a link leads to. */
type Member = { readonly at: number; readonly size: number } | { readonly to: string };

/** An archive that is open, and what is in it. */
interface Archive {
  readonly name: string;
  readonly file: RegularFile;
  readonly members: ReadonlyMap<string, Member>;
}

/**
 * Lets `use` work on an image of an archive as `docker save` and `podman save` write it: manifest.json near its end says which files are what, so it
 * is read once from beginning to end first. Links lead to files of the archive only. Throws SourceError, AmbiguousSourceError, ContentError,
 * PlatformAbsentError, and what the system says.
 * @param path absolute
 * @param image a name among RepoTags, or null for the only image
 */
export async function withDockerArchive<T>(
  name: string,
  path: string,
  image: string | null,
  platform: Platform,
  use: (image: SourceImage) => Promise<T>,
): Promise<T> {
  const file = openRegularFile('image-source', path, true);
  try {
    const archive = { name, file, members: await membersOf(name, file) };
    const chosen = choose(name, rowsOf(archive), image);
    const bytes = small(archive, chosen.config);
    const configDigest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    const said = hexIn(chosen.config);
    if (said !== null && configDigest !== `sha256:${said}`)
      throw new ContentError(name, 'the configuration', 'is not what its name says');
    const { config, diffIds } = readConfiguration(name, bytes, chosen.layers.length);
    checkPlatform(name, config, platform);
    const layers = chosen.layers.map((layer, at) => layerOf(archive, layer, diffIds[at]!));
    return await use({
      ...{ name, configDigest, config, diffIds, layers },
      manifestDigest: null,
      indexDigest: null,
    });
  } finally {
    file.close();
  }
}

async function membersOf(name: string, file: RegularFile): Promise<Map<string, Member>> {
  if (compressionOf(file.read(0, 4)) !== 'none')
    throw new SourceError(name, 'is compressed', 'decompress it first: gunzip, or zstd -d');
  const members = new Map<string, Member>();
  const reader = tarReader({
    entry({ type, path, target, size, dataAt }) {
      const { parts } = partsOf(path);
      const key = parts.join('/');
      if (key === MANIFEST && members.has(key)) throw new SourceError(name, `has ${MANIFEST} twice`);
      if (type === 'file') members.set(key, { at: dataAt, size });
      else if (type === 'hard-link') members.set(key, { to: partsOf(target).parts.join('/') });
      else if (type === 'symlink')
        members.set(key, { to: partsOf([...parts.slice(0, -1), target].join('/')).parts.join('/') });
    },
    data: () => {},
    end: () => {},
  });
  try {
    for await (const piece of file.pieces(0, file.size)) reader.push(piece);
    reader.finish();
  } catch (thrown) {
    if (isArchiveFault(thrown)) throw new SourceError(name, `${thrown.message}, so it is no whole archive`);
    throw sourceFault(name, thrown);
  }
  return members;
}

/** What no name of a file can be is said of the archive. */
function sourceFault(name: string, thrown: unknown): unknown {
  return thrown instanceof TreeFault ? new SourceError(name, thrown.message) : thrown;
}

const MANIFEST = 'manifest.json';

interface Row {
  readonly config: string;
  readonly tags: readonly string[];
  readonly layers: readonly string[];
}

function rowsOf(archive: Archive): Row[] {
  let rows: unknown;
  try {
    rows = JSON.parse(small(archive, MANIFEST).toString());
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown;
  }
  const read = Array.isArray(rows) ? rows.map(rowOf) : [null];
  if (!read.every(row => row !== null)) throw new SourceError(archive.name, `has a ${MANIFEST} that is none`);
  return read;
}

function rowOf(value: unknown): Row | null {
  const { Config: config, RepoTags: tags, Layers: layers } = objectOf(value) ?? {};
  if (typeof config !== 'string' || !areTexts(layers)) return null;
  return { config, tags: areTexts(tags) ? tags : [], layers };
}

function areTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(text => typeof text === 'string');
}

function choose(name: string, rows: readonly Row[], image: string | null): Row {
  if (rows.length === 0) throw new SourceError(name, 'holds no image');
  const tags = rows.flatMap(row => row.tags);
  if (image === null) {
    if (rows.length > 1) throw new AmbiguousSourceError(name, tags);
    return rows[0]!;
  }
  const wanted = canonicalName(parseReference(image));
  const found = rows.find(row => row.tags.some(tag => isName(tag, wanted)));
  if (found !== undefined) return found;
  throw new SourceError(
    name,
    `holds no image ${JSON.stringify(image)}`,
    tags.length > 0 ? `it holds ${tags.join(', ')}` : undefined,
  );
}

function isName(tag: string, wanted: string): boolean {
  try {
    return canonicalName(parseReference(tag)) === wanted;
  } catch {
    return false;
  }
}

/** The most links from one file of an archive to another. */
const MOST_LINKS = 8;

function fileAt({ name, members }: Archive, path: string): { readonly at: number; readonly size: number } {
  let key = keyOf(name, path);
  for (let links = 0; links <= MOST_LINKS; links += 1) {
    const member = members.get(key);
    if (member === undefined) break;
    if ('at' in member) return member;
    key = member.to;
  }
  throw new SourceError(name, `does not hold ${JSON.stringify(path)}`);
}

function keyOf(name: string, path: string): string {
  try {
    return partsOf(path).parts.join('/');
  } catch (thrown) {
    throw sourceFault(name, thrown);
  }
}

function small(archive: Archive, path: string): Buffer {
  const { at, size } = fileAt(archive, path);
  if (size > CONTENT_LIMIT)
    throw new SourceError(archive.name, `has ${path} with more than ${CONTENT_LIMIT / 1024} KiB`);
  return archive.file.read(at, size);
}

/** The digest in a name: `blobs/sha256/<hex>`, `<hex>.json`, `<hex>.tar`. */
function hexIn(path: string): string | null {
  return /(?:^|\/)([0-9a-f]{64})(?:\.json)?$/.exec(path)?.[1] ?? null;
}

/** Plain layers have the digest that they unpack to, so that it proves them before they are read. */
function layerOf(archive: Archive, path: string, diffId: string): SourceLayer {
  const { name, file } = archive;
  const { at, size } = fileAt(archive, path);
  const isPlain = compressionOf(file.read(at, Math.min(4, size))) === 'none';
  const said = path.startsWith('blobs/') ? hexIn(path) : null;
  const wanted = said !== null ? `sha256:${said}` : isPlain ? diffId : null;
  return {
    name: path,
    size,
    async prove() {
      if (wanted === null) return;
      const hash = createHash('sha256');
      for await (const piece of file.pieces(at, size)) hash.update(piece);
      if (`sha256:${hash.digest('hex')}` !== wanted)
        throw new ContentError(name, `layer ${path}`, 'is not what its digest says');
    },
    content: () => file.pieces(at, size),
  };
}
