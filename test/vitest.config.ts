import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Shell text of src/ as the builds take it: `loader` in .ci/bundle.mjs. */
const shellFiles = {
  name: 'shell-files',
  transform: (code: string, file: string) =>
    file.endsWith('.sh') ? `export default ${JSON.stringify(code)}` : undefined,
};

/** Files that take minutes begin first: at the end one of them would run alone, while the other cores wait. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification) => LONG.some(name => moduleId.endsWith(name));
    return [...sorted.filter(isLong), ...sorted.filter(file => !isLong(file))];
  }
}

const LONG = [
  'situations/random.host.test.ts',
  'security/own-directories.host.test.ts',
  'security/image-links.host.test.ts',
  'job/site-variables.host.test.ts',
  'conversion/fuzz.host.test.ts',
  'job/shown.host.test.ts',
];

export default defineConfig({
  plugins: [shellFiles],
  define: { JCDS_VERSION: JSON.stringify('0.0.0-test') },
  test: {
    root: resolve(import.meta.dirname, '..'),
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    sequence: { sequencer: LongestFirst },
    // test/all.mjs looks at the end for secrets in what was printed.
    setupFiles: process.env.JCDS_TEST_PRINTED === undefined ? [] : ['test/printed.ts'],
    testTimeout: 30_000,
    hookTimeout: 120_000,
  },
});
