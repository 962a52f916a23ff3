/** Bytes as text, one character a byte (latin1), so that a situation is plain JSON. */
export type Bytes = string;

/** `-B SOURCE[:PLACE[:MODE]]` */
export interface SituationBind {
  readonly source: string;
  readonly place?: string;
  readonly mode?: 'ro' | 'rw';
}

/** One situation in which somebody types a command: all that is different from an ordinary one. Plain data. */
export interface Situation {
  readonly image: string;
  readonly layout: 'osg' | 'cern';
  /** $HOME. null: not set. */
  readonly home: string | null;
  /** What /etc/passwd says: the same directory as $HOME, an ordinary one, or nothing at all of this user. */
  readonly account: 'same' | 'ordinary' | 'none';
  /** Where the caller is: a path as typed, or one that is gone, or closed to everybody. */
  readonly cwd: string;
  /** The host's own zone. */
  readonly zone: 'Etc/UTC' | 'Asia/Tokyo';
  readonly environment: readonly (readonly [name: string, value: Bytes])[];
  readonly binds: readonly SituationBind[];
  readonly contain: boolean;
  readonly noHome: boolean;
  /** --home */
  readonly homeOption: string | null;
  /** --workdir */
  readonly workdir: string | null;
  /** --env */
  readonly set: readonly (readonly [name: string, value: string])[];
  readonly policy: 'keep' | 'clean' | 'hep';
  readonly gpu: 'default' | 'nvidia' | 'none';
  readonly writableTmpfs: boolean;
  /** What the probe ends with. */
  readonly exit: number;
}

/** The directory that is made, entered and removed. */
export const DELETED = '/tmp/deleted';
/** The directory that is entered and then closed, to its owner too. */
export const CLOSED = '/tmp/closed';

/** An ordinary situation: somebody at home runs something. */
export const ORDINARY: Situation = {
  image: 'debian',
  layout: 'osg',
  home: '/home/me',
  account: 'same',
  cwd: '/home/me',
  zone: 'Etc/UTC',
  environment: [],
  binds: [],
  contain: false,
  noHome: false,
  homeOption: null,
  workdir: null,
  set: [],
  policy: 'keep',
  gpu: 'default',
  writableTmpfs: false,
  exit: 0,
};

/** What is not ordinary in it: what is printed, and typed after `--only`. */
export function remarkable(situation: Situation): Partial<Situation> {
  return Object.fromEntries(
    Object.entries(situation).filter(
      ([key, value]) => JSON.stringify(value) !== JSON.stringify(ORDINARY[key as keyof Situation]),
    ),
  );
}

/** Whether the caller's directory is one that others can enter by its name. */
export function isLasting(cwd: string): boolean {
  return cwd !== DELETED && cwd !== CLOSED;
}

/** Places of the stage that are links on the host, or reached by one: to where they really are. */
const LINKS: readonly (readonly [from: string, to: string])[] = [
  ['/home/me/work', '/lustre/me'],
  ['/home/me/below', '/lustre/far/below'],
  ['/home/me/proxy-link', '/lustre/me/proxy'],
  ['/home/link', '/home/me'],
  ['/data/link', '/data/a'],
];

/** Where a path of the stage really is (stage.sh makes these links and no others). */
export function realPath(path: string): string {
  const link = LINKS.find(([from]) => path === from || path.startsWith(`${from}/`));
  if (link === undefined) return path === '/' ? path : path.replace(/\/+$/, '');
  return realPath(`${link[1]}${path.slice(link[0].length)}`);
}

/** The directory of the account, which is what Apptainer takes for home. null: no account. */
export function accountHome({ account, home }: Situation): string | null {
  if (account === 'none') return null;
  return account === 'ordinary' || home === null ? '/home/me' : home;
}

/** A bind as it is typed after -B, for both. */
export function bindText({ source, place, mode }: Situation['binds'][number]): string {
  return [
    source,
    ...(place === undefined && mode === undefined ? [] : [place ?? source]),
    ...(mode === undefined ? [] : [mode]),
  ].join(':');
}
