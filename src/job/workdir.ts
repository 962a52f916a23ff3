import { isAbsolute } from 'node:path';
import type { CallOptions } from '../call.ts';
import { EXIT, JcdsError, UsageError } from '../errors.ts';
import { safeText } from '../output/safe-text.ts';
import type { ImageFacts } from '../rootfs/facts.ts';
import type { Home } from '../runtimes/shown.ts';
import type { BindSpec } from './bind-spec.ts';
import { OF_THE_IMAGE } from './binds.ts';
import type { Reasoned } from './home.ts';
import { type HostPlaces, realPath } from './host-places.ts';

/** `--workdir image` for an image whose WORKDIR is written nowhere: what `apptainer build` leaves has lost it. */
export class WorkdirUnknownError extends JcdsError {
  constructor(image: string) {
    super({
      code: 'WORKDIR_UNKNOWN',
      message: `the image ${safeText(image)} does not say its working directory: apptainer, which unpacked it, keeps no WORKDIR`,
      hint: 'give it by name: --workdir DIRECTORY',
      exitCode: EXIT.failed,
    });
  }
}

/** What decides where a job starts. */
export interface WorkdirOptions {
  readonly options: CallOptions;
  readonly home: Home;
  readonly contain: boolean;
  /** What is shown besides. */
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
  const { options, cwd, home } = requested;
  const typed = (['workdir', 'pwd', 'cwd'] as const).find(name => typeof options[name] === 'string');
  if (typed !== undefined) return typedWorkdir(typed, String(options[typed]), requested);
  if (cwd === null) return { value: home.path, reason: "home: the caller's cannot be read" };
  return (
    callersWorkdir(cwd, requested) ?? { value: home.path, reason: "home: the caller's is not shown inside" }
  );
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

/** null: it cannot be shown. Directories of the image itself are there where the image has them. */
function callersWorkdir(cwd: string, { contain, facts, places }: WorkdirOptions): Workdir | null {
  const here = { value: cwd, reason: "the caller's" };
  if (OF_THE_IMAGE.has(cwd)) return cwd === '/' || hasTop(facts, cwd) ? here : null;
  const { at, isShown } = places.look(cwd);
  if (isShown) return here;
  return contain || OF_THE_IMAGE.has(at) ? null : { ...here, bind: sameFiles(cwd, at) };
}

function sameFiles(path: string, at: string): BindSpec {
  return { source: realPath(path), destination: at, mode: 'rw' };
}

function hasTop(facts: ImageFacts | null, path: string): boolean {
  const top = facts?.directories['/'];
  return top === undefined || top.some(({ name }) => path === `/${name}`);
}
