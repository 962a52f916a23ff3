import type { Configuration } from '../configuration/load.ts';
import type { Settings } from '../configuration/settings.ts';
import type { Context } from '../context.ts';
import type { Search } from '../cvmfs/find-publication.ts';
import type { ImageName } from '../cvmfs/look-question.ts';
import { cvmfsRoot } from '../cvmfs/root.ts';
import { UsageError } from '../errors.ts';
import { type Platform, parsePlatform } from '../image/platform.ts';
import { formatReference, parseReference } from '../image/reference.ts';
import { imagePath } from '../repositories/image-path.ts';
import { repositoriesFrom, repositoryNamed, SERVICES } from '../repositories/index.ts';

/** An image to look for: its name as a person reads it, and as the look takes it. */
export interface NamedImage {
  readonly name: string;
  readonly image: ImageName;
  /** What was asked for; null: whatever is published. */
  readonly platform: Platform | null;
}

/** Where images are looked for, by the settings. @throws InvalidRepositoryNameError, InvalidServiceError */
export function searchOf(settings: Settings, context: Pick<Context, 'environment' | 'cwd'>): Search {
  const table = repositoriesFrom(SERVICES, settings.services);
  return {
    root: cvmfsRoot({ configured: settings.cvmfsRoot, environment: context.environment, cwd: context.cwd }),
    repositories: settings.repositories.map(name => repositoryNamed(name, table)),
    timeout: settings.cvmfsTimeout,
  };
}

/**
 * Reads IMAGE as it was typed: a reference, a path below a CVMFS root, or `.` (or nothing) for the configured image.
 * @throws InvalidReferenceError, InvalidPlatformError, UsageError
 */
export function readImageName(
  typed: string | undefined,
  { settings }: Pick<Configuration, 'settings'>,
  root: string,
  platform: string | undefined,
): NamedImage {
  const text = typed === undefined || typed === '.' ? settings.image : typed;
  if (text === null)
    throw new UsageError(
      'no image was named',
      'name one, or put "image" into .jcds.json: jcds help configuration',
    );
  const wanted = platform === undefined ? null : parsePlatform(platform);
  const place = imagePath(text, { cvmfsRoots: [root, '/cvmfs'] });
  if (place !== null) return { name: text, image: { kind: 'place', place }, platform: wanted };
  const reference = parseReference(text);
  const name = formatReference(reference);
  return { name, image: { kind: 'reference', reference, platform: wanted }, platform: wanted };
}
