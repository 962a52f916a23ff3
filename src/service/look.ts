import { isJcdsError, type JcdsError } from '../errors.ts';
import { deadlineAfter } from '../http/deadline.ts';
import { openRegistry, type Registry, type RegistryOptions } from '../registry/client.ts';
import { placeOf } from '../registry/image.ts';
import { usualPatience } from '../registry/patience.ts';
import { grouped } from './grouped.ts';
import type { Answer, ListedImage } from './situation.ts';

/** Requests that are on their way to one registry at the same time. */
const IN_FLIGHT = 8;
/** Milliseconds for all questions to one registry. */
const LONGEST = 15 * 60_000;
/** Milliseconds that all requests together may wait where a registry asks for it (Retry-After). */
const WAITING = IN_FLIGHT * 60_000;
/** A registry that could not be reached so often in a row is not asked any more. */
const MOST_SILENCES = 3;

/**
 * Asks the registries what they have under each name: one HEAD a tag, all registries at once, some requests at a time each. Answers by published path. A
 * registry that takes no more requests, or cannot be reached, is left alone for this cycle: what was not asked is `not-looked-at`.
 * @param heard is told how many are answered
 */
export async function lookAtRegistries(
  images: readonly ListedImage[],
  options: RegistryOptions,
  heard: (answered: number) => void = () => {},
): Promise<Map<string, Answer>> {
  const answers = new Map<string, Answer>();
  const note = (image: ListedImage, answer: Answer): void => {
    answers.set(image.path, answer);
    heard(answers.size);
  };
  const byRegistry = grouped(images, ({ reference }) => reference.registry);
  await Promise.all([...byRegistry].map(([name, ofRegistry]) => lookAtOne(name, ofRegistry, options, note)));
  return answers;
}

type Note = (image: ListedImage, answer: Answer) => void;

async function lookAtOne(
  name: string,
  images: readonly ListedImage[],
  options: RegistryOptions,
  note: Note,
): Promise<void> {
  const deadline = deadlineAfter(LONGEST, options.signal);
  const usual = usualPatience(options.now ?? Date.now, deadline.signal);
  let registry: Registry;
  try {
    const patience = options.patience ?? { ...usual, waiting: WAITING };
    registry = openRegistry(name, { ...options, timeout: LONGEST, signal: deadline.signal, patience });
  } catch (thrown) {
    deadline.cancel();
    if (!isJcdsError(thrown)) throw thrown;
    for (const image of images) note(image, answerOf(thrown));
    return;
  }
  try {
    await askAll(registry, images, note);
  } finally {
    await registry.close();
    deadline.cancel();
  }
}

/** The first image of each repository goes first: what it gains (a token) is there for the others. */
async function askAll(registry: Registry, images: readonly ListedImage[], note: Note): Promise<void> {
  const ofRepositories = [...grouped(images, ({ reference }) => reference.repository).values()];
  const queue = [
    ...ofRepositories.map(([first]) => first!),
    ...ofRepositories.flatMap(([, ...more]) => more),
  ];
  const firsts = new Map<string, Promise<void>>();
  let stopped: string | null = null;
  let silences = 0;
  const ask = async (image: ListedImage): Promise<void> => {
    if (stopped !== null) return note(image, { state: 'not-looked-at', text: stopped });
    const answer = await askOne(registry, image);
    note(image, answer instanceof Error ? answerOf(answer) : answer);
    const failure = answer instanceof Error ? answer.code : null;
    silences = failure === 'REGISTRY_UNREACHABLE' ? silences + 1 : 0;
    if (failure === 'REGISTRY_RATE_LIMITED')
      stopped = `${registry.name} takes no more requests from here for now`;
    else if (silences >= MOST_SILENCES) stopped = `${registry.name} could not be reached`;
  };
  const lane = async (): Promise<void> => {
    for (let image = queue.shift(); image !== undefined; image = queue.shift()) {
      const { repository } = image.reference;
      const first = firsts.get(repository);
      if (first !== undefined) await first;
      const asked = ask(image);
      if (first === undefined) firsts.set(repository, asked);
      await asked;
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
}

async function askOne(registry: Registry, { reference }: ListedImage): Promise<Answer | JcdsError> {
  const { repository } = reference;
  try {
    const head = await registry.head(repository, placeOf(reference));
    // Something that says 200 to everything, or no digest, is asked for the manifest itself.
    const isEnough = head.kind !== 'unsaid' && head.digest !== null;
    const digest = isEnough
      ? head.digest
      : (await registry.manifest(repository, placeOf(reference), head)).digest;
    return { state: 'present', digest: digest! };
  } catch (thrown) {
    if (isJcdsError(thrown)) return thrown;
    throw thrown;
  }
}

/** Only a registry's own 404 says that there is none. What passes is not known; what waiting does not change is a refusal. */
function answerOf({ code, message: text, exitCode }: JcdsError): Answer {
  if (code === 'NOT_IN_REGISTRY') return { state: 'absent', text };
  if (code === 'REGISTRY_RATE_LIMITED') return { state: 'not-looked-at', text };
  return { state: exitCode === 75 ? 'unseen' : 'refused', text };
}
