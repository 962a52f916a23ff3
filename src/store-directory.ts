import { resolve } from 'node:path';
import { ownBelow } from './cache-directory.ts';
import type { Context } from './context.ts';

/** jcds' own directory for what cannot be made again for nothing: `$XDG_DATA_HOME/jcds`; a relative variable counts as unset (XDG). */
export function dataDirectory({ environment, home }: Pick<Context, 'environment' | 'home'>): string {
  return ownBelow(environment.XDG_DATA_HOME, `${home}/.local/share`);
}

/** The stores of local copies, in the order of the search. */
export interface StorePlaces {
  /** Kept by others: read only. */
  readonly shared: readonly string[];
  /** The user's own. */
  readonly own: string;
  /** Whether a setting or option named it, which is then the user's affair. */
  readonly isNamed: boolean;
}

/** Where local copies are, all absolute. @param configured the settings `store` and `sharedStores` */
export function storePlaces(
  { store, sharedStores }: { readonly store: string | null; readonly sharedStores: readonly string[] },
  context: Pick<Context, 'environment' | 'home' | 'cwd'>,
): StorePlaces {
  const from = context.cwd ?? '/';
  return {
    shared: sharedStores.map(path => resolve(from, path)),
    own: store === null ? `${dataDirectory(context)}/store` : resolve(from, store),
    isNamed: store !== null,
  };
}

/** All of them, in the order of the search. */
export function allStores({ shared, own }: StorePlaces): string[] {
  return [...shared, own];
}
