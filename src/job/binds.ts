import { existsSync, statSync } from 'node:fs';
import { commandText } from '../command-text.ts';
import { JcdsError } from '../errors.ts';
import { errnoOf } from '../files/refused-file.ts';
import { toBytes } from '../launch/bytes.ts';
import type { Bind } from '../runtimes/shown.ts';
import { type BindSpec, parseBind, parseMount } from './bind-spec.ts';

/** A bind that the user typed and whose source is not there. */
export class BindSourceError extends JcdsError {
  constructor(source: string, reason: string) {
    const [first, ...others] = source.split(',');
    super({
      code: 'BIND_SOURCE',
      message: `the directory to bind, ${JSON.stringify(source)}, ${reason}`,
      hint:
        others.length === 0
          ? commandText('ls', '-ld', source)
          : `repeat -B, jcds splits nothing at commas: ${[first!, ...others].map(part => commandText('-B', part)).join(' ')}`,
    });
  }
}

/** What was asked for, by where it came from. */
export interface BindOptions {
  readonly cwd: string | null;
  readonly bind: readonly string[];
  readonly mount: readonly string[];
  readonly configured: readonly string[];
  /** What Apptainer's variables ask for, the strongest last. */
  readonly site: readonly BindSpec[];
  readonly defaults: readonly BindSpec[];
}

/** The binds that are made, and a note for each that was dropped because its source is missing. */
export interface Binds {
  readonly binds: readonly Bind[];
  readonly notes: readonly string[];
}

/**
 * Merges all binds, place by place: what is typed beats the configuration, which beats the site's variables and the defaults. A missing source
 * is an error when typed and a note otherwise. @throws InvalidBindError, BindSourceError
 */
export function gatherBinds(requested: BindOptions): Binds {
  const places = new Map<string, Bind>();
  const notes: string[] = [];
  const add = (spec: BindSpec, origin: Bind['origin']): void => {
    const found = kindOf(spec.source);
    if (typeof found !== 'string') places.set(spec.destination, { ...spec, origin, sourceKind: found.kind });
    else if (origin === 'user') throw new BindSourceError(spec.source, found);
    else notes.push(`${spec.source} ${found}: not shown in the container`);
  };
  for (const spec of requested.defaults) add(spec, 'default');
  for (const spec of requested.site) add(spec, 'configuration');
  for (const text of requested.configured) add(parseBind(text, '/'), 'configuration');
  for (const text of requested.bind) add(parseBind(text, requested.cwd), 'user');
  for (const text of requested.mount) add(parseMount(text, requested.cwd), 'user');
  return { binds: inOrder([...places.values()]), notes };
}

/** A bind below another must be made after it. */
export function inOrder(binds: readonly Bind[]): Bind[] {
  return [...binds].sort((a, b) =>
    a.destination < b.destination ? -1 : a.destination > b.destination ? 1 : 0,
  );
}

/** What a source is, or why it cannot be shown. */
export function kindOf(source: string): { kind: Bind['sourceKind'] } | string {
  try {
    return { kind: statSync(toBytes(source)).isDirectory() ? 'directory' : 'file' };
  } catch (thrown) {
    const code = errnoOf(thrown) ?? 'unknown error';
    return code === 'ENOENT' || code === 'ENOTDIR' ? 'does not exist' : `cannot be seen (${code})`;
  }
}

/**
 * Directories that are the image's: a caller who stands in the host's does not mean to cover them (bare Apptainer
 * leaves them alone too; tried with 1.4.5 for /etc, /usr, /var, /opt, /bin and /mnt).
 */
export const OF_THE_IMAGE: ReadonlySet<string> = new Set(
  [
    '',
    'bin',
    'boot',
    'dev',
    'etc',
    'lib',
    'lib64',
    'mnt',
    'opt',
    'proc',
    'run',
    'sbin',
    'sys',
    'usr',
    'var',
  ].map(name => `/${name}`),
);

/** CVMFS at /cvmfs and at its own path: what every container gets besides the places of jcds itself. */
export function cvmfsBinds(root: string): BindSpec[] {
  if (!existsSync(root)) return [];
  const at = (destination: string): BindSpec => ({ source: root, destination, mode: 'rw' });
  return root === '/cvmfs' ? [at(root)] : [at('/cvmfs'), at(root)];
}
