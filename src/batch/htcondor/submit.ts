import type { CallOptions } from '../../call.ts';
import { commandText } from '../../command-text.ts';
import type { Settings } from '../../configuration/settings.ts';
import type { Context } from '../../context.ts';
import { EXIT, type ExitCode, isJcdsError, JcdsError } from '../../errors.ts';
import type { Speaker } from '../../output/console.ts';
import { jsonLine } from '../../output/json.ts';
import { safeLines, safeText } from '../../output/safe-text.ts';
import { SCHEMA_VERSION } from '../../schema-version.ts';
import { REVISION } from './ad-script.ts';
import { type CondorSetting, isAdvertised, runCondor } from './condor-tools.ts';
import { type Described, readDescription, readInput } from './description.ts';
import { awaitImage, findForJobs, type ImageForJobs, revisionOf, type WantedImage } from './find-for-jobs.ts';
import { attributeSuffix, MACHINE_AD } from './machine-attributes.ts';
import {
  checkPath,
  imageAttribute,
  PIN,
  type Submission,
  submitWords,
  type Way,
  type Work,
} from './submission.ts';
import { classAdString } from './submit-text.ts';

/** `jcds condor submit`, as it was typed. */
export interface SubmitOptions {
  readonly typed: string | undefined;
  readonly work: Work;
  readonly pinned: boolean;
  readonly wait: boolean;
  readonly dryRun: boolean;
  /** null: what the machines of the pool say decides. */
  readonly way: Way | null;
  /** Whether machines that do not say that they can will do. */
  readonly anyMachine: boolean;
  readonly retries: number;
  readonly retryAfter: number;
  readonly lines: readonly string[];
  readonly options: CallOptions;
  readonly settings: Settings;
  readonly say: Speaker;
}

/** The jobs are in the queue on hold, and what they wait for has not come. */
export class StillOnHoldError extends JcdsError {
  constructor(jobs: Jobs, name: string, cause: JcdsError) {
    super({
      code: 'STILL_ON_HOLD',
      message: `${cause.message}; the jobs of ${jobs.text} stay on hold`,
      hint: `go on with: ${goOn(jobs, name)}; or give up with: condor_rm ${jobs.clusters.join(' ')}`,
      exitCode: cause.exitCode,
      cause,
    });
  }
}

/** condor_submit ended well and named no job. */
export class NoClusterError extends JcdsError {
  constructor(said: string) {
    super({
      code: 'NO_CLUSTER',
      message: `condor_submit named no job: ${safeText(said.trim() || 'it said nothing', 300)}`,
      hint: 'see what is in the queue with: condor_q -hold',
    });
  }
}

/** Submits, and with --wait follows an image that is missing to the release of its jobs. @throws JcdsError */
export async function submit(asked: SubmitOptions, context: Context): Promise<ExitCode> {
  const wanted: WantedImage = asked;
  const image = await findForJobs(wanted, context);
  const requested = { ...asked, work: await readInput(asked.work) };
  const described = await readDescription(requested, image.named.name, context);
  const submission = await decide(requested, image, described, context);
  if (requested.dryRun) {
    const words = ['condor_submit', ...submitWords(submission)];
    context.stdout.write(`${commandText(...words)}\n`);
    return EXIT.ok;
  }
  if (image.published !== null) {
    const isJson = requested.options.json === true;
    const words = submitWords(submission, isJson ? ['-terse'] : []);
    const { stdout, stderr } = await runCondor('condor_submit', words, context, inputOf(submission));
    if (!isJson) context.stderr.write(safeLines(stderr));
    context.stdout.write(isJson ? answer(jobsIn(stdout), submission) : safeLines(stdout));
    return EXIT.ok;
  }
  await submitAndWait(requested, submission, image, context);
  return EXIT.ok;
}

const inputOf = ({ work }: Submission) => (work.kind === 'file' ? work.content : undefined);

async function decide(
  { work, pinned, way, anyMachine, retries, retryAfter, lines, say }: SubmitOptions,
  { named, repository, path, published, revision }: ImageForJobs,
  { hasPostCommand }: Described,
  context: CondorSetting,
): Promise<Submission> {
  checkPath(published?.target ?? path);
  const has = `${MACHINE_AD.has}${attributeSuffix(repository)}`;
  const [hasWrapper, isTold] = await Promise.all([
    way === null ? isAdvertised(`${MACHINE_AD.wrapper} =?= true`, context) : way === 'wrapper',
    anyMachine ? false : orUnknown(isAdvertised(`${has} =!= undefined`, context), way),
  ]);
  say.warn(
    hasWrapper
      ? `by jcds' job wrapper${way === null ? ', which machines of this pool have' : ''}: My.JCDSImage`
      : `by HTCondor's container universe${way === null ? ", since no machine of this pool has jcds' job wrapper" : ''}: container_image`,
  );
  if (hasWrapper && hasPostCommand)
    say.warn(
      'the jobs have a PostCmd of their own: nothing tells what became of them, and any 75 of theirs is taken for a fault of the machine',
    );
  if (!anyMachine && !isTold)
    say.detail(
      `no machine of the pool tells whether it sees ${repository}: any will do (jcds condor install)`,
    );
  if (pinned)
    say.warn(
      'a pinned directory may be removed once its tag has moved on: services like OSG’s keep it for 2 days, so the jobs must have started by then',
    );
  return {
    work,
    way: hasWrapper ? 'wrapper' : 'container',
    image: {
      name: named.name,
      repository,
      path: pinned && published !== null ? published.target : path,
      pin: published?.target ?? null,
      revision,
    },
    machines: anyMachine ? 'any' : isTold ? 'told' : 'silent',
    hold: published === null,
    hasPostCommand,
    retries,
    retryAfter,
    lines,
  };
}

/** Whoever has decided by which way is not kept from it by a pool that does not answer: machines that say nothing will do. */
async function orUnknown(answer: Promise<boolean>, way: Way | null): Promise<boolean> {
  if (way === null) return answer;
  return answer.catch((thrown: unknown) => {
    if (isJcdsError(thrown) && ['POOL_UNREACHABLE', 'NO_HTCONDOR'].includes(thrown.code)) return false;
    throw thrown;
  });
}

/** Jobs in the queue. */
interface Jobs {
  readonly clusters: readonly string[];
  readonly text: string;
}

/** From the first and last job of each cluster, as `-terse` tells them. @throws NoClusterError */
function jobsIn(said: string): Jobs {
  const clusters = [...new Set([...said.matchAll(/^(\d+)\.\d+/gm)].map(([, cluster]) => cluster!))];
  if (clusters.length === 0) throw new NoClusterError(said);
  return { clusters, text: `cluster${clusters.length > 1 ? 's' : ''} ${clusters.join(', ')}` };
}

/** HTCondor's code for jobs that were submitted on hold: what a person holds meanwhile is left alone. */
const SUBMITTED_ON_HOLD = 15;

function constraintOf({ clusters }: Jobs): string {
  return `HoldReasonCode == ${SUBMITTED_ON_HOLD} && (${clusters.map(id => `ClusterId == ${id}`).join(' || ')})`;
}

function goOn(jobs: Jobs, name: string): string {
  return `${commandText('jcds', 'wait', name)} && ${commandText('condor_release', '-constraint', constraintOf(jobs))}`;
}

async function submitAndWait(
  requested: SubmitOptions,
  submission: Submission,
  image: ImageForJobs,
  context: Context,
): Promise<void> {
  const { say, pinned } = requested;
  const { name } = image.named;
  const words = submitWords(submission, ['-terse']);
  const { stdout, stderr } = await runCondor('condor_submit', words, context, inputOf(submission));
  const isJson = requested.options.json === true;
  if (!isJson) context.stderr.write(safeLines(stderr));
  const jobs = jobsIn(stdout);
  // Said at once: whatever ends this program, the person has read it.
  say.warn(
    `${jobs.text} waits on hold for ${name}. Should this end before it is there, go on with: ${goOn(jobs, name)}`,
  );
  try {
    const published = await awaitImage(image, requested, context);
    const runs = pinned ? published.target : published.path;
    const revision = await revisionOf(published, requested, context);
    await release(jobs, submission.way, { runs, pin: published.target, revision }, context);
    const known = { ...submission, image: { ...submission.image, path: runs, pin: published.target } };
    context.stdout.write(
      isJson ? answer(jobs, known) : `${safeText(`${jobs.text} released: ${runs}`, 600)}\n`,
    );
  } catch (thrown) {
    if (!isJcdsError(thrown)) throw thrown;
    throw new StillOnHoldError(jobs, name, thrown);
  }
}

/** Tells the jobs where their image is, now that this is known, and lets them go. */
async function release(
  jobs: Jobs,
  way: Way,
  { runs, pin, revision }: { readonly runs: string; readonly pin: string; readonly revision: number | null },
  context: CondorSetting,
): Promise<void> {
  checkPath(runs);
  const constraint = constraintOf(jobs);
  const edits = [
    ...[PIN, classAdString(pin), imageAttribute(way), classAdString(runs)],
    ...(revision === null ? [] : [REVISION, String(revision)]),
  ];
  await runCondor('condor_qedit', ['-constraint', constraint, ...edits], context);
  await runCondor('condor_release', ['-constraint', constraint], context);
}

/** The object of `--json`. */
function answer({ clusters }: Jobs, { image, way }: Submission): string {
  const { name, repository, path, pin } = image;
  return jsonLine({
    schemaVersion: SCHEMA_VERSION,
    clusters: clusters.map(Number),
    image: name,
    repository,
    path,
    pin,
    via: way,
  });
}
