import { closeSync, constants, lstatSync, openSync, readlinkSync, readSync } from 'node:fs';
import { isJcdsError } from '../errors.ts';
import { byteEntries } from '../files/byte-entries.ts';
import { followLink } from '../repositories/links.ts';
import { errnoOf, type Walked, walk } from '../rootfs/walk.ts';
import { candidatesOf, lowerCaseTwin } from './candidates.ts';
import type { ImageName, MetErrno, RepositoryRow, Survey } from './look-question.ts';
import { type MountPoint, mountPoints } from './mount-points.ts';
import { guarded, Obstructed, type OpenRepository, openRepository } from './open-repository.ts';
import type { BrokenEntry, LookedAt, Publication, Unreachable } from './publication.ts';
import { unreachableReason } from './unreachable.ts';

/**
 * The look that tells everything apart: published, missing or unreachable, by the system's own words. It may hang, so it
 * runs in a child only. "Missing" is ENOENT below a repository that was listed and is not empty; whatever else the
 * system says means that it could not be seen.
 */
export interface CarefulLook {
  find(image: ImageName): Publication;
  /** Reads every directory of names that begin with this; one below the root that cannot be read is told, and the rest goes on. */
  survey(row: RepositoryRow, beginning?: string): Survey | Unreachable;
}

/**
 * @param lookingAt is told before each look, so that a hang is known by its place
 * @param mounts what the kernel lists as mounted, asked only when a directory is empty or absent
 */
export function carefulLook(
  root: string,
  rows: readonly RepositoryRow[],
  lookingAt: (repository: string, path: string) => void,
  mounts: () => readonly MountPoint[] = mountPoints,
): CarefulLook {
  const opened = new Map<string, OpenRepository>();
  const open = (row: RepositoryRow): OpenRepository => {
    const known = opened.get(row.name);
    if (known) return known;
    lookingAt(row.name, `${root}/${row.name}`);
    const found = openRepository(root, row, mounts);
    opened.set(row.name, found);
    return found;
  };
  const openNamed = (name: string): OpenRepository =>
    open(rows.find(row => row.name === name) ?? { name, layout: 'detect', allowedLinkTargets: [] });
  const find = (image: ImageName): Publication => {
    const searched = image.kind === 'place' ? [openNamed(image.place.repository).row] : rows;
    const looked: LookedAt[] = [];
    for (const row of searched) {
      const repository = open(row);
      for (const entryPath of candidatesOf(image, repository.layout)) {
        const path = `${root}/${row.name}/${entryPath}`;
        lookingAt(row.name, path);
        const found = lookAt({ root, repository, entryPath, path, openNamed });
        if (found !== null) return found;
        looked.push({ repository: row.name, path });
      }
    }
    const twin = lowerCaseTwin(image);
    const isMeant = twin !== null && find(twin.image).state === 'published';
    return { state: 'missing', looked, ...(isMeant ? { meant: twin.name } : {}) };
  };
  const survey = (row: RepositoryRow, beginning: string): Survey => {
    const { layout } = open(row);
    const names: string[] = [];
    const unseen: MetErrno[] = [];
    // Names are bytes: one that is no UTF-8 would not be found again by its text.
    const visit = (below: Buffer, depth: number): void => {
      const directory = Buffer.concat([Buffer.from(`${root}/${row.name}`), below]);
      const shown = directory.toString();
      lookingAt(row.name, shown);
      for (const entry of depth === 0 ? list(directory) : listOrNote(directory, shown)) {
        const path = Buffer.concat([below, Buffer.from('/'), entry.name]);
        const [name, text] = [entry.name.toString(), path.toString().slice(1)];
        if (name.startsWith('.')) continue;
        if (layout.isImageName(name, depth)) names.push(text);
        else if (mayHold(`${text}/`, beginning) && guarded(row.name, shown, () => entry.isDirectory()))
          visit(path, depth + 1);
      }
    };
    const list = (directory: Buffer) => guarded(row.name, directory.toString(), () => byteEntries(directory));
    const listOrNote = (directory: Buffer, shown: string) => {
      try {
        return list(directory);
      } catch (thrown) {
        if (!(thrown instanceof Obstructed) || thrown.met.code !== 'ERRNO') throw thrown;
        if (GONE_MOUNT.has(thrown.met.errno)) throw thrown;
        unseen.push({ errno: thrown.met.errno, path: shown });
        return [];
      }
    };
    visit(Buffer.alloc(0), 0);
    return { layout: layout.name, names, unseen };
  };
  return {
    find: image => orUnreachable(() => find(image)),
    survey: (row, beginning = '') => orUnreachable(() => survey(row, beginning)),
  };
}

/** What says that nothing of the mount can be seen any more. */
const GONE_MOUNT: ReadonlySet<string> = new Set(['ENOTCONN', 'ECONNABORTED']);

/** Whether names with this beginning can stand in a directory. */
function mayHold(directory: string, beginning: string): boolean {
  return directory.startsWith(beginning) || beginning.startsWith(directory);
}

function orUnreachable<T>(look: () => T): T | Unreachable {
  try {
    return look();
  } catch (thrown) {
    if (!(thrown instanceof Obstructed)) throw thrown;
    const { repository, met } = thrown;
    return { state: 'unreachable', repository, reason: unreachableReason(met, repository) };
  }
}

interface Place {
  readonly root: string;
  readonly repository: OpenRepository;
  readonly entryPath: string;
  readonly path: string;
  openNamed(name: string): OpenRepository;
}

/** null: nothing there. */
function lookAt(place: Place): Publication | null {
  const { root, repository, entryPath, path, openNamed } = place;
  const { row } = repository;
  const broken = (why: BrokenEntry['why'], target: string): Publication => ({
    state: 'broken',
    repository: row.name,
    entry: { why, repository: row.name, entryPath, path, target },
  });
  const walked = walkTo(place);
  if ('escapes' in walked) return broken('escapes', walked.escapes);
  const { leadsTo } = walked;
  const [ended = row.name, ...rest] = walked.path;
  const endsIn = ended === row.name ? repository : openNamed(ended);
  const target = [endsIn.directory, ...rest].join('/');
  const readable = [root, ended, ...rest].join('/');
  if (walked.state === 'loop') return broken('loop', readable);
  if (walked.state === 'missing') return leadsTo === null ? null : broken('dangling', leadsTo);
  // Where a directory on the way may not be searched, this is what says so.
  const stat = guarded(ended, readable, () => lstatSync(target));
  if (!stat.isDirectory() && !(stat.isFile() && guarded(ended, readable, () => isImageFile(target))))
    return broken('no-image', readable);
  return {
    state: 'published',
    repository: row.name,
    layout: repository.layout.name,
    path,
    entryPath,
    target,
    targetPlace: { repository: ended, relativePath: rest.join('/') },
    kind: stat.isDirectory() ? 'directory' : 'file',
  };
}

/** SIF, or a bare squashfs; a SIF file may begin with a line that starts it. */
function isImageFile(path: string): boolean {
  const head = Buffer.alloc(64);
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    readSync(descriptor, head, 0, head.length, 0);
  } finally {
    closeSync(descriptor);
  }
  return head.toString('latin1', 32, 41) === 'SIF_MAGIC' || head.toString('latin1', 0, 4) === 'hsqs';
}

/** A walk, and where the last link on it leads; or the text of a link that leads out. */
type Followed = (Walked & { readonly leadsTo: string | null }) | { readonly escapes: string };

/** Follows links by the rule of the repositories. A repository is listed before anything in it is believed absent. */
function walkTo({ root, repository, entryPath, openNamed }: Place): Followed {
  const { row } = repository;
  let text = '';
  let leadsTo: string | null = null;
  const linkAt = (path: readonly string[]): string | null => {
    const [name = '', ...rest] = path;
    if (rest.length === 0) return null;
    const place = [root, ...path].join('/');
    return guarded(name, place, () => readLinkOrNull(place), ENDS_OF_A_WALK);
  };
  const follow = (path: readonly string[], target: string): readonly string[] => {
    const [name = '', ...rest] = path;
    text = target;
    const allowed =
      name === row.name ? row.allowedLinkTargets : [...openNamed(name).row.allowedLinkTargets, row.name];
    const place = followLink({ root, repository: name, linkRelativePath: rest.join('/'), target, allowed });
    if (place.repository !== row.name) openNamed(place.repository);
    leadsTo = `${root}/${place.repository}/${place.relativePath}`;
    return [place.repository, ...place.relativePath.split('/')];
  };
  try {
    const walked = walk({ linkAt, follow }, [row.name, ...entryPath.split('/')]);
    return { ...walked, leadsTo };
  } catch (thrown) {
    if (isJcdsError(thrown) && thrown.code === 'LINK_ESCAPES') return { escapes: text };
    throw thrown;
  }
}

/** What `walk` itself understands. */
const ENDS_OF_A_WALK: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'EACCES']);

function readLinkOrNull(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch (thrown) {
    if (errnoOf(thrown) === 'EINVAL') return null;
    throw thrown;
  }
}
