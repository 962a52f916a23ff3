// The compiler of the standalone, Bun, whose executable is also what the standalone runs on: one npm package of 50 MB
// for each architecture. It is no devDependency, so that `npm ci` stays light; it is fetched by npm when a standalone
// is built for the first time, in the version and with the hashes of compiler.json, and kept in node_modules/.cache.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const pinned = JSON.parse(readFileSync(join(import.meta.dirname, 'compiler.json'), 'utf8'));

export const compilerVersion = pinned.version;
export const ARCHITECTURES = ['linux-x64', 'linux-arm64'];

/** The architecture of this machine, in Node's words. */
export const hostArchitecture = `${process.platform}-${process.arch}`;

/** The compiler's executable for an architecture; fetched where it is not there. */
export function compiler(architecture) {
  if (!ARCHITECTURES.includes(architecture))
    throw new Error(`there is no standalone for ${architecture}: ${ARCHITECTURES.join(', ')}`);
  const cache = join(root, 'node_modules/.cache/jcds');
  const folder = join(cache, `bun-${pinned.version}-${architecture}`);
  const file = join(folder, 'package/bin/bun');
  if (!existsSync(file)) {
    mkdirSync(cache, { recursive: true });
    const aside = mkdtempSync(join(cache, 'fetch-'));
    try {
      execFileSync('tar', ['-xzf', fetchPackage(aside, pinned[architecture]), '-C', aside]);
      renameSync(aside, folder);
    } catch (failure) {
      // Somebody else may have put it there meanwhile.
      rmSync(aside, { recursive: true, force: true });
      if (!existsSync(file)) throw failure;
    }
  }
  return file;
}

function fetchPackage(folder, { package: name, integrity }) {
  const words = ['pack', '--silent', '--pack-destination', folder, `${name}@${pinned.version}`];
  const archive = join(folder, execFileSync('npm', words, { encoding: 'utf8' }).trim().split('\n').at(-1));
  const found = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
  if (found !== integrity) throw new Error(`${name}@${pinned.version}: ${found} is not ${integrity}`);
  return archive;
}
