import { isAbsolute } from 'node:path';
import type { CallOptions } from '../call.ts';
import { EXIT, JcdsError, UsageError } from '../errors.ts';
import { safeText } from '../output/safe-text.ts';
import type { ImageFacts } from '../rootfs/facts.ts';
import type { Bind, Home } from '../runtimes/shown.ts';
import { OF_THE_IMAGE } from './binds.ts';
import type { Reasoned } from './home.ts';

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
  readonly binds: readonly Bind[];
  /** The readable name of the image. */
  readonly image: string;
  readonly facts: ImageFacts | null;
  /** The caller's working directory; null: it cannot be read. */
  readonly cwd: string | null;
}

/**
 * The working directory inside: what was typed, or the caller's where that is shown, or the home directory.
 * @throws UsageError, WorkdirUnknownError
 */
export function chooseWorkdir(requested: WorkdirOptions): Reasoned<string> {
  const { options, cwd, home } = requested;
  const typed = (['workdir', 'pwd', 'cwd'] as const).find(name => typeof options[name] === 'string');
  if (typed !== undefined) return typedWorkdir(typed, String(options[typed]), requested);
  if (cwd === null) return { value: home.path, reason: "home: the caller's cannot be read" };
  return isShown(cwd, requested)
    ? { value: cwd, reason: "the caller's" }
    : { value: home.path, reason: "home: the caller's is not shown inside" };
}

function typedWorkdir(name: string, wanted: string, { facts, image }: WorkdirOptions): Reasoned<string> {
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
  return { value: wanted, reason: `--${name}` };
}

/** Whether the caller's directory is the same one inside. Those of the image itself are there where the image has them. */
function isShown(cwd: string, { home, contain, binds, facts }: WorkdirOptions): boolean {
  if (OF_THE_IMAGE.has(cwd)) return cwd === '/' || hasTop(facts, cwd);
  const own = contain ? [] : ['/tmp', '/var/tmp'];
  const places = [
    ...own,
    ...(home.kind === 'host' && home.source === home.path ? [home.path] : []),
    ...binds
      .filter(({ source, destination }) => source === destination)
      .map(({ destination }) => destination),
  ];
  return places.some(place => cwd === place || cwd.startsWith(`${place}/`));
}

function hasTop(facts: ImageFacts | null, path: string): boolean {
  const top = facts?.directories['/'];
  return top === undefined || top.some(({ name }) => path === `/${name}`);
}
