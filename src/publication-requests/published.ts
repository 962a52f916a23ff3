import type { Settings } from '../configuration/settings.ts';
import { findImage } from '../cvmfs/look-at-image.ts';
import { judgeOrigin } from '../cvmfs/origin.ts';
import type { Published } from '../cvmfs/publication.ts';
import { cvmfsRoot } from '../cvmfs/root.ts';
import { formatReference, type Reference } from '../image/reference.ts';
import { LAYOUTS } from '../repositories/layouts/index.ts';
import type { AskingContext, Service } from './service.ts';

/** Whether an image can be seen here, in the repository that is asked. `reason`: what stands against it, for people. */
export type Visible =
  | { readonly state: 'visible'; readonly published: Published }
  | { readonly state: 'not-visible'; readonly reason: string | null };

/** Looks through the mount, once. An image of the same name from another registry is not the one that is meant. */
export async function lookForImage(
  reference: Reference,
  { row }: Service,
  settings: Settings,
  context: AskingContext,
): Promise<Visible> {
  const root = cvmfsRoot({
    configured: settings.cvmfsRoot,
    environment: context.environment,
    cwd: context.cwd,
  });
  const search = { root, repositories: [row], timeout: settings.cvmfsTimeout };
  const name = { kind: 'reference', reference, platform: null } as const;
  const { publication, facts } = await findImage(name, search, [], context);
  if (publication.state === 'unreachable')
    return {
      state: 'not-visible',
      reason: `${publication.repository} cannot be seen here: ${publication.reason.detail}`,
    };
  if (publication.state === 'missing') return { state: 'not-visible', reason: null };
  if (publication.state === 'broken')
    return { state: 'not-visible', reason: `${publication.entry.path} is there and leads to no image` };
  const { layout, path, targetPlace, entryPath } = publication;
  const finding = judgeOrigin(reference, LAYOUTS[layout], facts?.origin ?? null, entryPath);
  if (finding?.code === 'registry-mismatch') return { state: 'not-visible', reason: finding.message };
  if (LAYOUTS[layout].proves(reference, targetPlace.relativePath, entryPath) !== 'proven')
    return { state: 'not-visible', reason: `${path} is not proved to be ${formatReference(reference)}` };
  return { state: 'visible', published: publication };
}
