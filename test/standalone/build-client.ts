import { resolve } from 'node:path';
import { build } from 'esbuild';
import { compile } from '../../.ci/standalone.mjs';

/** Makes one program of a TypeScript file, beside it; answers the words that start it. As install-program.ts does it for jcds. */
export async function buildClient(file: string): Promise<readonly string[]> {
  const made = file.replace(/\.ts$/, '');
  if (process.env.JCDS_TEST_STANDALONE !== undefined) {
    await compile(file, made);
    return [made];
  }
  const root = resolve(import.meta.dirname, '../..');
  await build({
    entryPoints: [file],
    outfile: `${made}.cjs`,
    bundle: true,
    loader: { '.sh': 'text' },
    platform: 'node',
    absWorkingDir: root,
    nodePaths: [resolve(root, 'node_modules')],
    logLevel: 'error',
  });
  return [process.execPath, `${made}.cjs`];
}
