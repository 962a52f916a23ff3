import type { Context } from '../context.ts';
import type { IndexContext } from './index-age.ts';
import { amendIndex, type IndexedRepository, noteSearched, updateIndex } from './index-file.ts';
import { refreshWhenDue } from './refresh.ts';

/** What a `list` saw of one repository. */
export interface ListedNames extends IndexedRepository {
  /** Below the repository: `library/debian:12`. */
  readonly paths: readonly string[];
  /** Whether these are all that it holds; else there may be more. */
  readonly isWhole: boolean;
}

/** Where a `list` looked. */
export interface ListedPlaces {
  readonly repositories: readonly string[];
  /** Whether these are searched without options too. */
  readonly areUsual: boolean;
  /** The options by which they are looked at; null: nothing that a refresh finds would be verified. */
  readonly words: readonly string[] | null;
}

/**
 * Keeps the names that a list has found for TAB, and starts a refresh for those that it has not, when they are old. A
 * home that cannot be written costs its user the completion, never the command.
 */
export async function keepListedNames(
  context: IndexContext & Pick<Context, 'self'>,
  listed: readonly ListedNames[],
  { repositories, areUsual, words }: ListedPlaces,
): Promise<void> {
  if (areUsual) noteSearched(context, repositories);
  for (const { paths, isWhole, ...repository } of listed)
    if (isWhole) await updateIndex(context, repository, paths);
    else if (paths.length > 0) amendIndex(context, repository, { published: paths });
  if (words !== null) refreshWhenDue(context, repositories, words);
}
