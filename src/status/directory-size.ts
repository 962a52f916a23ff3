import { runChild } from '../cvmfs/bounded-child.ts';

/** How much room a directory takes. */
export type DirectorySize =
  | {
      readonly state: 'measured';
      readonly bytes: number;
      /** false: parts of it may not be read, so that it is at least this. */
      readonly isWhole: boolean;
      /** The same of what lies directly in it, by name. */
      readonly parts: Readonly<Record<string, number>>;
    }
  | { readonly state: 'absent' }
  /** It hangs, or is too large to be counted in time. */
  | { readonly state: 'unknown' };

const LIMIT = 4 * 1024 * 1024;
const ABSENT = 3;
const SCRIPT = `cd -P -- "$1" || exit ${ABSENT}\ndu -k -a -x -d 1 . || exit 1`;

/** Measures a directory with du in a child that can be left behind: homes hang too, and caches are large. */
export async function directorySize(directory: string, timeout: number): Promise<DirectorySize> {
  const run = await runChild({
    file: 'sh',
    args: ['-c', SCRIPT, 'jcds-du', directory],
    environment: { PATH: '/usr/bin:/bin', LC_ALL: 'C' },
    timeout,
    limit: LIMIT,
  });
  if (run.state !== 'ended') return { state: 'unknown' };
  if (run.code === ABSENT) return { state: 'absent' };
  const sizes = [...run.output.matchAll(/^(\d{1,15})\t\.(?:\/(.*))?$/gm)];
  const total = sizes.find(([, , name]) => name === undefined)?.[1];
  if (total === undefined) return { state: 'unknown' };
  const parts = sizes.flatMap(([, size, name]) =>
    name === undefined ? [] : [[name, Number(size) * 1024] as const],
  );
  return {
    state: 'measured',
    bytes: Number(total) * 1024,
    isWhole: run.code === 0,
    parts: Object.fromEntries(parts),
  };
}
