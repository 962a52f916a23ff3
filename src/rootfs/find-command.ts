import { accessSync, closeSync, constants, fstatSync, readSync } from 'node:fs';
import { hostArchitectures } from './host-architectures.ts';
import { type ImageView, imageView, type Mount, onDisk } from './image-view.ts';
import { HEAD_BYTES, programHead } from './program-head.ts';
import { errnoOf } from './walk.ts';

/** What is to be started, in the container's words. */
export interface CommandQuestion {
  readonly word: string;
  /** PATH inside the container. */
  readonly searchPath: string;
  /** Working directory inside. */
  readonly cwd: string;
  /** Everything of the host that is shown inside. */
  readonly mounts: readonly Mount[];
  /** OCI names of the architectures this host can start; by default it is asked when a program is found. */
  readonly architectures?: readonly string[];
}

/** Why a file that is there cannot be started. */
export type Obstacle =
  | { readonly why: 'directory' | 'permission' }
  | { readonly why: 'interpreter' | 'loader'; readonly missing: string }
  | { readonly why: 'architecture'; readonly architecture: string };

/** `path` is where the file was found, as PATH names it. */
export type CommandAnswer =
  | { readonly state: 'found'; readonly path: string }
  | { readonly state: 'notFound' }
  | { readonly state: 'notExecutable'; readonly path: string; readonly obstacle: Obstacle };

/** The kernel's bound on interpreters of interpreters. */
const INTERPRETER_LIMIT = 4;

/**
 * Finds a command as execvp(3) would inside the container, without entering it. A directory on PATH is passed over,
 * a file that may not be executed is remembered while the search goes on. Throws the system's error when
 * the image cannot be seen (EIO, …).
 */
export function findCommand(root: string, question: CommandQuestion): CommandAnswer {
  const tree = imageView(root, question.mounts);
  const { word, searchPath, cwd } = question;
  if (word === '') return { state: 'notFound' };
  if (word.includes('/')) return judge(tree, below(cwd, word), question) ?? { state: 'notFound' };
  let refused: CommandAnswer | null = null;
  for (const directory of searchPath.split(':')) {
    const answer = judge(tree, below(cwd, `${directory === '' ? '.' : directory}/${word}`), question);
    if (answer?.state === 'found') return answer;
    if (answer?.state === 'notExecutable' && answer.obstacle.why !== 'directory') refused ??= answer;
  }
  return refused ?? { state: 'notFound' };
}

function below(cwd: string, path: string): string {
  return path.startsWith('/') ? path : `${cwd}/${path}`;
}

/** null: nothing there. */
function judge(tree: ImageView, path: string, question: CommandQuestion, depth = 0): CommandAnswer | null {
  const refuse = (obstacle: Obstacle): CommandAnswer => ({ state: 'notExecutable', path, obstacle });
  const opened = tree.open(path);
  if (opened.state !== 'open') return opened.state === 'denied' ? judgeUnreadable(tree, path) : null;
  try {
    const stat = fstatSync(opened.descriptor);
    if (stat.isDirectory()) return refuse({ why: 'directory' });
    if (!stat.isFile() || !isExecutable(tree.hostPath(opened.path))) return refuse({ why: 'permission' });
    const head = Buffer.alloc(HEAD_BYTES);
    const length = readSync(opened.descriptor, head, 0, HEAD_BYTES, 0);
    const obstacle = obstacleIn(head.subarray(0, length), tree, question, depth);
    return obstacle ? refuse(obstacle) : { state: 'found', path };
  } finally {
    closeSync(opened.descriptor);
  }
}

/** A program may be executable and not readable: then its head stays unknown. */
function judgeUnreadable(tree: ImageView, path: string): CommandAnswer {
  const walked = tree.resolve(path);
  const may = walked.state === 'found' && isExecutable(tree.hostPath(`/${walked.path.join('/')}`));
  return may ? { state: 'found', path } : { state: 'notExecutable', path, obstacle: { why: 'permission' } };
}

function obstacleIn(
  head: Buffer,
  tree: ImageView,
  question: CommandQuestion,
  depth: number,
): Obstacle | null {
  const program = programHead(head);
  if (program.kind === 'elf') {
    const { architecture, loader } = program;
    const startable = question.architectures ?? hostArchitectures();
    if (architecture !== null && !startable.includes(architecture))
      return { why: 'architecture', architecture };
    return loader !== null && tree.resolve(loader).state === 'missing'
      ? { why: 'loader', missing: loader }
      : null;
  }
  if (program.kind === 'other') return null;
  const missing: Obstacle = { why: 'interpreter', missing: program.interpreter };
  if (depth >= INTERPRETER_LIMIT) return missing;
  const answer = judge(tree, below(question.cwd, program.interpreter), question, depth + 1);
  if (answer === null) return missing;
  return answer.state === 'notExecutable' ? answer.obstacle : null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(onDisk(path), constants.X_OK);
    return true;
  } catch (thrown) {
    if (errnoOf(thrown) === 'EACCES' || errnoOf(thrown) === 'ENOENT') return false;
    throw thrown;
  }
}
