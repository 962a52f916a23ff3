import { SHELL_ENVIRONMENT } from './abandonable-child.ts';
import { runChild } from './bounded-child.ts';

/** What an image cannot do without; /root and the like may be closed, as they are on any host. */
const NEEDED = /^(?:bin|sbin|lib(?:32|64|x32)?|usr|etc|opt|\.singularity\.d)(?:\/|$)/;
const LIMIT = 1024 * 1024;

/**
 * Which of the upper directories and files of images this user may not read, by find and by the system's own word. The
 * client shows every file as the account cvmfs', so what only its owner may read nobody can.
 * @param targets real directories or image files
 * @param timeout milliseconds; what is not answered by then is not told
 * @returns by target, paths in the image; `/` is the whole
 */
export async function unreadableParts(
  targets: readonly string[],
  timeout: number,
): Promise<ReadonlyMap<string, readonly string[]>> {
  if (targets.length === 0) return new Map();
  const places = targets.flatMap(target => [target, `${target}/usr`, `${target}/.singularity.d`]);
  const tests = ['-maxdepth', '1', '!', '-type', 'l', '!', '-readable', '-print0'];
  const run = await runChild({
    file: 'find',
    args: [...places, ...tests],
    environment: SHELL_ENVIRONMENT,
    timeout,
    limit: LIMIT,
  });
  // Its exit code says only that a place is absent, as /usr or .singularity.d may be.
  const found = run.state === 'ended' ? run.output.split('\0').slice(0, -1) : [];
  return new Map(
    targets.map(target => [target, [...new Set(found.flatMap(path => partOf(path, target)))]] as const),
  );
}

function partOf(path: string, target: string): string[] {
  if (path === target) return ['/'];
  if (!path.startsWith(`${target}/`)) return [];
  const part = path.slice(target.length + 1);
  return NEEDED.test(part) ? [`/${part}`] : [];
}
