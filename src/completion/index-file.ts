import { join } from 'node:path';
import { readText } from '../files/read.ts';
import { fileTrouble } from '../files/refused-file.ts';
import type { LayoutName } from '../repositories/layouts/index.ts';
import { isRepositoryName } from '../repositories/repository.ts';
import { changedAt, type IndexContext, indexDirectory, NAMES_ENDING } from './index-age.ts';
import { BLOCK, indexText, MAGIC, MOST_NAMES, readIndexText, VERSION } from './index-format.ts';
import { COPIES, SEARCHED, touchIndexFile, writeIndexFile } from './index-place.ts';
import { nameAtPath, publishedName } from './published-name.ts';

/** What became of an index. A home that is full or read-only costs its user the completion, never a command. */
export type IndexUpdate =
  | { readonly kind: 'written'; readonly names: number; readonly refused: number }
  | { readonly kind: 'failed'; readonly reason: string };

/** Whose names they are, and how its paths are made. */
export interface IndexedRepository {
  readonly name: string;
  readonly layout: LayoutName;
}

/**
 * Replaces the index of a repository by all images that it holds. Paths that are no name are left out and counted.
 * When the paths end in an error nothing is replaced, and the error is thrown on.
 * @param paths below the repository, as a list finds them: `library/debian:12`
 */
export async function updateIndex(
  context: IndexContext,
  { name, layout }: IndexedRepository,
  paths: Iterable<string> | AsyncIterable<string>,
): Promise<IndexUpdate> {
  const before = readIndex(context, name);
  // Most paths are the names that they were the last time: to look them up takes a tenth of the time.
  const known = new Set(layout === 'files' ? null : before);
  const kept = new Set<string>();
  let refused = 0;
  const keep = (path: string): void => {
    if (!take(kept, known.has(path) ? path : nameAtPath(path, layout))) refused += 1;
  };
  // Tens of thousands of awaits would take as long as all the rest.
  if (Symbol.iterator in paths) for (const path of paths) keep(path);
  else for await (const path of paths) keep(path);
  return written(kept.size, refused, () => {
    if (isSame(before, kept)) touchIndexFile(context, fileOf(name), context.now());
    else writeNames(context, { name, layout }, kept, context.now());
  });
}

/**
 * Adds paths at which an image was just seen and drops those at which none is any more, as `status` and a `list` with
 * a pattern find them. The index stays as old as its last whole list.
 */
export function amendIndex(
  context: IndexContext,
  { name: repository, layout }: IndexedRepository,
  seen: { readonly published?: readonly string[]; readonly missing?: readonly string[] },
): IndexUpdate {
  const before = readIndex(context, repository);
  const names = new Set(before);
  const refused = (seen.published ?? []).filter(path => !take(names, nameAtPath(path, layout))).length;
  for (const path of seen.missing ?? []) names.delete(nameAtPath(path, layout) ?? '');
  return written(names.size, refused, () => {
    if (!isSame(before, names))
      writeNames(
        context,
        { name: repository, layout },
        names,
        before === null ? 0 : listedAt(context, repository),
      );
  });
}

/** Notes which repositories a command line without `--repository` searches: only their names are offered then. */
export function noteSearched(context: IndexContext, repositories: readonly string[]): IndexUpdate {
  const names = repositories.filter(isRepositoryName);
  const text = `${[`${MAGIC} ${VERSION}`, ...names].join('\n')}\n`;
  return written(names.length, repositories.length - names.length, () =>
    writeIndexFile(context, SEARCHED, text, context.now()),
  );
}

/** Notes the names of all local copies, by registry: they are offered beside those that are published. */
export function noteCopies(context: IndexContext, copies: readonly string[]): IndexUpdate {
  const names = new Set(copies.flatMap(name => publishedName(name) ?? []));
  const text = indexText([...names].sort(), BLOCK, 'store');
  return written(names.size, copies.length - names.size, () =>
    writeIndexFile(context, COPIES, text, context.now()),
  );
}

/** All that an index may hold: what was written here has no other character. */
const CHARACTERS = /^[A-Za-z0-9._:@/\-\s]*$/;

/** The names of a repository's index; null when there is none, or none that can be trusted. */
export function readIndex(context: IndexContext, repository: string): string[] | null {
  try {
    const text = readText('name-index', join(indexDirectory(context), fileOf(repository)), context.uid);
    return CHARACTERS.test(text) ? readIndexText(text) : null;
  } catch {
    return null;
  }
}

/** When the whole of a repository was listed last, in milliseconds since 1970; 0: never. */
export function listedAt(context: IndexContext, repository: string): number {
  return changedAt(context, fileOf(repository));
}

function isSame(before: readonly string[] | null, names: ReadonlySet<string>): boolean {
  return before !== null && names.size === before.length && before.every(name => names.has(name));
}

function fileOf(repository: string): string {
  return `${repository}${NAMES_ENDING}`;
}

/** Whether it is a name, and now among the names. */
function take(names: Set<string>, name: string | null): boolean {
  if (name === null || (names.size >= MOST_NAMES && !names.has(name))) return false;
  names.add(name);
  return true;
}

function writeNames(
  context: IndexContext,
  { name: repository, layout }: IndexedRepository,
  names: ReadonlySet<string>,
  listed: number,
): void {
  if (isRepositoryName(repository))
    writeIndexFile(context, fileOf(repository), indexText([...names].sort(), BLOCK, layout), listed);
}

/** Errors of the file system are an answer; others are bugs. */
function written(names: number, refused: number, write: () => void): IndexUpdate {
  try {
    write();
    return { kind: 'written', names, refused };
  } catch (thrown) {
    const reason = fileTrouble(thrown);
    if (reason === null) throw thrown;
    return { kind: 'failed', reason };
  }
}
