import { dirname } from 'node:path';
import { commandText } from '../command-text.ts';
import type { Published } from '../cvmfs/publication.ts';
import { exitCodeFor, JcdsError } from '../errors.ts';
import { fileTrouble } from '../files/refused-file.ts';
import { removeNamed, writeNamed } from '../files/write.ts';
import { toBytes } from '../launch/bytes.ts';
import { jsonLine } from '../output/json.ts';
import { SCHEMA_VERSION } from '../schema-version.ts';

/** The status file could not be written. */
export class StatusFileError extends JcdsError {
  constructor(file: string, reason: string, cause: unknown) {
    super({
      code: 'STATUS_FILE',
      message: `--status-file ${JSON.stringify(file)} cannot be written (${reason})`,
      hint: commandText('ls', '-ld', dirname(file)),
      cause,
    });
  }
}

/**
 * What was decided up to exec, for whoever started jcds: a contained command may end with 75 or 125 too, and only
 * this file tells its code from jcds' own. Holds no value of the environment.
 */
export interface JobStatus {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  /** `starting`: the plan was handed to the launcher; `failed`: nothing was started. */
  readonly outcome: 'starting' | 'failed';
  /** null: the command line made no sense. */
  readonly image: string | null;
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

/** How far jcds came. */
export interface Decided {
  image: string | null;
  published?: Published;
  runtime?: string;
}

/** An error that says what will make the same command work later. */
type WaitingError = JcdsError & { readonly waitingFor: JobStatus['waitingFor'] };

/** The status after a failure, or that of a job which is about to start. */
export function statusOf({ image, published, runtime }: Decided, error: JcdsError | null): JobStatus {
  return {
    schemaVersion: SCHEMA_VERSION,
    outcome: error === null ? 'starting' : 'failed',
    image,
    repository: published?.repository ?? null,
    path: published?.path ?? null,
    target: published?.target ?? null,
    runtime: runtime ?? null,
    exitCode: error === null ? null : exitCodeFor(error, true),
    error: error === null ? null : { code: error.code, message: error.message, hint: error.hint ?? null },
    waitingFor: (error as Partial<WaitingError> | null)?.waitingFor ?? null,
  };
}

/** Removes the file of an earlier run, so that nobody reads that as this run's. @throws StatusFileError */
export function removeStatusFile(file: string): void {
  toStatusFile(file, () => removeNamed(toBytes(file)));
}

/** Writes aside, not following a link, and renames into place. @throws StatusFileError */
export function writeStatusFile(file: string, status: JobStatus): void {
  toStatusFile(file, () => writeNamed(toBytes(file), jsonLine(status), { mode: 0o644, isNew: false }));
}

function toStatusFile(file: string, act: () => void): void {
  try {
    act();
  } catch (thrown) {
    const reason = fileTrouble(thrown);
    if (reason === null) throw thrown;
    throw new StatusFileError(file, reason, thrown);
  }
}
