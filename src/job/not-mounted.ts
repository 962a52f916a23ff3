import type { CallOptions } from '../call.ts';
import type { Settings } from '../configuration/settings.ts';
import type { Context } from '../context.ts';
import type { Search } from '../cvmfs/find-publication.ts';
import type { Published, Unreachable } from '../cvmfs/publication.ts';
import { CvmfsUnreachableError, isUnmounted, type UnreachableReason } from '../cvmfs/unreachable.ts';
import { JcdsError } from '../errors.ts';
import { safeLines, safeText } from '../output/safe-text.ts';
import { repositoriesFrom, SERVICES } from '../repositories/index.ts';
import { shellQuote } from '../shell-quote.ts';

/** What was to be done, and where. */
export interface NotMountedJob {
  /** `run`, `resolve`, … */
  readonly command: string;
  /** The image, as it is named in messages. */
  readonly name: string;
  /** Whether something followed the image; it is not repeated: it may be long, and is the user's own. */
  readonly hasArguments?: boolean;
  /** As typed. */
  readonly options: CallOptions;
  readonly search: Search;
  readonly settings: Settings;
  /** Whether a local copy would do: it is what the policy for missing images says. */
  readonly isLocalOffered?: boolean;
}

/** Options without which the same command would look elsewhere. */
const REPEATED = ['repository', 'server', 'keys'] as const;

/** The command line that does it, with some more words, quoted. */
function commandLine(
  { command, name, options, hasArguments = false }: NotMountedJob,
  ...more: readonly string[]
): string {
  const repeated = REPEATED.flatMap(option =>
    texts(options[option]).flatMap(value => [`--${option}`, value]),
  );
  const line = ['jcds', command, ...more, ...repeated, name].map(shown).join(' ');
  return hasArguments ? `${line} …` : line;
}

/** Harmless words stay bare: it is read by people. */
function shown(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : shellQuote(word);
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

/** An image that is published, and whose path does not exist on this host since nothing is mounted. */
export class NotMountedHereError extends JcdsError {
  constructor(job: NotMountedJob, repository: string, reason: UnreachableReason, advice: string) {
    super({
      code: 'NOT_MOUNTED_HERE',
      message: `${safeText(job.name)} is published in ${safeText(repository, 80)}, but has no path on this host: ${safeText(reason.detail, 300)}`,
      hint: `to have the path that it would have: ${safeLines(commandLine(job, '--no-mount'))}\n${advice}`,
    });
  }
}

/** The error of a repository that cannot be seen. Where nothing is mounted, its hint says how this host can mount it. */
export async function unreachableError(
  { repository, reason }: Unreachable,
  job: NotMountedJob,
  context: Pick<Context, 'environment' | 'uid'>,
): Promise<CvmfsUnreachableError> {
  return isUnmounted(reason)
    ? new CvmfsUnreachableError(repository, reason, await advice(repository, reason, job, context))
    : new CvmfsUnreachableError(repository, reason);
}

/** The error of `resolve` where only HTTP knows the image. */
export async function notMountedHere(
  { repository }: Published,
  reason: UnreachableReason,
  job: NotMountedJob,
  context: Pick<Context, 'environment' | 'uid'>,
): Promise<NotMountedHereError> {
  return new NotMountedHereError(job, repository, reason, await advice(repository, reason, job, context));
}

async function advice(
  repository: string,
  reason: UnreachableReason,
  job: NotMountedJob,
  context: Pick<Context, 'environment' | 'uid'>,
): Promise<string> {
  const { mountAdvice } = await import('../cvmfs/no-mount/mount-advice.ts');
  const { search, settings, options } = job;
  const services = repositoriesFrom(SERVICES, settings.services);
  const named = { servers: texts(options.server), keys: texts(options.keys) };
  const question = { repository, reason, root: search.root, services, named, job: commandLine(job) };
  const ways = await mountAdvice(question, context);
  return job.isLocalOffered === true
    ? `${ways}\nor run a local copy, published or not: ${commandLine(job, '--local')}`
    : ways;
}
