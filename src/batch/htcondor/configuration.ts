import { dirname } from 'node:path';
import { UsageError } from '../../errors.ts';
import { MACHINE_AD } from './machine-attributes.ts';
import { ABLE_RUNTIME, AFTER, elsewhere, holdRules, NOT_FAILED, TELLS } from './rules.ts';

/** The attribute of a job that says in which repository its image is; empty: that is found out where it runs. */
const REPOSITORY = 'JCDSRepository';

/** What the configuration of a pool names. */
export interface PoolFiles {
  readonly wrapper: string;
  readonly machineAd: string;
  /** The PostCmd of jobs in images. */
  readonly after: string;
  /** Starts the site's own wrapper with jcds' as its first word. */
  readonly chain: string;
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
  const [wrapper, machineAd, after, chain] = ['wrapper', 'machine-ad', 'after', 'chain'].map(
    name => `${directory}/jcds-${name}`,
  ) as [string, string, string, string];
  return { wrapper, machineAd, after, chain, configuration };
}

/** What the text is made of. */
export interface PoolChoices {
  readonly files: Pick<PoolFiles, 'wrapper' | 'machineAd' | 'after' | 'chain'>;
  /** Whether HTCondor starts the file that chains the site's own wrapper, instead of the job wrapper. */
  readonly isChained: boolean;
  /** Whether the owner lets every program be a job's PostCmd; else jcds' own alone may be one. */
  readonly allowsAny: boolean;
  /** Where images are, as paths in jobs' ads begin. */
  readonly roots: readonly string[];
  /** Seconds between two looks of a machine. */
  readonly period: number;
  readonly version: string;
}

/** How often a job that names an image by itself is tried again, and seconds before the first time. */
const RETRIES = 10;
const PAUSE = 60;
/** Seconds for which the machine of the last try is left alone. */
const LEFT_ALONE = 600;

/** Without quotes, so that it can be compared with what HTCondor has in the end. */
const ONLY_OURS = `TARGET.PostCmd =?= ${MACHINE_AD.after} && TARGET.PreCmd =?= undefined`;

/** The first line of every file of a pool names jcds: what is not so marked is not jcds' to take away. */
export const MARK = 'Written by jcds';

/**
 * The configuration of a pool, the same text on every host: each daemon reads what is its own. What a machine advertises is computed
 * by HTCondor from what it has read in the end, so that another file which comes later is not overlooked. Jobs that name an
 * image by themselves get the rules that `jcds condor submit` appends.
 */
export function poolConfiguration({
  files,
  isChained,
  allowsAny,
  roots,
  period,
  version,
}: PoolChoices): string {
  const { usable, unusable, time, lifetime, wrapper, after, missing } = MACHINE_AD;
  const allowed = allowsAny ? 'True' : ONLY_OURS;
  const started = isChained ? files.chain : files.wrapper;
  const scripts = [files.wrapper, files.after, ...(isChained ? [files.chain] : [])];
  const places = roots.map(root => root.slice(1).replaceAll('.', '[.]')).join('|');
  const able = [
    `TARGET.${wrapper} =?= true`,
    `TARGET.${usable} =!= ""`,
    `stringListMember(MY.${REPOSITORY}, TARGET.${unusable}) =!= true`,
    ABLE_RUNTIME,
    `(time() < TARGET.${time} + TARGET.${lifetime}) =!= false`,
    elsewhere(NOT_FAILED, LEFT_ALONE),
  ];
  const rules = holdRules(
    {
      onExitHold: '$(MY.OnExitHold:false)',
      onExitHoldReason: '$(MY.OnExitHoldReason:undefined)',
      onExitHoldSubCode: '$(MY.OnExitHoldSubCode:0)',
      periodicRelease: '$(MY.PeriodicRelease:false)',
    },
    RETRIES,
    PAUSE,
  );
  return `# Container images from CVMFS. ${MARK} ${version} (jcds condor install); docs/htcondor.md of jcds explains it.

# Execute nodes: a job that says My.JCDSImage = "NAME" runs in that image. What became of it tells its PostCmd, which may be no
# other program than this one.
USER_JOB_WRAPPER = ${started}
STARTER_ALLOW_JOB_PRE_AND_POST_CMD = ${allowed}
${after} = "${files.after}"
${wrapper} = ("$(USER_JOB_WRAPPER)" == "${started}") && ("$(STARTER_ALLOW_JOB_PRE_AND_POST_CMD)" == "${allowed}") && (${missing} ?: "") == ""
STARTD_ATTRS = $(STARTD_ATTRS) ${wrapper} ${after}

# Execute nodes: what this machine can run, looked at every period and told with its next update (UPDATE_INTERVAL).
STARTD_CRON_JOBLIST = $(STARTD_CRON_JOBLIST) JCDS
STARTD_CRON_JCDS_EXECUTABLE = ${files.machineAd}
STARTD_CRON_JCDS_ARGS = ${scripts.join(' ')}
STARTD_CRON_JCDS_MODE = Periodic
STARTD_CRON_JCDS_PERIOD = ${period}s
STARTD_CRON_JCDS_KILL = True

# Submit hosts: a job with JCDSImage goes to machines that can run it. One that a machine failed (75) is held, and released after a
# pause that grows, for another machine; one that a person must mend stays on hold.
JOB_TRANSFORM_NAMES = $(JOB_TRANSFORM_NAMES) JCDS
JOB_TRANSFORM_JCDS @=end
  REQUIREMENTS JCDSImage =!= undefined && JCDSName =?= undefined
  EVALSET ${REPOSITORY} regexps("^/(${places})/([^/]+)/.*$", JCDSImage, "\\\\2") ?: ""
  EVALSET ${TELLS} PostCmd =?= undefined
  EVALSET SuccessPostExitCode ifThenElse(PostCmd =?= undefined, 0, SuccessPostExitCode)
  DEFAULT PostCmd "${AFTER}"
  SET Requirements ($(MY.Requirements)) && ${able.join(' && ')}
  SET OnExitHold ${rules.onExitHold}
  SET OnExitHoldReason ${rules.onExitHoldReason}
  SET OnExitHoldSubCode ${rules.onExitHoldSubCode}
  SET PeriodicRelease ${rules.periodicRelease}
@end

# Submit hosts: what would run outside of its image, or in another, is refused.
SUBMIT_REQUIREMENT_NAMES = $(SUBMIT_REQUIREMENT_NAMES) JCDSInteractive JCDSOneImage JCDSUniverse
SUBMIT_REQUIREMENT_JCDSInteractive = JCDSImage =?= undefined || InteractiveJob =!= true
SUBMIT_REQUIREMENT_JCDSInteractive_REASON = "an interactive job would be a shell outside of its image: submit it without My.JCDSImage, and there: jcds shell IMAGE"
SUBMIT_REQUIREMENT_JCDSOneImage = JCDSImage =?= undefined || (ContainerImage =?= undefined && DockerImage =?= undefined)
SUBMIT_REQUIREMENT_JCDSOneImage_REASON = strcat("the job names two images: My.JCDSImage = ", JCDSImage, ", and ", ContainerImage ?: DockerImage)
SUBMIT_REQUIREMENT_JCDSUniverse = JCDSImage =?= undefined || JobUniverse =?= 5
SUBMIT_REQUIREMENT_JCDSUniverse_REASON = "My.JCDSImage is for jobs of the vanilla universe"
`;
}
