import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');

/**
 * Puts jcds as it is installed into a folder: bin/jcds and a freshly built dist/ for Node.js, or, in the tests that name a built one in
 * JCDS_TEST_STANDALONE (built.ts), the standalone behind links.
 */
export function installProgram(folder: string): void {
  const standalone = process.env.JCDS_TEST_STANDALONE;
  mkdirSync(join(folder, 'bin'), { recursive: true });
  copyFileSync(join(ROOT, 'bin/jcds'), join(folder, 'bin/jcds'));
  if (standalone !== undefined) {
    for (const name of ['libexec', 'completions']) symlinkSync(join(standalone, name), join(folder, name));
    return;
  }
  const words = [join(ROOT, '.ci/build.mjs'), join(folder, 'dist')];
  const built = spawnSync(process.execPath, words, { encoding: 'utf8' });
  if (built.status !== 0) throw new Error(built.stderr);
}

/** The variable by which bin/jcds finds Node.js; a standalone must never look for one. */
export function nodeVariable(): { readonly JCDS_NODE: string } {
  return { JCDS_NODE: process.env.JCDS_TEST_STANDALONE === undefined ? process.execPath : '/no/node' };
}
