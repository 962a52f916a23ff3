import { existsSync, statSync } from 'node:fs';
import { EXIT, JcdsError } from '../errors.ts';
import { errnoOf } from '../files/refused-file.ts';
import { toBytes } from '../launch/bytes.ts';
import { printableWord } from '../launch/printable-word.ts';
import type { Bind } from '../runtimes/shown.ts';
import { type BindSpec, parseBind, parseMount } from './bind-spec.ts';

/** A bind that the user typed and whose source is not there. */
export class BindSourceError extends JcdsError {
  constructor(source: string, reason: string) {
    super({
      code: 'BIND_SOURCE',
      message: `the directory to bind, ${JSON.stringify(source)}, ${reason}`,
      hint: `ls -ld ${printableWord(source)}`,
      exitCode: EXIT.failed,
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
  // A bind below another must be made after it.
  return { binds: [...places.values()].sort((a, b) => compareBytes(a.destination, b.destination)), notes };
}

function compareBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function kindOf(source: string): { kind: Bind['sourceKind'] } | string {
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

/**
 * What every container gets: the working directory, CVMFS at /cvmfs and at its own path, and the files that
 * credentials and the display are found by, where they are not shown anyway.
 */
export function defaultBinds(host: {
  readonly cwd: string | null;
  readonly home: string | null;
  readonly contain: boolean;
  readonly cvmfsRoot: string;
  readonly gpu: 'nvidia' | 'rocm' | null;
  readonly environment: Readonly<Record<string, string | undefined>>;
}): BindSpec[] {
  const shown = host.contain
    ? []
    : [
        '/tmp',
        '/var/tmp',
        ...(host.home === null ? [] : [host.home]),
        ...(host.cwd === null ? [] : [host.cwd]),
      ];
  const isShown = (path: string) => shown.some(root => path === root || path.startsWith(`${root}/`));
  const specs: BindSpec[] = [];
  const same = (path: string, mode: 'ro' | 'rw') => specs.push({ source: path, destination: path, mode });
  if (host.cwd !== null && !host.contain && !OF_THE_IMAGE.has(host.cwd)) same(host.cwd, 'rw');
  if (existsSync(host.cvmfsRoot)) {
    specs.push({ source: host.cvmfsRoot, destination: '/cvmfs', mode: 'rw' });
    if (host.cvmfsRoot !== '/cvmfs') same(host.cvmfsRoot, 'rw');
  }
  for (const file of credentialFiles(host.environment))
    if (existsSync(file) && !isShown(file)) same(file, 'ro');
  if (host.contain && host.environment.DISPLAY !== undefined && existsSync('/tmp/.X11-unix'))
    same('/tmp/.X11-unix', 'ro');
  if (host.gpu !== null && existsSync('/etc/OpenCL/vendors')) same('/etc/OpenCL/vendors', 'ro');
  return specs;
}

/** Files named by the variables that Kerberos, grid certificates, tokens and X11 are found by. */
function credentialFiles(environment: Readonly<Record<string, string | undefined>>): string[] {
  const named = [
    environment.KRB5CCNAME?.replace(/^(FILE|DIR):/, ''),
    environment.X509_USER_PROXY,
    environment.BEARER_TOKEN_FILE,
    environment.XAUTHORITY,
  ];
  return named.filter((file): file is string => file?.startsWith('/') === true);
}
