// Makes what is released: an archive of the standalone for each architecture, the npm package, install.sh and their
// checksums. The same source gives the same bytes: SOURCE_DATE_EPOCH (else 1980) is the time of every file in the archives.
// `npm run release [-- DIRECTORY]`.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ARCHITECTURES } from './compiler.mjs';
import { buildStandalone } from './standalone.mjs';

const root = resolve(import.meta.dirname, '..');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const YEAR_1980 = '315532800';

/** Writes jcds-VERSION-ARCHITECTURE.tar.gz and answers its name. */
export async function makeArchive(directory, architecture) {
  const name = `jcds-${version}-${architecture}`;
  const work = mkdtempSync(join(tmpdir(), 'jcds-release-'));
  try {
    await buildStandalone(join(work, name), architecture);
    copyFileSync(join(import.meta.dirname, 'install.sh'), join(work, name, 'install.sh'));
    chmodSync(join(work, name, 'install.sh'), 0o755);
    const tar = `${name}.tar`;
    const settled = [
      '--sort=name',
      `--mtime=@${process.env.SOURCE_DATE_EPOCH ?? YEAR_1980}`,
      '--format=ustar',
    ];
    const everyone = ['--owner=0', '--group=0', '--numeric-owner', '--mode=u=rwX,go=rX'];
    execFileSync('tar', ['-C', work, ...settled, ...everyone, '-cf', join(work, tar), name]);
    execFileSync('gzip', ['-n', '-6', join(work, tar)]);
    copyFileSync(join(work, `${tar}.gz`), join(directory, `${tar}.gz`));
    return `${tar}.gz`;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Writes the npm package of dist/ as it is, and answers its name. */
export function makePackage(directory) {
  const words = ['pack', '--silent', '--ignore-scripts', '--pack-destination', directory];
  return execFileSync('npm', words, { cwd: root, encoding: 'utf8' }).trim().split('\n').at(-1);
}

/** Writes SHA256SUMS of these files, as sha256sum does. */
export function writeChecksums(directory, names) {
  const lines = [...names].sort().map(name => {
    const hash = createHash('sha256').update(readFileSync(join(directory, name)));
    return `${hash.digest('hex')}  ${name}\n`;
  });
  writeFileSync(join(directory, 'SHA256SUMS'), lines.join(''));
}

if (process.argv[1] === import.meta.filename) {
  const directory = resolve(process.argv[2] ?? join(root, 'release'));
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  execFileSync(process.execPath, [join(import.meta.dirname, 'build.mjs')]);
  const names = ['install.sh', makePackage(directory)];
  copyFileSync(join(import.meta.dirname, 'install.sh'), join(directory, 'install.sh'));
  for (const architecture of ARCHITECTURES) names.push(await makeArchive(directory, architecture));
  writeChecksums(directory, names);
  for (const name of [...names, 'SHA256SUMS']) console.log(join(directory, name));
}
