import { dirname } from 'node:path';
import { UsageError } from '../../errors.ts';
import { attributeSuffix, MACHINE_AD } from './machine-attributes.ts';
import { LAST_MACHINE } from './submission.ts';

/** What the configuration of a pool names. */
export interface PoolFiles {
  readonly wrapper: string;
  readonly machineAd: string;
  /** The configuration itself. */
  readonly configuration: string;
}

/** A directory and a file as the configuration of HTCondor may name them. @throws UsageError */
export function poolFiles(prefix: string, configuration: string): PoolFiles {
  for (const [option, path] of [
    ['--prefix', prefix],
    ['--config', configuration],
  ] as const)
    if (!/^\/[A-Za-z0-9._/+-]*$/.test(path) || path.split('/').includes('..'))
      throw new UsageError(
        `${option} ${JSON.stringify(path)} is no absolute path of letters, digits and ._/+-`,
        'HTCondor would read something into other characters',
      );
  const directory = prefix.replace(/\/+$/, '');
  if (`${directory}/` === `${dirname(configuration)}/`)
    throw new UsageError(
      `${prefix} holds the configuration, of which HTCondor reads every file`,
      'give the scripts a directory of their own with --prefix',
    );
  return { wrapper: `${directory}/jcds-wrapper`, machineAd: `${directory}/jcds-machine-ad`, configuration };
}

/**
 * The configuration of a pool, the same text on every host: each daemon reads what is its own. Jobs that name an image
 * by themselves get the rules that `jcds condor submit` appends.
 * @param period seconds between two looks of a machine
 */
export function poolConfiguration(
  files: Pick<PoolFiles, 'wrapper' | 'machineAd'>,
  { repositories, period, version }: { repositories: readonly string[]; period: number; version: string },
): string {
  const { has, time, lifetime, wrapper } = MACHINE_AD;
  const able = [
    `TARGET.${wrapper} =?= true`,
    ...repositories.map(name => `TARGET.${has}${attributeSuffix(name)} =!= false`),
    `(time() < TARGET.${time} + TARGET.${lifetime}) =!= false`,
    `(LastHoldReasonSubCode =!= 75 || ${LAST_MACHINE} =!= TARGET.Machine || time() - EnteredCurrentStatus > 600)`,
  ];
  return `# Container images from CVMFS. Written by jcds ${version} (jcds condor install); docs/htcondor.md of jcds explains it.

# Execute nodes: a job that says My.JCDSImage = "NAME" runs in that image.
USER_JOB_WRAPPER = ${files.wrapper}
${wrapper} = True
STARTD_ATTRS = $(STARTD_ATTRS) ${wrapper}

# Execute nodes: what this machine can run, looked at every period and told with its next update (UPDATE_INTERVAL).
STARTD_CRON_JOBLIST = $(STARTD_CRON_JOBLIST) JCDS
STARTD_CRON_JCDS_EXECUTABLE = ${files.machineAd}
STARTD_CRON_JCDS_MODE = Periodic
STARTD_CRON_JCDS_PERIOD = ${period}s
STARTD_CRON_JCDS_KILL = True

# Submit hosts: a job with JCDSImage goes to machines that can run it. One that ends with 75, since its image could not be
# had where it was, is held, and released after a pause that grows, for another machine.
JOB_TRANSFORM_NAMES = $(JOB_TRANSFORM_NAMES) JCDS
JOB_TRANSFORM_JCDS @=end
  REQUIREMENTS JCDSImage =!= undefined && JCDSName =?= undefined
  SET Requirements ($(MY.Requirements)) && ${able.join(' && ')}
  SET OnExitHold ($(MY.OnExitHold:false)) || ExitCode =?= 75
  SET OnExitHoldReason ifThenElse(ExitCode =?= 75, "the job could not have its image on this machine", $(MY.OnExitHoldReason:undefined))
  SET OnExitHoldSubCode ifThenElse(ExitCode =?= 75, 75, $(MY.OnExitHoldSubCode:0))
  SET PeriodicRelease ($(MY.PeriodicRelease:false)) || (HoldReasonCode =?= 3 && HoldReasonSubCode =?= 75 && NumHolds <= 10 && time() - EnteredCurrentStatus > ifThenElse(NumHolds > 6, 3600, 60 * pow(2, NumHolds - 1)))
@end
`;
}
