import { closeSync, constants, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { EXIT, JcdsError } from '../errors.ts';

/** The status file could not be written. */
export class StatusFileError extends JcdsError {
  constructor(file: string, cause: unknown) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    super({
      code: 'STATUS_FILE',
      message: `--status-file ${JSON.stringify(file)} cannot be written (${code})`,
      hint: `ls -ld ${JSON.stringify(dirname(file))}`,
      exitCode: EXIT.failed,
      cause,
    });
  }
}

/**
 * What was decided up to exec, for whoever started jcds: a contained command may end with 75 or 125 too, and only
 * this file tells its code from jcds' own. Holds no value of the environment.
 */
export interface JobStatus {
  readonly schemaVersion: 1;
  /** `starting`: the plan was handed to the launcher; `failed`: nothing was started. */
  readonly outcome: 'starting' | 'failed';
  readonly image: string;
  readonly repository: string | null;
  readonly path: string | null;
  readonly target: string | null;
  readonly runtime: string | null;
  readonly exitCode: number | null;
  readonly error: { readonly code: string; readonly message: string; readonly hint: string | null } | null;
  /** The image was asked for: what must happen until the same command works. */
  readonly waitingFor: {
    readonly image: string;
    readonly repository: string;
    /** The page of the request. */
    readonly url: string | null;
    readonly next: string;
  } | null;
}

/** Removes the file of an earlier run, so that nobody reads that as this run's. @throws StatusFileError */
export function removeStatusFile(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch (thrown) {
    throw new StatusFileError(file, thrown);
  }
}

/** Writes aside, not following a link, and renames into place. @throws StatusFileError */
export function writeStatusFile(file: string, status: JobStatus): void {
  const aside = `${file}.${process.pid}.new`;
  try {
    const descriptor = openSync(
      aside,
      constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW,
      0o644,
    );
    try {
      writeSync(descriptor, `${JSON.stringify(status)}\n`);
    } finally {
      closeSync(descriptor);
    }
    renameSync(aside, file);
  } catch (thrown) {
    rmSync(aside, { force: true });
    throw new StatusFileError(file, thrown);
  }
}
