import { dirname } from 'node:path';
import type { Context } from '../context.ts';
import type { Published } from '../cvmfs/publication.ts';
import { freeDescriptors } from '../launch/launcher-environment.ts';
import { readLauncherState } from '../launch/launcher-state.ts';
import { NoFreeDescriptorError } from '../launch/plan.ts';
import { renderStatsPlan, type StatsRequest } from '../launch/stats-plan.ts';

/**
 * The plan of `--stats`: the launcher becomes jcds once more, which runs `plan` as its child and stays beside it.
 * @throws NoFreeDescriptorError
 */
export function statsPlan(
  plan: Buffer,
  job: { readonly name: string; readonly published: Published; readonly json: boolean },
  { launcherPid, self }: Pick<Context, 'launcherPid' | 'self'>,
): Buffer {
  const launcher = launcherPid ?? process.pid;
  const [descriptor] = freeDescriptors(launcher);
  if (descriptor === undefined) throw new NoFreeDescriptorError(1, 0);
  const { path, entryPath, targetPlace } = job.published;
  const root = dirname(path.slice(0, -(entryPath.length + 1)));
  const request: StatsRequest = {
    state: readLauncherState(launcher),
    image: job.name,
    mount: `${root}/${targetPlace.repository}`,
    repository: targetPlace.repository,
    json: job.json,
  };
  return renderStatsPlan(plan, request, self, descriptor);
}
