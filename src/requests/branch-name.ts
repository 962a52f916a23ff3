import { createHash } from 'node:crypto';

/**
 * The name of a request's branch, made from nothing but what is asked for: the same image of the same list gives the same
 * name on every host and in every run, and so the second client finds the first one's branch instead of making another.
 */
export function branchName(list: { host: string; project: string; path: string }, entry: string): string {
  const content = [list.host.toLowerCase(), list.project.toLowerCase(), list.path, entry].join('\n');
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 12);
  const readable = entry
    .slice(entry.lastIndexOf('/') + 1)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 40);
  return `jcds/${readable}-${hash}`;
}

/** Whether a branch was named by jcds. */
export function isJcdsBranch(branch: string): boolean {
  return /^jcds\/[a-z0-9-]*-[0-9a-f]{12}$/.test(branch);
}
