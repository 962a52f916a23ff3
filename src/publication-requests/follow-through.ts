import type { Published } from '../cvmfs/publication.ts';
import { isJcdsError } from '../errors.ts';
import { progress } from '../output/progress.ts';
import { repositoriesFrom, repositoryNamed, SERVICES } from '../repositories/index.ts';
import { followRequest, type Progress } from '../requests/follow.ts';
import { propose } from '../requests/propose.ts';
import type { Standing } from '../status/newest.ts';
import { NotInRevisionError } from '../status/not-in-revision.ts';
import type { Asked, Asking } from './ask-for-image.ts';
import { freshnessSentence } from './freshness.ts';
import { mountClock } from './mount-clock.ts';
import { lookForImage } from './published.ts';
import { connectService } from './service.ts';
import { waitUntilVisible } from './wait-for-request.ts';

/** Waits for an image that was asked for until it is visible here. Throws what waitUntilVisible throws. */
export async function followThrough(asking: Asking, asked: Asked, quiet: boolean): Promise<Published> {
  const { reference, name, service, settings, context, typed } = asking;
  const line = progress(context.stderr, { quiet, dumb: context.environment.TERM === 'dumb' });
  const iid = 'iid' in asked ? asked.iid : null;
  try {
    return await waitUntilVisible({
      name,
      repository: service.row.name,
      typed,
      look: () => lookForImage(reference, service, settings, context),
      freshness: () => freshnessSentence(service, settings, context),
      follow: iid === null ? null : await follower(asking, iid),
      rebuild: () => rebuild(asking, asked),
      url: 'url' in asked ? asked.url : null,
      progress: line,
      settings,
      clock: mountClock([service.row.name], settings, context),
    });
  } finally {
    line.end();
  }
}

/** An image that is published already, and what it is looked for with. */
export type AwaitedImage = Pick<Asking, 'reference' | 'name' | 'settings' | 'context' | 'typed'>;

/** Waits until an image that the newest revision has is visible here, without asking anybody for it. @throws NotInRevisionError */
export async function followRevision(
  { reference, name, settings, context, typed }: AwaitedImage,
  { published, standing }: { readonly published: Published; readonly standing: Standing },
  quiet: boolean,
): Promise<Published> {
  const line = progress(context.stderr, { quiet, dumb: context.environment.TERM === 'dumb' });
  const { repository } = published;
  const row = repositoryNamed(repository, repositoriesFrom(SERVICES, settings.services));
  try {
    return await waitUntilVisible({
      ...{ name, repository, typed, settings },
      look: () => lookForImage(reference, { row }, settings, context),
      freshness: () => freshnessSentence({ row }, settings, context),
      follow: null,
      rebuild: async () => false,
      url: null,
      progress: line,
      clock: mountClock([repository], settings, context),
      late: () => new NotInRevisionError(name, standing, typed),
    });
  } finally {
    line.end();
  }
}

/** Asks the forge how a request stands; what the project is, is asked once. */
async function follower({ service, context }: Asking, iid: number): Promise<() => Promise<Progress>> {
  const { forge } = await connectService(service.wishlist, context);
  let project: ReturnType<typeof forge.project> | null = null;
  return async () => {
    project ??= forge.project(service.wishlist.project);
    try {
      return await followRequest(forge, await project, iid);
    } catch (thrown) {
      project = null;
      throw thrown;
    }
  };
}

/** Asking again for what is asked for rebuilds it; nobody is asked, since nothing new is proposed. */
async function rebuild({ service, context, reference }: Asking, asked: Asked): Promise<boolean> {
  const path = asked.state === 'listed' ? asked.path : (asked.change?.path ?? service.wishlist.path);
  const { forge, token } = await connectService(service.wishlist, context);
  if (token === null) return false;
  const place = { ...service.wishlist, path };
  try {
    const result = await propose({ forge, place, reference, acceptCollisions: true });
    return result.state === 'exists' && result.rebuilt;
  } catch (thrown) {
    // Another client may be at it; the next round looks again.
    if (!isJcdsError(thrown)) throw thrown;
    return false;
  }
}
