import type { IndexContext } from '../completion/index-age.ts';
import { noteCopies } from '../completion/index-file.ts';
import { namesIn } from './contents.ts';

/** Keeps the names in the user's own store for TAB. That it cannot be done stops nobody. */
export function noteNames(store: string, context: IndexContext): void {
  try {
    const names = namesIn(store, '', 0).map(([name]) => name);
    noteCopies(context, names);
  } catch {
    // Then TAB offers the old ones.
  }
}
