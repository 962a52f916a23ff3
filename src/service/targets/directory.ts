import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  renameSync,
  symlinkSync,
  unlinkSync,
} from 'node:fs';
import { posix } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { cleaningUp } from '../../files/clean-up.ts';
import { holdNamedOwn, letGo, withShownPath } from '../../files/held-directory.ts';
import { lockFile } from '../../files/lock.ts';
import { removeTree } from '../../files/own-tree.ts';
import { readTextIfThere } from '../../files/read.ts';
import { errnoOf, fileTrouble } from '../../files/refused-file.ts';
import { replace } from '../../files/replace.ts';
import { SyncRunningError, TargetUnusableError } from '../errors.ts';
import type { PublishedLayout } from '../layout.ts';
import { type Contents, RECORDS } from '../records.ts';
import type { LinkChange, LinkFailure, OpenTarget, Target } from './target.ts';

/** What a service keeps for itself, beside the images. */
const OWN = '.jcds';
const TMP = `${OWN}/tmp`;
/** Milliseconds between two tries to get the lock. */
const TRY_AGAIN = 500;
/** Directories in directories: names of images have fewer parts. */
const DEEPEST = 130;

/**
 * A repository that is a directory of this user's, for a web server, rsync or `--cvmfs-root`. It is held open, so that nobody who may rename it leads the work elsewhere.
 * @param place absolute
 */
export function directoryTarget(place: string, layout: PublishedLayout, uid: number): Target {
  const shown = `directory:${place}`;
  return {
    shown,
    async look() {
      if (lstatSync(place, { throwIfNoEntry: false }) === undefined) return NOTHING;
      return usable(shown, place, async () => {
        checkIsRepository(shown, place);
        return contentsOf(place, uid);
      });
    },
    alone: (patience, use) =>
      usable(shown, place, async () => {
        if (lstatSync(place, { throwIfNoEntry: false }) === undefined) makeDirectory(place);
        const { path, ...held } = holdNamedOwn(place, uid);
        try {
          checkIsRepository(shown, path);
          makeDirectory(`${path}/${OWN}`);
          const release = await locked(shown, `${path}/${OWN}/lock`, patience);
          try {
            removeTree(`${path}/${TMP}`);
            mkdirSync(`${path}/${TMP}`, { mode: 0o700 });
            return await use(openAt(path, layout, uid));
          } finally {
            release();
          }
        } finally {
          letGo({ path, ...held });
        }
      }),
  };
}

const NOTHING: Contents = {
  ...{ links: new Map(), others: new Set(), directories: new Set(), records: new Map() },
};

/** What the system, or jcds' own rules for files, refuse becomes TargetUnusableError. */
async function usable<T>(shown: string, place: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (thrown) {
    const reason = fileTrouble(thrown);
    if (reason === null) throw thrown;
    const { path = place } = withShownPath(thrown) as { path?: string };
    throw new TargetUnusableError(shown, path === place ? reason : `${path}: ${reason}`, path);
  }
}

/** A directory that holds other things, such as a home, is named by mistake. */
function checkIsRepository(shown: string, path: string): void {
  const names = readdirSync(path);
  if (names.length > 0 && !names.includes(OWN) && !names.includes('.images'))
    throw new TargetUnusableError(
      shown,
      'it is not empty, and holds no images',
      shown.replace(/^[^:]*:/, ''),
    );
}

async function locked(shown: string, file: string, patience: number): Promise<() => void> {
  for (let waited = 0; ; waited += TRY_AGAIN) {
    const locking = lockFile(file);
    if (locking.state === 'locked') return locking.release;
    if (locking.state === 'no-program')
      throw new TargetUnusableError(shown, 'the program flock (util-linux) is not on this host');
    if (waited >= patience) throw new SyncRunningError(shown, locking.owner);
    await pause(TRY_AGAIN);
  }
}

function contentsOf(root: string, uid: number): Contents {
  const links = new Map<string, string>();
  const others = new Set<string>();
  const walk = (below: string, depth: number): void => {
    for (const entry of readdirSync(`${root}/${below}`, { withFileTypes: true })) {
      if (below === '' && entry.name.startsWith('.')) continue;
      const path = `${below}${entry.name}`;
      if (entry.isSymbolicLink()) links.set(path, readlinkSync(`${root}/${path}`));
      else if (entry.isDirectory() && !entry.name.includes(':') && depth < DEEPEST)
        walk(`${path}/`, depth + 1);
      else others.add(path);
    }
  };
  walk('', 0);
  const records = Object.values(RECORDS).flatMap(file => {
    const text = readTextIfThere('service-record', `${root}/${file}`, uid);
    return text === null ? [] : [[file, text] as const];
  });
  return { links, others, directories: new Set(imagesIn(root)), records: new Map(records) };
}

function imagesIn(root: string): string[] {
  return directoriesIn(`${root}/.images`)
    .filter(two => /^(?:sha256:)?[0-9a-f]{2}$/.test(two))
    .flatMap(two => directoriesIn(`${root}/.images/${two}`).map(rest => ({ two, rest })))
    .filter(({ rest }) => /^[0-9a-f]{62}$/.test(rest))
    .map(({ two, rest }) => `.images/${two}/${rest}`);
}

/** None where there is no such directory. */
function directoriesIn(path: string): string[] {
  if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  return readdirSync(path, { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(({ name }) => name);
}

/** @param root the directory as it is held */
function openAt(root: string, layout: PublishedLayout, uid: number): OpenTarget {
  const aside = () => `${root}/${TMP}/${randomBytes(8).toString('hex')}`;
  const isImage = (directory: string) =>
    lstatSync(`${root}/${directory}`, { throwIfNoEntry: false })?.isDirectory() === true;
  return {
    look: async () => contentsOf(root, uid),
    async inWorkplace(make) {
      const workplace = aside();
      mkdirSync(workplace, { mode: 0o700 });
      return cleaningUp(
        () => removeTree(workplace),
        () => make(workplace),
      );
    },
    hasImage: async directory => isImage(directory),
    async addImage(directory, rootfs) {
      if (isImage(directory)) return;
      makeParents(root, directory);
      renameSync(rootfs, `${root}/${directory}`);
    },
    async changeLinks(changes) {
      return changes.flatMap(change => {
        const text = changeLink(root, change, layout, aside);
        return text === null ? [] : [{ path: change.path, text } satisfies LinkFailure];
      });
    },
    async removeImages(directories) {
      for (const directory of directories) {
        const removed = aside();
        renameSync(`${root}/${directory}`, removed);
        removeTree(removed);
      }
    },
    async writeRecords(records) {
      for (const [file, text] of records) replace(`${root}/${file}`, text, { mode: 0o644, isExact: true });
    },
  };
}

/** Answers why it could not be done. Made aside, and renamed over what was there. */
function changeLink(
  root: string,
  { path, directory }: LinkChange,
  layout: PublishedLayout,
  aside: () => string,
): string | null {
  try {
    const there = lstatSync(`${root}/${path}`, { throwIfNoEntry: false });
    if (there !== undefined && !there.isSymbolicLink())
      return 'something that is no link stands in its place';
    if (directory === null) {
      if (there !== undefined) unlinkSync(`${root}/${path}`);
      return null;
    }
    makeParents(root, path);
    const link = aside();
    symlinkSync(layout.linkText(path, directory), link);
    renameSync(link, `${root}/${path}`);
    return null;
  } catch (thrown) {
    const reason = fileTrouble(thrown);
    if (reason === null) throw thrown;
    return `its link could not be changed: ${reason}`;
  }
}

/** The directories above a path, none of which may be a link. */
function makeParents(root: string, path: string): void {
  const parts = posix.dirname(path).split('/');
  for (const at of parts.keys()) makeDirectory(`${root}/${parts.slice(0, at + 1).join('/')}`);
}

/** With its mode whatever the umask is. */
function makeDirectory(path: string): void {
  try {
    mkdirSync(path, { mode: 0o755 });
    chmodSync(path, 0o755);
  } catch (thrown) {
    if (errnoOf(thrown) !== 'EEXIST') throw thrown;
    if (!lstatSync(path).isDirectory()) throw Object.assign(thrown as Error, { code: 'ENOTDIR' });
  }
}
