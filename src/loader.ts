import './check-node.ts';
import {
  chmodSync,
  closeSync,
  fstatSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { Script } from 'node:vm';
import { makeDirectories } from './make-directories.ts';

declare const JCDS_BUILD: string;

/**
 * Starts the program (dist/start.cjs), for jobs and scripts with the machine code that V8 made of it at an earlier run: that
 * is a quarter of the program's share of a start. The code is kept in the user's cache directory under the hash of
 * the program and Node's version; V8 itself refuses code of another version or other flags.
 */
/** First words for which a start is worth remembering: each uses other functions. */
const CACHED: ReadonlySet<string | undefined> = new Set([
  '--jcds-plan',
  '--jcds-look',
  'resolve',
  'list',
  'status',
]);

const file = `${__dirname}/start.cjs`;
const cache = CACHED.has(process.argv[2]) ? cacheFile(process.argv[2]!) : null;
const cachedData = cache === null ? undefined : readOwn(cache.file);
const script = new Script(
  `(function (exports, require, module, __filename, __dirname, jcdsImport) {${readFileSync(file, 'latin1')}\n})`,
  {
    filename: file,
    ...(cachedData === undefined ? {} : { cachedData }),
  },
);
// Made when the run is over, so that it holds the functions that were used.
if (cache !== null && (cachedData === undefined || script.cachedDataRejected === true))
  process.on('exit', () => keep(cache, script.createCachedData()));
// A script has no import() of its own without a warning: the build writes jcdsImport for it.
script.runInThisContext()(exports, require, module, file, __dirname, (later: string) => import(later));

interface CacheFile {
  readonly directory: string;
  readonly file: string;
}

function cacheFile(word: string): CacheFile | null {
  const { XDG_CACHE_HOME: base, HOME: home } = process.env;
  const root =
    base?.startsWith('/') === true ? base : home?.startsWith('/') === true ? `${home}/.cache` : null;
  if (root === null) return null;
  const directory = `${root}/jcds/code`;
  return {
    directory,
    file: `${directory}/${JCDS_BUILD}-${process.version}-${process.arch}${word.replace(/^-*/, '-')}`,
  };
}

/** Code that somebody else could have written is not run. */
function readOwn(name: string): Buffer | undefined {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(name, 'r');
    const { uid, mode, size } = fstatSync(descriptor);
    if (uid !== process.getuid?.() || (mode & 0o022) !== 0 || size > 1 << 23) return undefined;
    const bytes = Buffer.allocUnsafeSlow(size);
    return readSync(descriptor, bytes, 0, size, 0) === size ? bytes : undefined;
  } catch {
    return undefined;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** Written aside and renamed; without a place to keep it nothing is kept. */
function keep({ directory, file: name }: CacheFile, code: Buffer): void {
  const aside = `${name}.${process.pid}`;
  try {
    makeDirectories(directory, 3);
    chmodSync(directory, 0o700);
    writeFileSync(aside, code, { mode: 0o600, flag: 'wx' });
    renameSync(aside, name);
  } catch {
    try {
      unlinkSync(aside);
    } catch {
      // It was never made.
    }
  }
}
