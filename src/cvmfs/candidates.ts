import { formatReference } from '../image/reference.ts';
import { DOCKER_HUB } from '../image/registry.ts';
import type { Layout } from '../repositories/layouts/index.ts';
import type { ImageName } from './look-question.ts';

/** Where an image may stand in a repository of this layout, best first, below the repository. */
export function candidatesOf(image: ImageName, layout: Layout): readonly string[] {
  if (image.kind === 'place' && image.place.relativePath === '') return [];
  return image.kind === 'place'
    ? [image.place.relativePath]
    : [...new Set(layout.candidates(image.reference, image.platform))];
}

/** Another name that may have been meant. */
export interface Twin {
  readonly image: ImageName;
  readonly name: string;
}

/**
 * The name in small letters, where only a capital letter made its first part a registry (`JeffersonLab/gluex`): names on Docker
 * Hub have none. null: nothing like that was typed.
 */
export function lowerCaseTwin(image: ImageName): Twin | null {
  if (image.kind === 'place') return null;
  const { registry, repository } = image.reference;
  if (!/^[A-Za-z0-9-]+$/.test(registry) || registry === registry.toLowerCase()) return null;
  const reference = {
    ...image.reference,
    registry: DOCKER_HUB,
    registryTyped: false,
    repository: `${registry.toLowerCase()}/${repository}`,
  };
  return { image: { ...image, reference }, name: formatReference(reference) };
}
