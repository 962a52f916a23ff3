import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

/** Shell text of src/ as the builds take it: `loader` in .ci/bundle.mjs. */
const shellFiles = {
  name: 'shell-files',
  transform: (code: string, file: string) =>
    file.endsWith('.sh') ? `export default ${JSON.stringify(code)}` : undefined,
};

export default defineConfig({
  plugins: [shellFiles],
  define: { JCDS_VERSION: JSON.stringify('0.0.0-test') },
  test: {
    root: resolve(import.meta.dirname, '..'),
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    // test/all.mjs looks at the end for secrets in what was printed.
    setupFiles: process.env.JCDS_TEST_PRINTED === undefined ? [] : ['test/printed.ts'],
    testTimeout: 30_000,
    hookTimeout: 120_000,
  },
});
