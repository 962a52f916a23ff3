import type { Settings } from '../configuration/settings.ts';
import { findImage } from '../cvmfs/look-at-image.ts';
import { judgeOrigin } from '../cvmfs/origin.ts';
import { brokenError, type Publication, type Published } from '../cvmfs/publication.ts';
import { cvmfsRoot } from '../cvmfs/root.ts';
import { formatReference, type Reference } from '../image/reference.ts';
import { LAYOUTS } from '../repositories/layouts/index.ts';
import type { ImageFacts } from '../rootfs/facts.ts';
import type { AskingContext, Service } from './service.ts';

/** Whether an image can be seen here, in the repository that is asked. `reason`: what stands against it, for people. */
export type Visible =
  | { readonly state: 'visible'; readonly published: Published }
  | { readonly state: 'not-visible'; readonly reason: string | null; readonly publication: Publication };

/** Looks through the mount, once. An image of the same name from another registry is not the one that is meant. */
export async function lookForImage(
  reference: Reference,
  { row }: Pick<Service, 'row'>,
  settings: Settings,
  context: AskingContext,
): Promise<Visible> {
  const search = { root: rootOf(settings, context), repositories: [row], timeout: settings.cvmfsTimeout };
  const name = { kind: 'reference', reference, platform: null } as const;
  const { publication, facts } = await findImage(name, search, [], context);
  return visibleAs(reference, publication, facts?.origin ?? null);
}

/** The CVMFS root in use. */
export function rootOf({ cvmfsRoot: configured }: Settings, { environment, cwd }: AskingContext): string {
  return cvmfsRoot({ configured, environment, cwd });
}

/** Whether what was found is what was asked for. @throws BrokenPublicationError, LinkEscapesError: it is listed, so no request helps */
export function visibleAs(
  reference: Reference,
  publication: Publication,
  origin: ImageFacts['origin'],
): Visible {
  const not = (reason: string | null): Visible => ({ state: 'not-visible', reason, publication });
  if (publication.state === 'unreachable')
    return not(`${publication.repository} cannot be seen here: ${publication.reason.detail}`);
  if (publication.state === 'missing') return not(null);
  if (publication.state === 'broken') throw brokenError(publication.entry);
  const { layout, path, targetPlace, entryPath } = publication;
  const finding = judgeOrigin(reference, LAYOUTS[layout], origin, entryPath);
  if (finding?.code === 'registry-mismatch') return not(finding.message);
  if (LAYOUTS[layout].proves(reference, targetPlace.relativePath, entryPath) !== 'proven')
    return not(`${path} is not proved to be ${formatReference(reference)}`);
  return { state: 'visible', published: publication };
}
