import type { Repository } from '../repository.ts';
import { cern } from './cern.ts';
import { files } from './files.ts';
import type { Layout, LayoutName } from './layout.ts';
import { osg } from './osg.ts';
import { store } from './store.ts';

export type { ContentDigest, Layout, LayoutName, PathName, Proof } from './layout.ts';

/** The layouts, by name. */
export const LAYOUTS = { osg, cern, files, store } as const satisfies Record<LayoutName, Layout>;

/**
 * The layout of a repository: its row's, or what the names in its root show. `.flat` or `.multiarch` is CERN's;
 * otherwise it is OSG's, unless there is an `all` and no `.images`.
 */
export function detectLayout(row: Pick<Repository, 'layout'>, rootNames: readonly string[]): Layout {
  if (row.layout !== 'detect') return LAYOUTS[row.layout];
  if (rootNames.includes('.flat') || rootNames.includes('.multiarch')) return cern;
  return rootNames.includes('all') && !rootNames.includes('.images') ? files : osg;
}
