import { MACHINE_AD } from './machine-attributes.ts';

/** sysexits.h' EX_TEMPFAIL: the code of whatever could not have its image now. */
export const LATER = 75;

/**
 * The attribute by which a machine says what kept a job from its image: an ad of `Start` (the job's NumShadowStarts, so that what was
 * said of an earlier start is not taken for this one), `Code` and `Reason`. Its name begins as HTCondor lets jobs set
 * attributes without a connection of their own (CHIRP_DELAYED_UPDATE_PREFIX).
 */
export const FAULT = 'ChirpJCDS';
/** The attribute of a job that says that its machine tells: the job has no PostCmd of its own. */
export const TELLS = 'JCDSTells';
/** A job's PostCmd: what the machine names, which nothing else may be (STARTER_ALLOW_JOB_PRE_AND_POST_CMD). */
export const AFTER = '$$(JCDSAfter:/bin/true)';

/** HTCondor's codes for jobs that a policy of theirs holds, and for those whose PostCmd failed. */
const HELD_BY_POLICY = 3;
const POST_SCRIPT_FAILED = 44;
/** Seconds that a release is put off at most. */
const LONGEST_PAUSE = 3600;
/** After so many holds a pause is the longest one whatever the first was. */
const MANY_HOLDS = 12;

/**
 * Whether the job did not come to its image, or lost it. Where its machine does not tell, 75 is taken for that, unless a signal has ended
 * the job: then the ad may have the code of an earlier try.
 */
const FAILED = `(${FAULT}.Start =?= NumShadowStarts || (${TELLS} =!= true && ExitBySignal =!= true && ExitCode =?= ${LATER}))`;

/** What the job's author said, as HTCondor has it in the text that the rules are a part of. */
export interface AuthorsRules {
  readonly onExitHold: string;
  readonly onExitHoldReason: string;
  readonly onExitHoldSubCode: string;
  readonly periodicRelease: string;
}

/**
 * When a job is held that did not come to its image, and when it is released: a fault of a machine (75) after a pause that grows, for
 * so many times; what a person must mend (125 to 127), not at all.
 * @param retries how often
 * @param pause seconds before the first
 */
export function holdRules(said: AuthorsRules, retries: number, pause: number): AuthorsRules {
  const grown = `${pause} * pow(2, NumHolds - 1)`;
  const wait = `ifThenElse(NumHolds > ${MANY_HOLDS} || ${grown} > ${LONGEST_PAUSE}, ${LONGEST_PAUSE}, ${grown})`;
  const isLater = `(HoldReasonCode =?= ${HELD_BY_POLICY} && HoldReasonSubCode =?= ${LATER}) || (HoldReasonCode =?= ${POST_SCRIPT_FAILED} && PostExitCode =?= ${LATER})`;
  return {
    onExitHold: `(${said.onExitHold}) || ${FAILED}`,
    onExitHoldReason: `ifThenElse(${FAILED}, ${FAULT}.Reason ?: "the job could not have its image on this machine", ${said.onExitHoldReason})`,
    onExitHoldSubCode: `ifThenElse(${FAILED}, ${FAULT}.Code ?: ${LATER}, ${said.onExitHoldSubCode})`,
    periodicRelease: `(${said.periodicRelease}) || ((${isLater}) && NumHolds <= ${retries} && time() - EnteredCurrentStatus > ${wait})`,
  };
}

/** A machine on which some runtime of the job wrapper's starts, as far as it has said. */
export const ABLE_RUNTIME = `stringListsIntersect("apptainer,singularity", TARGET.${MACHINE_AD.runtimes}) =!= false`;

/** The name of a startd: the last part of `slot1_1@machine`, or of `slot1_1@name@machine`. */
const startdOf = (name: string) => `split(${name} ?: "", "@")[size(split(${name} ?: "", "@")) - 1]`;

/**
 * Not the machine of the last try, for some time: where there is no other, the same one again.
 * @param isFirst whether there was none
 * @param seconds for which it is left alone
 */
export function elsewhere(isFirst: string, seconds: number): string {
  const other = `${startdOf('MY.LastRemoteHost')} =!= ${startdOf('TARGET.Name')}`;
  return `(${isFirst} || ${other} || time() - MY.EnteredCurrentStatus > ${seconds})`;
}

/** Of a job that was held since its machine failed it. */
export const NOT_FAILED = `(MY.LastHoldReasonSubCode =!= ${LATER} && MY.LastHoldReasonCode =!= ${POST_SCRIPT_FAILED})`;
