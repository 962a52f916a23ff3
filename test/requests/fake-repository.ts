import { createHash } from 'node:crypto';

export interface Commit {
  sha: string;
  parent: string | null;
  /** The other parent of a merge. */
  merged: string | null;
  files: ReadonlyMap<string, Buffer>;
}

/** What git is for the fakes: commits with whole trees, and branches by name. One store serves a project and its forks. */
export class CommitStore {
  readonly #commits = new Map<string, Commit>();

  add(
    parent: string | null,
    changes: Readonly<Record<string, string | Buffer>>,
    message: string,
    merged: string | null = null,
  ): Commit {
    const files = new Map(parent === null ? [] : this.get(parent).files);
    for (const [path, content] of Object.entries(changes)) files.set(path, Buffer.from(content));
    const hash = createHash('sha1').update(`${parent}\n${message}\n${this.#commits.size}`);
    const commit: Commit = { sha: hash.digest('hex'), parent, merged, files };
    this.#commits.set(commit.sha, commit);
    return commit;
  }

  has(sha: string): boolean {
    return this.#commits.has(sha);
  }

  get(sha: string): Commit {
    const commit = this.#commits.get(sha);
    if (commit === undefined) throw new Error(`no commit ${sha}`);
    return commit;
  }

  /** The last commit at or before this one that changed a file. */
  lastChange(sha: string, path: string): string {
    let commit = this.get(sha);
    while (commit.parent !== null) {
      const parent = this.get(commit.parent);
      if (!parent.files.get(path)?.equals(commit.files.get(path) ?? Buffer.alloc(0))) break;
      commit = parent;
    }
    return commit.sha;
  }

  ancestors(sha: string): Set<string> {
    const found = new Set<string>();
    for (const waiting: (string | null)[] = [sha]; waiting.length > 0; ) {
      const at = waiting.pop();
      if (at == null || found.has(at)) continue;
      found.add(at);
      const { parent, merged } = this.get(at);
      waiting.push(parent, merged);
    }
    return found;
  }

  mergeBase(a: string, b: string): string {
    const known = this.ancestors(a);
    for (let at: string | null = b; at !== null; at = this.get(at).parent) if (known.has(at)) return at;
    throw new Error('unrelated histories');
  }
}

/** The lines that a branch changes: what stands between the common beginning and the common end. */
export function changedLines(
  before: string,
  after: string,
): { removed: string[]; added: string[]; at: number } {
  const [old, now] = [before.split(/(?<=\n)/), after.split(/(?<=\n)/)];
  let start = 0;
  while (start < Math.min(old.length, now.length) && old[start] === now[start]) start++;
  let end = 0;
  while (end < Math.min(old.length, now.length) - start && old.at(-1 - end) === now.at(-1 - end)) end++;
  return {
    removed: old.slice(start, old.length - end),
    added: now.slice(start, now.length - end),
    at: start,
  };
}

/** A change as both forges show it: one hunk, without the two lines that name the file. */
export function diffOf(removed: readonly string[], added: readonly string[], at: number): string {
  const lines = [...removed.map(line => `-${line}`), ...added.map(line => `+${line}`)];
  const body = lines
    .map(line => (line.endsWith('\n') ? line : `${line}\n\\ No newline at end of file\n`))
    .join('');
  return `@@ -${at + 1},${removed.length} +${at + 1},${added.length} @@\n${body}`;
}

/** Merges as git does for one inserted line: it needs its neighbours side by side; null is a conflict. */
export function mergeText(base: string, theirs: string, ours: string): string | null {
  if (base === ours) return theirs;
  const { removed, added, at } = changedLines(base, theirs);
  if (removed.length > 0) return null;
  const lines = base.split(/(?<=\n)/);
  const [before, after] = [lines[at - 1], lines[at]];
  const target = ours.split(/(?<=\n)/);
  const isPlace = (line: string | undefined, index: number) => line === after && target[index - 1] === before;
  const place = [...target, undefined].findIndex(isPlace);
  return place < 0 ? null : target.toSpliced(place, 0, ...added).join('');
}
