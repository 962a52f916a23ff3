// Builds what the benches of starts compare: a standalone, and an empty program made in the same way. Prints their directory;
// without the compiler (no npm registry) it says so and fails, and the benches go without these rows.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { buildStandalone, compile } from '../../.ci/standalone.mjs';

const folder = resolve(process.argv[2]);
mkdirSync(folder, { recursive: true });
// The benches run as an ordinary user.
chmodSync(folder, 0o755);
await buildStandalone(join(folder, 'jcds'));
const source = join(folder, 'empty.ts');
writeFileSync(source, 'export {};\n');
await compile(source, join(folder, 'empty'));
