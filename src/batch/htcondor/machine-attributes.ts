import { JcdsError } from '../../errors.ts';
import { safeText } from '../../output/safe-text.ts';

/**
 * What jcds calls things in the ads of machines and jobs; the documentation's word for each is in docs/htcondor.md. Those of
 * one repository end in its name, in which ClassAds allow neither `.` nor `-`: OSG's machines write `_` for both, and have
 * HAS_CVMFS_… and CVMFS_…_REVISION.
 */
export const MACHINE_AD = {
  has: 'HAS_CVMFS_',
  mounted: 'JCDSMounted_',
  healthy: 'JCDSHealthy_',
  reason: 'JCDSReason_',
  runtimes: 'JCDSRuntimes',
  /** Lists of the repositories that jobs can use now, and of those that were looked at and that they cannot. */
  usable: 'JCDSRepositories',
  unusable: 'JCDSUnusable',
  time: 'JCDSTime',
  lifetime: 'JCDSLifetime',
  /** Whether the job wrapper is the one that HTCondor starts there, and it will hear what became of jobs: computed by HTCondor. */
  wrapper: 'JCDSWrapper',
  /** The script that tells it. */
  after: 'JCDSAfter',
  /** Those of jcds' scripts that the configuration names and that cannot be started there. */
  missing: 'JCDSMissing',
} as const;

/**
 * Seconds for which an answer of a machine is believed: three periods of the STARTD_CRON job, and enough for one that reaches the
 * collector with the next regular update (UPDATE_INTERVAL, 300).
 */
export const LIFETIME = 900;

/** `unpacked.cern.ch` -> `unpacked_cern_ch`. */
export function attributeSuffix(repository: string): string {
  return repository.replace(/[.-]/g, '_');
}

/** Two repositories whose attributes would be the same: names in ClassAds have no case. */
export class SameAttributeError extends JcdsError {
  constructor(first: string, second: string) {
    super({
      code: 'SAME_ATTRIBUTE',
      message: `${safeText(first, 80)} and ${safeText(second, 80)} have the same attribute ${MACHINE_AD.has}${safeText(attributeSuffix(second), 80)}`,
      hint: 'advertise one of them: jcds condor machine-ad --repository NAME',
    });
  }
}

/** The repositories with their suffixes, each once. @throws SameAttributeError */
export function suffixesOf(repositories: readonly string[]): ReadonlyMap<string, string> {
  const owners = new Map<string, string>();
  for (const name of repositories) {
    const key = attributeSuffix(name).toLowerCase();
    const owner = owners.get(key);
    if (owner !== undefined && owner !== name) throw new SameAttributeError(owner, name);
    owners.set(key, name);
  }
  return new Map([...owners.values()].map(name => [name, attributeSuffix(name)]));
}
