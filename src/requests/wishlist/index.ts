import { cern } from './cern.ts';
import { osg } from './osg.ts';
import type { WishlistFormat } from './wishlist.ts';

/** The formats of wishlists, by the name that a repository's row uses. */
export const WISHLIST_FORMATS = { osg, cern } as const satisfies Record<string, WishlistFormat>;

export type WishlistFormatName = keyof typeof WISHLIST_FORMATS;
