import type { Settings } from '../configuration/settings.ts';
import { changeUserSetting } from '../configuration/write-user.ts';
import type { Context } from '../context.ts';
import { isJcdsError } from '../errors.ts';
import type { Speaker } from '../output/console.ts';
import type { Service } from './service.ts';

/** The service with the place of its list as the user says it. */
export function withListPath(service: Service, path: string | undefined): Service {
  return path === undefined ? service : { ...service, wishlist: { ...service.wishlist, path } };
}

/**
 * Writes the place of a list that was found, chosen or given into the user's configuration, where it was not known. The image was
 * asked for by then: what keeps it from being remembered is said, and changes nothing.
 */
export async function rememberListPath(
  { row }: Service,
  path: string,
  {
    context,
    say,
  }: { readonly context: Pick<Context, 'environment' | 'home' | 'uid'>; readonly say: Speaker },
): Promise<void> {
  // What was configured; the service's own `wishlist` is what this command line says.
  if (row.wishlist?.path === path || !row.wishlist) return;
  try {
    await changeUserSetting('services', (now = {}) => withPath(now, row.name, path), context);
  } catch (thrown) {
    if (!isJcdsError(thrown)) throw thrown;
    say.warn(`the place of the list, ${path}, was not remembered: ${thrown.message}`);
  }
}

/** Only the place: the rest follows the table and the site. */
function withPath(now: Settings['services'], name: string, path: string): Settings['services'] {
  const own = now[name];
  const changed = { ...own?.wishlist, path } as Service['wishlist'];
  return { ...now, [name]: { ...own, wishlist: changed } };
}
