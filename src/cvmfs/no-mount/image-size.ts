import type { PlaceInRepository } from '../../repositories/image-path.ts';
import type { Search } from '../find-publication.ts';
import type { Repository } from '../http/repository.ts';
import type { Statistics } from '../http/statistics.ts';
import type { Unreachable } from '../publication.ts';
import { httpLook } from './http-look.ts';
import { type HttpView, viewOf } from './http-view.ts';
import type { HttpWishes } from './http-wishes.ts';
import type { HttpContext } from './open-over-http.ts';

/** How large a published image is, unpacked, as the catalogs of its repository count it. */
export interface ImageSize {
  readonly state: 'known';
  readonly statistics: Statistics;
  /** `catalog`: its own catalog keeps the numbers; `count`: its entries were counted. */
  readonly by: 'catalog' | 'count';
  readonly http: HttpView;
}

/** The repository has nothing at that place. */
export interface NoImage {
  readonly state: 'missing';
  readonly http: HttpView;
}

const FORBIDDEN: Unreachable['reason'] = {
  code: 'HTTP_FAILED',
  detail: 'jcds may not use the network here (setting `network`)',
  hint: 'see where the setting comes from with: jcds config list',
};

/**
 * Asks the repository itself how large the image at a place is (`Published.targetPlace`): over HTTP, whatever is
 * mounted, since a mount would have to be walked. Never throws but for what the user named and cannot be.
 */
export async function imageSize(
  { repository: name, relativePath }: PlaceInRepository,
  { root, repositories, timeout }: Search,
  wishes: HttpWishes,
  context: HttpContext,
): Promise<ImageSize | NoImage | Unreachable> {
  if (wishes.when === 'never') return { state: 'unreachable', repository: name, reason: FORBIDDEN };
  const row = repositories.find(known => known.name === name);
  const look = httpLook({ root, wishes, timeout, isBounded: true }, context);
  try {
    return await look.within(
      row ?? { name, layout: 'detect', allowedLinkTargets: [] },
      async ({ repository, access }) => {
        const found = await sizeAt(repository, `/${relativePath}`);
        const http = viewOf(repository, access, context.now());
        return found === null ? { state: 'missing', http } : { state: 'known', ...found, http };
      },
    );
  } finally {
    await look.close();
  }
}

async function sizeAt(
  repository: Repository,
  path: string,
): Promise<Pick<ImageSize, 'statistics' | 'by'> | null> {
  const entry = await repository.stat(path);
  if (entry === null) return null;
  const kept = entry.kind === 'directory' ? await repository.statistics(path) : null;
  if (kept !== null) return { statistics: kept, by: 'catalog' };
  const counted = { files: 0, directories: 0, links: 0, specials: 0, bytes: 0, catalogs: 0 };
  const count = ({ kind, size, mountpoint }: typeof entry): void => {
    counted[KINDS[kind]] += 1;
    if (kind === 'file') counted.bytes += size;
    if (mountpoint !== null) counted.catalogs += 1;
  };
  count(entry);
  if (entry.kind === 'directory')
    for await (const page of repository.walk(path, () => true)) for (const found of page) count(found.entry);
  return { statistics: counted, by: 'count' };
}

const KINDS = { file: 'files', directory: 'directories', link: 'links', special: 'specials' } as const;
