import type { Settings } from '../configuration/settings.ts';
import type { Clock } from '../requests/forges/forge.ts';
import { systemClock } from '../requests/forges/index.ts';
import { watchMounts } from '../status/mount-watch.ts';
import { rootOf } from './published.ts';
import type { AskingContext } from './service.ts';

/** A clock whose pauses end early when a mount shows another revision than before: then it is worth looking. */
export function mountClock(
  repositories: readonly string[],
  settings: Settings,
  context: AskingContext,
): Clock {
  const paths = repositories.map(name => `${rootOf(settings, context)}/${name}`);
  const watch = watchMounts(paths, context);
  return {
    now: systemClock.now,
    sleep: milliseconds => watch.pause(milliseconds / 1000),
  };
}
