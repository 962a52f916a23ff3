import type { Outcome } from './commands/command.ts';
import type { Context } from './context.ts';
import { EXIT, isJcdsError, type JcdsError } from './errors.ts';
import { printError } from './output/console.ts';
import { parseCommandLine } from './program.ts';

/** Commands whose codes are podman's: see `EXIT`. Known by name, since a usage error comes before parsing ends. */
const CONTAINED: ReadonlySet<string | undefined> = new Set(['run', 'exec', 'shell']);

/**
 * jcds from the command line to its outcome: parses, acts, and is the only printer of errors.
 * Everything that is not a JcdsError is a bug and is thrown on with its stack.
 */
export async function main(args: readonly string[], context: Context): Promise<Outcome> {
  const contained = CONTAINED.has(args[0]);
  try {
    const parsed = await parseCommandLine(args, () => context.stdout.columns);
    if (parsed.kind === 'call') return await parsed.declaration.action(parsed.call, context);
    context.stdout.write(parsed.text);
    return { kind: 'exit', code: EXIT.ok };
  } catch (thrown) {
    if (!isJcdsError(thrown)) throw thrown;
    printError(context, thrown, wantsJson(args, contained));
    return { kind: 'exit', code: contained ? containedCode(thrown) : outsideCode(thrown) };
  }
}

/** `--json` among jcds' own words; behind IMAGE it would be the contained command's, which only a parsed line tells. */
function wantsJson(args: readonly string[], contained: boolean): boolean {
  const end = contained ? args.indexOf('--') : -1;
  return (end < 0 ? args : args.slice(0, end)).includes('--json');
}

/** podman's rule: 125 for every failure of jcds' own but "later", "not executable" and "not found". */
function containedCode(error: JcdsError): number {
  const { exitCode } = error;
  return exitCode === EXIT.later || exitCode === EXIT.notExecutable || exitCode === EXIT.notFound
    ? exitCode
    : EXIT.failed;
}

/** 125 to 127 mean something only where a contained command could have answered. */
function outsideCode(error: JcdsError): number {
  return error.exitCode >= EXIT.failed ? EXIT.no : error.exitCode;
}
