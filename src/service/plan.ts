import type { Absence, ListedImage, Reason, RepositoryState, Situation, Step } from './situation.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Gone is what was absent in so many cycles over so long. Two that are nearer to each other than this count once. */
const GONE = { cycles: 3, over: DAY, apart: 10 * MINUTE };
/** How long content stays that failed, before it is tried again. */
const FAILED_FOR = DAY;
/** Jobs that hold a directory's own name have so long; and a cycle removes so many at most. OSG's rules. */
const UNLINKED_FOR = 2 * DAY;
export const MOST_DELETED = 50;

/** What a cycle does. Done, and planned again, nothing is left to do. Pure. */
export function plan(situation: Situation): Step[] {
  const listed = situation.wanted.images.map(image => stepFor(image, situation));
  const unclear = situation.wanted.unclear.map(
    ({ line, text, reason }): Step => ({ kind: 'skip', line, text, image: null, reason }),
  );
  const unlisted = unlistedSteps(situation);
  const links = [...listed, ...unclear, ...unlisted];
  return [...links, ...unlinkedSteps(situation, links)];
}

function stepFor(image: ListedImage, situation: Situation): Step {
  const { state, answers, policy, now } = situation;
  const answer = answers.get(image.path) ?? { state: 'not-looked-at', text: 'it was not asked for' };
  if (state.others.has(image.path))
    return left(image, state, { kind: 'occupied', text: 'something that is no link stands in its place' });
  if (answer.state === 'absent') return absentStep(image, situation, answer.text);
  if (answer.state !== 'present') return left(image, state, { kind: answer.state, text: answer.text });
  const { digest } = answer;
  const directory = state.manifests.get(digest);
  if (directory !== undefined && state.directories.has(directory))
    return linkStep(image, state, digest, directory);
  const failure = state.failures.get(image.path);
  const isTried = failure?.digest === digest && failure.version === policy.version;
  if (isTried && !policy.again && now >= failure.at && now - failure.at < FAILED_FOR)
    return left(image, state, { kind: 'failed-before', text: failure.text });
  return { kind: 'convert', image, digest };
}

function linkStep(image: ListedImage, state: RepositoryState, digest: string, directory: string): Step {
  const now = state.links.get(image.path);
  if (now === directory)
    return { kind: 'keep', path: image.path, image, reason: { kind: 'current', text: `it is ${digest}` } };
  const isWhole = now !== null && now !== undefined && state.directories.has(now);
  const kind = now === undefined ? 'link' : isWhole ? 'relink' : 'repair-link';
  return { kind, image, digest, directory };
}

/** What is there stays, and what is not there is not made. */
function left(image: ListedImage, state: RepositoryState, reason: Reason): Step {
  const { path, line, text } = image;
  return state.links.has(path)
    ? { kind: 'keep', path, image, reason }
    : { kind: 'skip', line, text, image, reason };
}

function absentStep(image: ListedImage, { state, policy, now }: Situation, text: string): Step {
  const absence = absentAgain(state.absences.get(image.path), now);
  if (!isGone(absence, now) || !state.links.has(image.path))
    return left(image, state, { kind: 'absent', text });
  if (policy.removeGone) return { kind: 'unlink', path: image.path, image };
  return left(image, state, { kind: 'absent', text: `${text}: gone; --remove-gone takes it away` });
}

/** Counts one more cycle in which a registry said that an image is not there. A clock that was put back begins anew. */
export function absentAgain(before: Absence | undefined, now: number): Absence {
  if (before === undefined || before.first > now || before.last > now)
    return { first: now, last: now, cycles: 1 };
  return now - before.last < GONE.apart ? before : { ...before, last: now, cycles: before.cycles + 1 };
}

function isGone({ first, cycles }: Absence, now: number): boolean {
  return cycles >= GONE.cycles && now - first >= GONE.over;
}

function unlistedSteps({ wanted, state }: Situation): Step[] {
  const listed = new Set(wanted.images.map(({ path }) => path));
  return [...state.links]
    .filter(([path]) => !listed.has(path))
    .map(([path, directory]): Step => {
      const kept = (reason: Reason): Step => ({ kind: 'keep', path, image: null, reason });
      if (directory === null) return kept({ kind: 'foreign', text: 'its link leads to no image' });
      const unclear = wanted.unclear.find(line => line.mayMean(path));
      if (unclear === undefined) return { kind: 'unlink', path, image: null };
      return kept({ kind: 'unclear', text: `line ${unclear.line} may mean it` });
    });
}

/** Directories to which no link will lead, when all the steps went well. */
function unlinkedSteps({ state, now }: Situation, steps: readonly Step[]): Step[] {
  const links = new Map(state.links);
  for (const step of steps) {
    if (step.kind === 'unlink') links.delete(step.path);
    else if (step.kind === 'convert') links.delete(step.image.path);
    else if (step.kind === 'link' || step.kind === 'relink' || step.kind === 'repair-link')
      links.set(step.image.path, step.directory);
  }
  const inUse = new Set(links.values());
  const marks: Step[] = [];
  const due: { directory: string; since: number }[] = [];
  for (const directory of [...state.directories].sort()) {
    if (inUse.has(directory)) continue;
    const since = state.unlinked.get(directory);
    if (since === undefined || since * 1000 > now + HOUR) marks.push({ kind: 'mark-unlinked', directory });
    else if (now - since * 1000 >= UNLINKED_FOR) due.push({ directory, since });
  }
  const oldest = due.sort((one, other) => one.since - other.since).slice(0, MOST_DELETED);
  return [...marks, ...oldest.map((row): Step => ({ kind: 'delete', ...row }))];
}
