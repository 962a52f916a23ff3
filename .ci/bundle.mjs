import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
export const source = resolve(root, 'src');
export const { version } = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8'));

/** What every bundle of jcds has in common. */
export const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20.18',
  minifySyntax: true,
  minifyWhitespace: true,
  logLevel: 'warning',
  legalComments: 'none',
  loader: { '.sh': 'text' },
  define: { JCDS_VERSION: JSON.stringify(version) },
};

/**
 * Builds the start-up path: start.cjs from src/entry.ts, the loader that starts it as jcds.cjs, and keep-code.cjs.
 * @param plugins for start.cjs
 * @param define for the other two
 */
export async function bundleStart(outdir, { plugins = [], define = {} } = {}) {
  const start = resolve(outdir, 'start.cjs');
  await build({
    ...common,
    entryPoints: [resolve(source, 'entry.ts')],
    outfile: start,
    format: 'cjs',
    minify: true,
    sourcemap: 'external',
    plugins,
  });
  // A script with cached code has no import() of its own: the loader hands it one.
  writeFileSync(start, readFileSync(start, 'utf8').replaceAll(/\bimport\(/g, 'jcdsImport('));
  const hash = createHash('sha256').update(readFileSync(start)).digest('hex');
  for (const [entry, name] of [
    ['loader.ts', 'jcds.cjs'],
    ['keep-code.ts', 'keep-code.cjs'],
  ])
    await build({
      ...common,
      entryPoints: [resolve(source, entry)],
      outfile: resolve(outdir, name),
      format: 'cjs',
      // So that an old Node.js (RHEL 8 has 10) can read the file as far as src/check-node.ts, which tells it so.
      target: 'node10',
      supported: { 'dynamic-import': true },
      define: { JCDS_BUILD: JSON.stringify(hash.slice(0, 16)), ...define },
    });
}
