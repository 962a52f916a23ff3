import { lstatSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { readPlace } from '../files/read.ts';
import { type Layer, layerOf } from './files.ts';
import { type Standing, standingOf, type TrustContext } from './trust-store.ts';
import { realPathOf } from './user-directory.ts';

const NAME = '.jcds.json';

/** A project file, and what it holds. */
export interface Project {
  /** Its path by the name of the working directory. */
  readonly file: string;
  /** The same free of links: by this it is trusted. */
  readonly key: string;
  readonly content: Buffer;
  readonly standing: Standing;
}

/** The project file that a directory belongs to, and how it stands; null: there is none. Throws RefusedFile, and what the system says. */
export function findProject(directory: string, context: TrustContext): Project | null {
  const file = projectFile(directory, context.uid);
  if (file === null) return null;
  const key = projectKey(dirname(file));
  const content = readPlace('project-settings', file).bytes;
  return { file, key, content, standing: standingOf(key, content, context) };
}

/** By what the project file in a directory is trusted: its path, free of links. */
export function projectKey(directory: string): string {
  return join(realPathOf(directory), NAME);
}

/** The nearest `.jcds.json` at or above a directory that belongs to the user (a stranger's is passed over). */
function projectFile(directory: string, uid: number): string | null {
  for (let at = directory; ; at = dirname(at)) {
    const file = join(at, NAME);
    const owner = ownerOf(file);
    if (owner !== null) return owner === uid ? file : null;
    if (at === dirname(at)) return null;
  }
}

/** null: no such file, or nobody can see one. */
function ownerOf(file: string): number | null {
  try {
    const status = lstatSync(file, { throwIfNoEntry: false });
    return status?.isFile() === true ? status.uid : null;
  } catch {
    return null;
  }
}

/** What a project file sets, and what it may not set, as notes. Throws ConfigurationError. */
export function projectLayer({ file, content }: Pick<Project, 'file' | 'content'>): Layer {
  const layer = layerOf(file, content.toString('utf8'), 'project');
  const notes = [...layer.notes];
  const binds = layer.values.binds?.flatMap(bind => {
    const read = projectBind(dirname(file), bind);
    if ('wrong' in read) notes.push(`${file}: the bind ${JSON.stringify(bind)} ${read.wrong}`);
    return 'wrong' in read ? [] : [read.bind];
  });
  return { ...layer, values: { ...layer.values, ...(binds === undefined ? {} : { binds }) }, notes };
}

/**
 * A project's bind, with its source taken from the project's directory. It must stay below it, also by links, and it is shown
 * at its own path: a clone must not put a program of its own in the place of the image's. A colon in the path of the clone
 * itself would do so, as whoever reads the bind takes what is behind it for the place.
 */
function projectBind(project: string, bind: string): { readonly bind: string } | { readonly wrong: string } {
  const [source = '', place = '', ...rest] = bind.split(':');
  const absolute = resolve(project, source);
  if (!isBelow(project, absolute) || !isBelow(realPathOf(project), realPathOf(absolute)))
    return { wrong: 'is not below the project' };
  if (absolute.includes(':'))
    return {
      wrong: `is not shown: ${JSON.stringify(absolute)} has a colon, which parts the words of a bind`,
    };
  if (place !== '' && place !== absolute)
    return { wrong: 'is not shown: what a project binds appears at its own path only' };
  return { bind: [absolute, ...(rest.length === 0 ? [] : ['', ...rest])].join(':') };
}

function isBelow(directory: string, path: string): boolean {
  return path === directory || path.startsWith(`${directory === sep ? '' : directory}${sep}`);
}
