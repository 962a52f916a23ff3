import { defineConfig } from 'vitest/config';

export default defineConfig({
  define: { JCDS_VERSION: JSON.stringify('0.0.0-test') },
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    // test/all.mjs looks at the end for secrets in what was printed.
    setupFiles: process.env.JCDS_TEST_PRINTED === undefined ? [] : ['test/printed.ts'],
    testTimeout: 30_000,
    hookTimeout: 120_000,
  },
});
