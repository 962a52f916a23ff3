/** Why a file is not read, or a directory not written to, that the system would have let jcds use. */
export type Refusal = 'no-file' | 'too-long' | 'foreign' | 'writable' | 'link';

const REASONS: Readonly<Record<Refusal, string>> = {
  'no-file': 'it is no regular file',
  'too-long': 'it is too long',
  foreign: 'it belongs to another user',
  writable: 'others may write to it',
  link: 'it is a link, or no directory',
};

/** A file or directory that jcds does not use as it is. */
export class RefusedFile extends Error {
  readonly path: string;
  readonly refusal: Refusal;

  constructor(path: string, refusal: Refusal) {
    super(`${path}: ${REASONS[refusal]}`);
    this.path = path;
    this.refusal = refusal;
  }
}

/** By its shape: the start-up bundle and the later one each carry this class. */
export function isRefusedFile(thrown: unknown): thrown is RefusedFile {
  return thrown instanceof Error && Object.hasOwn(REASONS, (thrown as Partial<RefusedFile>).refusal ?? '');
}

/** The system's name of what went wrong (ENOSPC), or null for what the system did not say. */
export function errnoOf(thrown: unknown): string | null {
  const { code, syscall } = thrown as NodeJS.ErrnoException;
  return syscall === undefined || code === undefined ? null : errnoName(thrown as NodeJS.ErrnoException);
}

/**
 * A system's error by its name. Of some Node.js knows none, and calls a quota that is used up `UNKNOWN` or
 * `Unknown system error -122`.
 */
export function errnoName({ code = 'unknown error', errno }: NodeJS.ErrnoException): string {
  if (!/^unknown/i.test(code) || errno === undefined) return code;
  const { errno: names } = process.getBuiltinModule('node:os').constants;
  return Object.entries(names).find(([, value]) => value === -errno)?.[0] ?? code;
}

/** Why a file cannot be read or written, in a few words; null for what is a bug. */
export function fileTrouble(thrown: unknown): string | null {
  return isRefusedFile(thrown) ? REASONS[thrown.refusal] : errnoOf(thrown);
}

/** The directory that a path is in. */
export function parentOf(path: string): string {
  const at = path.lastIndexOf('/');
  return at < 0 ? '.' : path.slice(0, at) || '/';
}
