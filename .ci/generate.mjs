// Writes the files that are made from the source: pages of docs/, the man page and completions/. `--check`
// compares instead and ends with 1 where a file is stale (the tests do that).
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = resolve(import.meta.dirname, '..');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const work = mkdtempSync(join(tmpdir(), 'jcds-generate-'));
try {
  const outfile = join(work, 'generated.mjs');
  await build({
    absWorkingDir: root,
    // The page about runtimes is made of what the contract tests.
    stdin: {
      contents: "export * from './src/generate/files.ts'; export * from './test/contract/page.ts';",
      resolveDir: root,
    },
    bundle: true,
    platform: 'node',
    format: 'esm',
    loader: { '.sh': 'text' },
    outfile,
    define: { JCDS_VERSION: JSON.stringify(version) },
    banner: {
      js: "import{createRequire as jcdsCreateRequire}from'node:module';const require=jcdsCreateRequire(import.meta.url);",
    },
    logLevel: 'warning',
  });
  const { generatedFiles, runtimesPage } = await import(pathToFileURL(outfile).href);
  const check = process.argv.includes('--check');
  let stale = 0;
  for (const [name, text] of Object.entries({ ...(await generatedFiles(root)), ...runtimesPage() })) {
    const file = join(root, name);
    if (existsSync(file) && readFileSync(file, 'utf8') === text) continue;
    stale += 1;
    console.log(`${check ? 'stale' : 'wrote'}: ${name}`);
    if (check) continue;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  process.exitCode = check && stale > 0 ? 1 : 0;
} finally {
  rmSync(work, { recursive: true, force: true });
}
