import type { PlaceInRepository } from '../../repositories/image-path.ts';
import type { Search } from '../find-publication.ts';
import type { Statistics } from '../http/statistics.ts';
import type { Unreachable } from '../publication.ts';
import { httpLook } from './http-look.ts';
import type { HttpOptions } from './http-options.ts';
import { type HttpView, viewOf } from './http-view.ts';
import type { HttpContext } from './open-over-http.ts';

/** How large a published image is, unpacked, as the repository counts it. */
export interface ImageSize {
  readonly state: 'known';
  /** null: the image has no catalog of its own, which would keep its numbers apart from others'. */
  readonly statistics: Statistics | null;
  readonly http: HttpView;
}

/**
 * Asks the signed repository how large the image at a place is (`Published.targetPlace`): over HTTP, whatever is
 * mounted. Never throws but for what the user named and cannot be.
 */
export async function imageSize(
  { repository: name, relativePath }: PlaceInRepository,
  { root, repositories, timeout }: Search,
  requested: HttpOptions,
  context: HttpContext,
): Promise<ImageSize | Unreachable> {
  const row = repositories.find(known => known.name === name);
  const look = httpLook({ root, requested, timeout, isBounded: true }, context);
  try {
    return await look.within(
      row ?? { name, layout: 'detect', allowedLinkTargets: [] },
      async ({ repository, access }) => ({
        state: 'known',
        statistics: await repository.statistics(`/${relativePath}`),
        http: viewOf(repository, access, context.now()),
      }),
    );
  } finally {
    await look.close();
  }
}
