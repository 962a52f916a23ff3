import { userDirectory } from '../configuration/user-directory.ts';
import type { Context } from '../context.ts';
import type { Shown } from '../runtimes/shown.ts';
import { kindOf } from './binds.ts';
import { isAtOrBelow, realPath } from './host-places.ts';

/** What is shown in the place of a file that no job is to read. */
export const NOTHING = '/dev/null';

/**
 * Where in the job the user's tokens for forges would be seen (`~/.config/jcds/tokens`, or JCDS_TOKEN_FILE): in every directory that is shown
 * and holds them. A bind of the file itself is meant.
 */
export function tokenPlaces(
  environment: Readonly<Record<string, string | undefined>>,
  { home }: Pick<Context, 'home'>,
  { places }: Shown,
): string[] {
  const file = realPath(environment.JCDS_TOKEN_FILE || `${userDirectory({ environment, home })}/tokens`);
  if (!file.startsWith('/') || file === NOTHING || typeof kindOf(file) === 'string') return [];
  return places.flatMap(({ at, content }) => {
    if (content.kind !== 'host' || content.of !== 'directory') return [];
    const source = realPath(content.source);
    return isAtOrBelow(file, source)
      ? [`${at === '/' ? '' : at}${file.slice(source === '/' ? 0 : source.length)}`]
      : [];
  });
}
