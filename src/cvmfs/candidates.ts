import type { Layout } from '../repositories/layouts/index.ts';
import type { ImageName } from './look-question.ts';

/** Where an image may stand in a repository of this layout, best first, below the repository. */
export function candidatesOf(image: ImageName, layout: Layout): readonly string[] {
  if (image.kind === 'place' && image.place.relativePath === '') return [];
  return image.kind === 'place'
    ? [image.place.relativePath]
    : [...new Set(layout.candidates(image.reference, image.platform))];
}
