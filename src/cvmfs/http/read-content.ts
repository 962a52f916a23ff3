import { JcdsError } from '../../errors.ts';
import type { CatalogTree } from './catalog-tree.ts';
import type { Content, Entry } from './entry.ts';
import type { Objects } from './objects.ts';
import { quoted } from './quoted.ts';
import { parentOf } from './repository-path.ts';

/** What it takes to read a file. */
export interface ContentSource {
  readonly repository: string;
  readonly tree: CatalogTree;
  readonly objects: Objects;
}

/** The content of the regular file `entry` at `path`, at most `limit` bytes of it. Throws UnreadableFileError. */
export async function readContent(
  source: ContentSource,
  path: string,
  entry: Entry,
  limit: number,
): Promise<Uint8Array> {
  const { content, size } = entry;
  if (!content) throw new UnreadableFileError(source.repository, path, 'it is no regular file');
  if (content.isExternal)
    throw new UnreadableFileError(source.repository, path, 'its content is stored elsewhere');
  if (size > limit)
    throw new UnreadableFileError(
      source.repository,
      path,
      `it has ${size} bytes, more than the ${limit} to be read`,
    );
  if (content.isChunked) return readChunks(source, path, content, size);
  if (!content.hash)
    throw new UnreadableFileError(source.repository, path, 'the catalog does not say where its content is');
  const what = `the content of ${quoted(path)} in ${source.repository}`;
  return piece(source, { hash: content.hash, suffix: '', size, content, path, what });
}

async function readChunks(
  source: ContentSource,
  path: string,
  content: Content,
  size: number,
): Promise<Uint8Array> {
  const chunks = await source.tree.inside(parentOf(path), catalog => catalog.chunks(path));
  const algorithm = content.hash?.algorithm ?? 'sha1';
  const whole = Buffer.alloc(size);
  let end = 0;
  for (const chunk of chunks) {
    if (chunk.offset !== end || end + chunk.size > size) break;
    const hash = { algorithm, hex: Buffer.from(chunk.hash).toString('hex') };
    const what = `a piece of ${quoted(path)} in ${source.repository}`;
    whole.set(await piece(source, { hash, suffix: 'P', size: chunk.size, content, path, what }), end);
    end += chunk.size;
  }
  if (end === size) return whole;
  throw new UnreadableFileError(source.repository, path, 'its pieces do not make up the whole');
}

type Piece = {
  hash: NonNullable<Content['hash']>;
  suffix: '' | 'P';
  size: number;
  content: Content;
  path: string;
  what: string;
};

async function piece(
  { objects, repository }: ContentSource,
  { hash, suffix, size, content, path, what }: Piece,
): Promise<Uint8Array> {
  const isCompressed = content.isCompressed;
  const bytes = await objects.content({
    hash,
    suffix,
    size: { bytes: size, isExact: true },
    isCompressed,
    what,
  });
  if (bytes.length === size) return bytes;
  throw new UnreadableFileError(
    repository,
    path,
    `it has ${bytes.length} bytes and not the ${size} announced`,
  );
}

/** A file of the repository that cannot be read here. */
export class UnreadableFileError extends JcdsError {
  constructor(repository: string, path: string, why: string) {
    super({
      code: 'FILE_UNREADABLE',
      message: `${quoted(path || '/')} in ${repository} cannot be read: ${why}`,
    });
  }
}
