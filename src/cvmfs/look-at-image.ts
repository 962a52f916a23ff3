import type { Context } from '../context.ts';
import type { JcdsError } from '../errors.ts';
import type { ImageFacts } from '../rootfs/facts.ts';
import type { CommandAnswer, CommandQuestion } from '../rootfs/find-command.ts';
import { commandKey, pruneMemory, recallCommand, recallImage, rememberImage } from '../rootfs/memory.ts';
import { askLook, ENDLESS, type LookContext } from './ask-look.ts';
import { type FoundImage, lookAtFirst, lookCarefully, type Search } from './find-publication.ts';
import type { ContentFault, ImageName, LookQuestion } from './look-question.ts';
import { brokenContent, brokenError, type Published } from './publication.ts';
import { CvmfsUnreachableError, type UnreachableReason, unreachableReason } from './unreachable.ts';

/** What looking and remembering need of the outside. */
export type ImageContext = LookContext & Pick<Context, 'home' | 'uid' | 'now'>;

/** An answer, why the image could not be seen, or what in it cannot be understood. */
export type Seen<T> =
  | T
  | { readonly state: 'unreachable'; readonly reason: UnreachableReason }
  | ContentFault;

/** The error for what is no answer. */
export function seenError(published: Published, seen: Seen<never>): JcdsError {
  return 'fault' in seen
    ? brokenError(brokenContent(published, seen.fault).entry)
    : new CvmfsUnreachableError(published.targetPlace.repository, seen.reason);
}

/**
 * Finds an image and what it says of itself. For a remembered image of the first repository this costs one shell; else
 * a child reads it, and it is remembered. `facts` is null for image files and for what is not published.
 * @param listings directories of the image whose names are needed, links with their text (`/`, `/etc`)
 */
export async function findImage(
  image: ImageName,
  search: Search,
  listings: readonly string[],
  context: ImageContext,
): Promise<FoundImage> {
  const started = performance.now();
  const publication = lookAtFirst(image, search);
  const spent = performance.now() - started;
  if (publication === null) {
    const [found] = await lookCarefully([image], search, listings, spent, context);
    if (found!.facts) remember(found!.facts, {}, context);
    return found!;
  }
  const nothing = { publication, facts: null, unread: null };
  if (publication.kind === 'file') return nothing;
  const read = await readImage(publication, listings, search.timeout - spent / 1000, context);
  if ('facts' in read) return { ...nothing, facts: read.facts };
  if ('fault' in read) return { ...nothing, publication: brokenContent(publication, read.fault) };
  if (read.reason.code === 'DENIED') return { ...nothing, unread: read.reason };
  return { ...nothing, publication: { ...read, repository: publication.targetPlace.repository } };
}

/**
 * What a published image says of itself: from memory, else read by a child and remembered.
 * @param timeout seconds
 */
export async function readImage(
  { target, targetPlace }: Pick<Published, 'target' | 'targetPlace'>,
  listings: readonly string[],
  timeout: number,
  context: ImageContext,
): Promise<Seen<{ readonly facts: ImageFacts }>> {
  const known = recallImage(target, context);
  const wanted = [...new Set([...listings, ...Object.keys(known?.facts.directories ?? {})])];
  if (known && wanted.every(path => Object.hasOwn(known.facts.directories, path)))
    return { facts: known.facts };
  const question: LookQuestion = { ask: 'image', directory: target, listings: wanted };
  const answer = await askOne(question, 'facts', targetPlace.repository, timeout, context);
  if ('facts' in answer) remember(answer.facts, known?.commands ?? {}, context);
  return answer;
}

/**
 * Where a command is in a published image, as execvp would find it inside. Found ones are remembered.
 * @param timeout seconds
 */
export async function findCommandInImage(
  { target, targetPlace }: Pick<Published, 'target' | 'targetPlace'>,
  command: CommandQuestion,
  timeout: number,
  context: ImageContext,
): Promise<Seen<{ readonly command: CommandAnswer }>> {
  const key = commandKey(command);
  const known = key === null ? null : recallImage(target, context);
  const path = known === null ? null : recallCommand(known, command);
  if (path !== null) return { command: { state: 'found', path } };
  const question: LookQuestion = { ask: 'command', directory: target, command };
  const answer = await askOne(question, 'command', targetPlace.repository, timeout, context);
  if (known && key !== null && 'command' in answer && answer.command.state === 'found')
    remember(known.facts, { ...known.commands, [key]: answer.command.path }, context);
  return answer;
}

interface Answers {
  readonly facts: { readonly facts: ImageFacts };
  readonly command: { readonly command: CommandAnswer };
}

/** Asks about one image that is known to be there. */
async function askOne<Key extends keyof Answers>(
  question: Extract<LookQuestion, { directory: string }>,
  key: Key,
  repository: string,
  timeout: number,
  context: LookContext,
): Promise<Seen<Answers[Key]>> {
  const start = { repository, path: question.directory };
  const { lines, met, stuckIn } = await askLook(
    question,
    { timeout: timeout * 1000, seconds: round(timeout), start },
    context,
  );
  const [line] = lines;
  if (line && key in line) return line as Answers[Key];
  if (line && 'fault' in line) return line;
  if (stuckIn !== null) return { fault: ENDLESS };
  const cause = line && 'met' in line ? ({ code: 'ERRNO', ...line.met } as const) : met;
  const failed = { code: 'LOOK_FAILED', path: start.path, cause: 'no answer' } as const;
  return { state: 'unreachable', reason: unreachableReason(cause ?? failed, repository) };
}

function round(seconds: number): number {
  return Math.max(0.1, Math.round(seconds * 10) / 10);
}

/** Also the moment to prune: a child was waited for anyway. */
function remember(
  facts: ImageFacts,
  commands: Readonly<Record<string, string>>,
  context: ImageContext,
): void {
  rememberImage({ facts, commands }, context);
  pruneMemory(context);
}
