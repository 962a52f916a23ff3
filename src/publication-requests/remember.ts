import { changeUserSetting } from '../configuration/write-user.ts';
import type { Context } from '../context.ts';
import type { Service } from './service.ts';

/** The service with the place of its list as the user says it. */
export function withListPath(service: Service, path: string | undefined): Service {
  return path === undefined ? service : { ...service, wishlist: { ...service.wishlist, path } };
}

/** Writes the place of a list that was found, chosen or given into the user's configuration, where it was not known. */
export async function rememberListPath(
  { row, wishlist }: Service,
  path: string,
  context: Pick<Context, 'environment' | 'home'>,
): Promise<void> {
  // `row` is what was configured; `wishlist` what this command line says.
  if (row.wishlist?.path === path || !row.wishlist) return;
  await changeUserSetting(
    'services',
    (now = {}) => {
      const own = now[row.name];
      // Only the place: the rest follows the table and the site.
      const changed = { ...own?.wishlist, path } as typeof wishlist;
      return { ...now, [row.name]: { ...own, wishlist: changed } };
    },
    context,
  );
}
