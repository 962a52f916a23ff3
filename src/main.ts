import type { Call, Outcome } from './call.ts';
import { commandText } from './command-text.ts';
import type { CommandDeclaration } from './commands/command.ts';
import type { Context } from './context.ts';
import { EXIT, exitCodeFor, isJcdsError, JcdsError } from './errors.ts';
import { errnoName, isRefusedFile } from './files/refused-file.ts';
import { printError } from './output/console.ts';
import { type Parsed, parseCommandLine } from './program.ts';

/**
 * jcds from the command line to its outcome: parses, acts, and is the only printer of errors.
 * Everything else than a JcdsError and what the system says of a file is a bug and is thrown on with its stack.
 */
export async function main(args: readonly string[], context: Context): Promise<Outcome> {
  const parsed = await parseCommandLine(args, () => context.stdout.columns);
  switch (parsed.kind) {
    case 'text':
      context.stdout.write(parsed.text);
      return checked({ kind: 'exit', code: EXIT.ok }, undefined, {}, context);
    case 'refused':
      return refuse(parsed, context);
    case 'call':
      return act(parsed, context);
    default:
      return parsed satisfies never;
  }
}

async function act(
  { declaration, call }: Extract<Parsed, { kind: 'call' }>,
  context: Context,
): Promise<Outcome> {
  try {
    return checked(await declaration.action(call, context), declaration, call.options, context);
  } catch (thrown) {
    return report(failureOf(thrown), declaration, call.options, context);
  }
}

/** What jcds foresaw, or what the system says of a file. A bug is thrown on. */
function failureOf(thrown: unknown): JcdsError {
  if (isJcdsError(thrown)) return thrown;
  const { code, syscall, path } = thrown as NodeJS.ErrnoException;
  if (isRefusedFile(thrown)) return new FileError(thrown.path, thrown.message, thrown);
  if (code === undefined || syscall === undefined || BUGS.has(code)) throw thrown;
  return new FileError(
    path,
    `${path === undefined ? 'the system' : path}: ${syscall} failed (${errnoName(thrown as NodeJS.ErrnoException)})`,
    thrown,
  );
}

/** What the system says to a program that is wrong. */
const BUGS: ReadonlySet<string> = new Set(['EBADF', 'EFAULT', 'EINVAL']);

/** A file that cannot be used, where nobody had more to say about it. */
class FileError extends JcdsError {
  constructor(path: string | undefined, message: string, cause: unknown) {
    super({
      code: 'FILE',
      message,
      hint: path === undefined ? 'see whether a disk is full: df' : commandText('ls', '-ld', path),
      cause,
    });
  }
}

/** An answer that could not be written is none. */
function checked(
  outcome: Outcome,
  declaration: CommandDeclaration | undefined,
  options: Call['options'],
  context: Context,
): Outcome {
  const failure = context.stdout.failure ?? null;
  return failure === null ? outcome : report(new OutputError(failure), declaration, options, context);
}

/** Standard output takes no more: a full disk, as a rule. */
class OutputError extends JcdsError {
  constructor(errno: string) {
    super({
      code: 'OUTPUT',
      message: `standard output cannot be written (${errno})`,
      hint: 'see whether the disk that it goes to is full: df',
    });
  }
}

/** A line that makes no sense: its command may have something to do about that, which may fail as well. */
function refuse(
  { error, declaration, options }: Extract<Parsed, { kind: 'refused' }>,
  context: Context,
): Outcome {
  const outcome = report(error, declaration, options, context);
  try {
    declaration?.refused?.(error, options);
    return outcome;
  } catch (thrown) {
    failureOf(thrown);
    return outcome;
  }
}

function report(
  error: JcdsError,
  declaration: CommandDeclaration | undefined,
  options: Call['options'],
  context: Context,
): Outcome {
  printError(context, error, options.json === true);
  return { kind: 'exit', code: exitCodeFor(error, declaration?.contained === true) };
}
