import { commandText } from '../command-text.ts';
import type { Context } from '../context.ts';
import { findCommandInImage, seenError } from '../cvmfs/look-at-image.ts';
import { JcdsError } from '../errors.ts';
import { safeText } from '../output/safe-text.ts';
import type { CommandAnswer, CommandQuestion, Obstacle } from '../rootfs/find-command.ts';
import { hostArchitectures } from '../rootfs/host-architectures.ts';
import { DEFAULT_PATH, jobEnvironment } from '../runtimes/environment.ts';
import type { RunRequest } from '../runtimes/runtime.ts';
import { mountsIn } from '../runtimes/shown.ts';
import { siteVariable } from '../runtimes/site-variables.ts';
import type { ImageLook } from './complete-listings.ts';

/** The command is not in the image: podman's 127. */
export class CommandNotFoundError extends JcdsError {
  constructor(word: string, image: string, hasShell: boolean) {
    super({
      code: 'COMMAND_NOT_FOUND',
      message: `${safeText(JSON.stringify(word))} is not in the image ${safeText(image)}`,
      hint: hasShell
        ? `look what is there: ${commandText('jcds', 'shell', image)}`
        : `the image has no shell; name one of its programs: ${commandText('jcds', 'exec', image, '/PROGRAM')}`,
    });
  }
}

/** The command is there and cannot be started: podman's 126. */
export class CommandNotExecutableError extends JcdsError {
  constructor(path: string, image: string, obstacle: Obstacle) {
    super({
      code: 'COMMAND_NOT_EXECUTABLE',
      message: `${safeText(path)} in the image ${safeText(image)} cannot be executed: ${reasonOf(obstacle)}`,
      hint: hintOf(obstacle, image),
    });
  }
}

function reasonOf(obstacle: Obstacle): string {
  switch (obstacle.why) {
    case 'directory':
      return 'it is a directory';
    case 'permission':
      return 'it has no execute permission for you';
    case 'interpreter':
      return `its interpreter ${safeText(obstacle.missing)} is not in the image`;
    case 'loader':
      return `its loader ${safeText(obstacle.missing)} is not in the image`;
    case 'architecture':
      return `it is made for ${safeText(obstacle.architecture)} and this host runs ${hostArchitectures()[0]}`;
    default:
      return obstacle satisfies never;
  }
}

function hintOf(obstacle: Obstacle, image: string): string {
  return obstacle.why === 'architecture'
    ? `ask for an image of this architecture: ${commandText('jcds', 'run', '--platform', `linux/${hostArchitectures()[0]}`, image)}`
    : commandText('jcds', 'exec', image, 'COMMAND');
}

/** What has to be known to tell 126 and 127 before exec: where a word would be found inside the container. */
function commandQuestion(request: RunRequest, word: string): CommandQuestion {
  return {
    word,
    searchPath: jobEnvironment(request).variables.get('PATH')?.value ?? DEFAULT_PATH,
    cwd: request.shown.cwd,
    mounts: mountsIn(request.shown),
  };
}

/**
 * Tells 126 and 127 before anything is started; what is inside an image file nobody can see.
 * @throws CommandNotFoundError, CommandNotExecutableError, CvmfsUnreachableError
 */
export async function checkCommand(
  request: RunRequest,
  word: string | undefined,
  image: string,
  look: ImageLook,
  context: Context,
): Promise<void> {
  const answer = word === undefined ? null : await ask(request, word, look, context);
  if (answer?.state === 'notFound')
    throw new CommandNotFoundError(word ?? '', image, request.image.facts?.hasShell !== false);
  if (answer?.state === 'notExecutable')
    throw new CommandNotExecutableError(answer.path, image, answer.obstacle);
}

/**
 * The shell that `jcds shell` opens: what APPTAINER_SHELL names, else bash, where the image has it; null for an image
 * file. @throws CvmfsUnreachableError
 */
export async function findShell(
  request: RunRequest,
  standard: string,
  look: ImageLook,
  context: Context,
): Promise<string | null> {
  if (request.image.kind === 'file') return null;
  const wished = siteVariable('SHELL', Object.fromEntries(request.environment.host))?.value;
  for (const word of [wished, '/bin/bash', 'bash'].filter(name => name !== undefined)) {
    const answer = await ask(request, word, look, context);
    if (answer?.state === 'found') return answer.path;
  }
  return standard;
}

/** null: nobody can tell before the container is there. */
async function ask(
  request: RunRequest,
  word: string,
  { published, timeout }: ImageLook,
  context: Context,
): Promise<CommandAnswer | null> {
  if (request.image.kind === 'file') return null;
  const seen = await findCommandInImage(published, commandQuestion(request, word), timeout, context);
  if (!('command' in seen)) throw seenError(published, seen);
  return seen.command;
}
