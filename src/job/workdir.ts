import { dirname, isAbsolute } from 'node:path';
import type { CallOptions } from '../call.ts';
import { JcdsError, UsageError } from '../errors.ts';
import { safeText } from '../output/safe-text.ts';
import type { ImageFacts } from '../rootfs/facts.ts';
import type { Home } from '../runtimes/shown.ts';
import type { BindSpec } from './bind-spec.ts';
import { OF_THE_IMAGE } from './binds.ts';
import { place, type Reasoned } from './home.ts';
import { type HostPlaces, realPath } from './host-places.ts';

/** `--workdir image` for an image whose WORKDIR is written nowhere: what `apptainer build` leaves has lost it. */
export class WorkdirUnknownError extends JcdsError {
  constructor(image: string) {
    super({
      code: 'WORKDIR_UNKNOWN',
      message: `the image ${safeText(image)} does not say its working directory: apptainer, which unpacked it, keeps no WORKDIR`,
      hint: 'give it by name: --workdir DIRECTORY',
    });
  }
}

/** What decides where a job starts. */
export interface WorkdirOptions {
  readonly options: CallOptions;
  readonly home: Home;
  readonly contain: boolean;
  /** Whether the caller's directory is not to be shown. */
  readonly isLeftOut?: boolean;
  /** What is shown, the caller's directory as well. */
  readonly places: HostPlaces;
  /** The readable name of the image. */
  readonly image: string;
  readonly facts: ImageFacts | null;
  /** The caller's working directory; null: it cannot be read. */
  readonly cwd: string | null;
}

/** The working directory inside, and what has to be shown for it. */
export interface Workdir extends Reasoned<string> {
  readonly bind?: BindSpec;
}

/**
 * The working directory inside: what was typed, or the caller's, or the home directory. A directory that is reached by
 * links of the host keeps the name that was typed; what they lead to is shown where they lead inside.
 * @throws UsageError, WorkdirUnknownError
 */
export function chooseWorkdir(requested: WorkdirOptions): Workdir {
  const { options, cwd } = requested;
  const typed = (['workdir', 'pwd', 'cwd'] as const).find(name => typeof options[name] === 'string');
  if (typed !== undefined) return typedWorkdir(typed, String(options[typed]), requested);
  if (cwd === null) return atHome("the caller's cannot be read", requested);
  return isThere(cwd, requested)
    ? { value: cwd, reason: "the caller's" }
    : atHome("the caller's is not shown inside", requested);
}

/** A bind above the home, such as one at /home, hides it: what is bound there may have no such directory. */
function atHome(why: string, { home, places }: WorkdirOptions): Workdir {
  const { at, isShown, below } = places.look(home.path);
  const isHidden = below !== null && below !== at && !isShown;
  return isHidden
    ? { value: '/', reason: `${why}, and a bind hides the home` }
    : { value: place(home.path), reason: `home: ${why}` };
}

function typedWorkdir(name: string, wanted: string, requested: WorkdirOptions): Workdir {
  const { facts, image, places, contain } = requested;
  if (name === 'workdir' && wanted === 'image') {
    const workdir = facts?.config.workdir ?? null;
    if (workdir === null) throw new WorkdirUnknownError(image);
    return { value: workdir, reason: "the image's" };
  }
  if (!isAbsolute(wanted))
    throw new UsageError(
      `--${name} ${JSON.stringify(wanted)} must be an absolute path inside${name === 'workdir' ? ', or `image`' : ''}`,
      `jcds run --${name} /DIRECTORY`,
    );
  const { at, isShown, isLinked } = places.look(wanted);
  const here = { value: wanted, reason: `--${name}` };
  // A link of the host that leads out of all that is shown.
  return contain || isShown || !isLinked || OF_THE_IMAGE.has(at)
    ? here
    : { ...here, bind: sameFiles(wanted, at) };
}

/**
 * Directories of the image itself are there where the image has them. A contained job is not where its caller is by the
 * name alone; one whose site shows no directory of the caller's is in the image's of that name (as bare apptainer, 1.4.5).
 */
function isThere(cwd: string, { contain, isLeftOut, facts, places }: WorkdirOptions): boolean {
  if (!OF_THE_IMAGE.has(cwd) && places.look(cwd).isShown) return true;
  const isImages = OF_THE_IMAGE.has(cwd) || (isLeftOut === true && dirname(cwd) === '/');
  return isImages && !contain && (cwd === '/' || hasTop(facts, cwd));
}

/** The name by which the caller's directory is shown: the real one where the typed one leads into a bind that has no such place. */
export function callersName(cwd: string | null, places: HostPlaces): string | null {
  if (cwd === null) return null;
  const { at, below, isShown } = places.look(cwd);
  return below !== null && below !== at && !isShown ? realPath(cwd) : cwd;
}

/** What shows the caller's working directory, wherever the job starts; null: nothing has to, or can. */
export function callersBind(cwd: string | null, places: HostPlaces): BindSpec | null {
  if (cwd === null || OF_THE_IMAGE.has(cwd)) return null;
  const { at, isShown, canBeMade } = places.look(cwd);
  // The image's /var/tmp may lead to /tmp, where something else has this name.
  const isSure = isShown && !at.startsWith('/var/tmp/');
  return isSure || !canBeMade || OF_THE_IMAGE.has(at) ? null : sameFiles(cwd, at);
}

function sameFiles(path: string, at: string): BindSpec {
  return { source: realPath(path), destination: at, mode: 'rw' };
}

function hasTop(facts: ImageFacts | null, path: string): boolean {
  const top = facts?.directories['/'];
  return top === undefined || top.some(({ name }) => path === `/${name}`);
}
