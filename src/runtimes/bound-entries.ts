import type { Unlinked } from '../launch/unlinked.ts';
import type { RuntimeHost } from './runtime.ts';
import type { Skeleton } from './skeleton.ts';

/** What of the image is bound by its name, and every directory on the way there. */
export function boundEntries(
  { image, root }: Pick<Skeleton, 'image' | 'root'>,
  { memories = [] }: { readonly memories?: RuntimeHost['memories'] | undefined },
): Unlinked {
  const places = new Set(['']);
  for (const operation of root)
    if (operation.kind === 'entry' || operation.kind === 'layer')
      for (let at = operation.from ?? operation.at; at !== ''; at = at.slice(0, at.lastIndexOf('/')))
        places.add(at);
  return { image, places: [...places], forget: memories };
}
