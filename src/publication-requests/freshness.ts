import type { Settings } from '../configuration/settings.ts';
import type { Freshness } from '../cvmfs/freshness.ts';
import { cvmfsRoot } from '../cvmfs/root.ts';
import { deadlineIn } from '../status/deadline.ts';
import { gatherFreshness } from '../status/gather-freshness.ts';
import type { AskingContext, Service } from './service.ts';

/** How the CVMFS client of this host stands to the servers of a service. Never throws for what it finds. */
export function freshnessOfService(
  { row }: Pick<Service, 'row'>,
  settings: Settings,
  { environment, cwd }: AskingContext,
): Promise<Freshness> {
  const root = cvmfsRoot({ configured: settings.cvmfsRoot, environment, cwd });
  const deadline = deadlineIn(settings.cvmfsTimeout * 1000);
  return gatherFreshness(row, { root, servers: [], network: settings.network, deadline }, { environment });
}

/** The same as one sentence. */
export async function freshnessSentence(
  service: Pick<Service, 'row'>,
  settings: Settings,
  context: AskingContext,
): Promise<string> {
  return (await freshnessOfService(service, settings, context)).sentence;
}
