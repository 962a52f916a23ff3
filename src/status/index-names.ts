import type { LayoutName } from '../repositories/layouts/index.ts';
import type { ImageStatus } from './gather.ts';

/** What was seen of one repository, by paths below it, for the index of names. */
export interface SeenNames {
  readonly repository: string;
  readonly layout: LayoutName;
  readonly published: readonly string[];
  readonly missing: readonly string[];
}

/** Which names are there and which are not, where an image that was found tells the repository's layout. */
export function seenNames(statuses: readonly ImageStatus[], root: string): readonly SeenNames[] {
  const layouts = new Map<string, LayoutName>();
  const published = new Map<string, string[]>();
  for (const { publication, http } of statuses) {
    if (publication.state !== 'published' || http?.verified === false) continue;
    const { repository, layout, entryPath } = publication;
    layouts.set(repository, layout);
    published.set(repository, [...(published.get(repository) ?? []), entryPath]);
  }
  const looked = statuses.flatMap(({ publication, http }) =>
    publication.state === 'missing' && http?.verified !== false ? publication.looked : [],
  );
  return [...layouts].map(([repository, layout]) => ({
    repository,
    layout,
    published: published.get(repository) ?? [],
    missing: looked
      .filter(place => place.repository === repository)
      .map(({ path }) => path.slice(`${root}/${repository}/`.length)),
  }));
}
