import { ERROR_EXITS, type ErrorCode } from './error-codes.ts';

/**
 * The exit codes of jcds, in one place (`jcds help exit-codes` and docs/exit-codes.md are made from it).
 * `run`, `exec` and `shell` follow podman and docker: the contained command's own code passes through
 * untouched, and 125, 126 and 127 are decided before exec; 75 is sysexits.h' EX_TEMPFAIL.
 */
export const EXIT = {
  ok: 0,
  /** The answer is "no": the image is not published, the registry does not have it. */
  no: 1,
  /** A command was called wrongly (`run`, `exec` and `shell` say 125 for this). */
  usage: 2,
  /** Try again later: CVMFS cannot be seen, or a publication was requested and is not there yet. */
  later: 75,
  /** `run`, `exec`, `shell`: jcds or the runtime failed; the contained command never started. */
  failed: 125,
  /** `run`, `exec`, `shell`: the command was found and cannot be executed. */
  notExecutable: 126,
  /** `run`, `exec`, `shell`: the command was not found in the image. */
  notFound: 127,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What an error knows beside its message. */
export interface ErrorFacts {
  /** A row of the table of errors, src/error-codes.ts, which says how the command ends. */
  code: ErrorCode;
  /** Says what failed and of which value. One sentence, no full stop. */
  message: string;
  /** What to do next, best as a command to type. */
  hint?: string | undefined;
  /** Only where the row leaves the choice. */
  exitCode?: ExitCode;
  cause?: unknown;
}

/** The exit codes that a row of the table of errors leaves to the thrower; the first is the usual one. */
export function exitCodesOf(code: ErrorCode): readonly [ExitCode, ...ExitCode[]] {
  const names = [ERROR_EXITS[code]].flat() as [keyof typeof EXIT, ...(keyof typeof EXIT)[]];
  return names.map(name => EXIT[name]) as [ExitCode, ...ExitCode[]];
}

/**
 * How a command ends with an error. `run`, `exec` and `shell` (`contained`) follow podman: 125 for every failure of jcds' own but
 * "later", "not executable" and "not found". For the others 125 to 127 mean nothing, since no command could have answered.
 */
export function exitCodeFor({ exitCode }: Pick<JcdsError, 'exitCode'>, contained: boolean): ExitCode {
  if (contained) return exitCode < EXIT.later ? EXIT.failed : exitCode;
  return exitCode >= EXIT.failed ? EXIT.no : exitCode;
}

/**
 * A failure that a user can act on. Everything else that is thrown is a bug and keeps its stack.
 * Recognised by `isJcdsError`, never by `instanceof`: the start-up bundle and the later one each carry this class.
 */
export class JcdsError extends Error {
  readonly isJcdsError = true;
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly exitCode: ExitCode;

  constructor(facts: ErrorFacts) {
    super(facts.message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.name = new.target.name;
    this.code = facts.code;
    this.hint = facts.hint;
    this.exitCode = facts.exitCode ?? exitCodesOf(facts.code)[0];
  }
}

/** Whether a thrown value is a failure that jcds foresaw. */
export function isJcdsError(thrown: unknown): thrown is JcdsError {
  return (
    typeof thrown === 'object' &&
    thrown !== null &&
    (thrown as { isJcdsError?: unknown }).isJcdsError === true
  );
}

/** A command line that makes no sense. */
export class UsageError extends JcdsError {
  constructor(message: string, hint?: string) {
    super({ code: 'USAGE', message, hint });
  }
}
