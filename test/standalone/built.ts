import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { buildStandalone } from '../../.ci/standalone.mjs';

/**
 * Imported before the tests of another file, makes them run against a standalone that is built for this file of tests
 * (about a second): install-program.ts takes it in place of dist/.
 */
const folder = mkdtempSync(join(tmpdir(), 'jcds-built-'));
// Ordinary users run it as well.
chmodSync(folder, 0o755);
export const standalone = join(folder, 'linux');
await buildStandalone(standalone);
process.env.JCDS_TEST_STANDALONE = standalone;
afterAll(() => rmSync(folder, { recursive: true, force: true }));
