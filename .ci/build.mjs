// Builds dist/ from src/: one small CommonJS file for the start-up path of `run` (CommonJS loads some
// milliseconds sooner than an ES module on Node 20), and an ES module for everything that is imported only
// when it is needed. The border is drawn by the source itself: whatever src/entry.ts reaches by a static
// import is in dist/jcds.cjs; whatever is behind `import()` is outside it.
import { readFileSync, rmSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const source = resolve(root, 'src');
const outdir = process.argv[2] ? resolve(process.argv[2]) : resolve(root, 'dist');
const { version } = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8'));

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20.18',
  minifySyntax: true,
  minifyWhitespace: true,
  logLevel: 'warning',
  legalComments: 'none',
  define: { JCDS_VERSION: JSON.stringify(version) },
};

/** The files behind `import()`, as the first build meets them: the entry points of the second. */
const later = new Set();
const lazyImports = {
  name: 'lazy-imports',
  setup(pluginBuild) {
    pluginBuild.onResolve({ filter: /^\.\.?\// }, args => {
      if (args.kind !== 'dynamic-import') return undefined;
      const file = resolve(args.resolveDir, args.path);
      later.add(file);
      return { path: `./later/${relative(source, file).replace(/\.ts$/, '.mjs')}`, external: true };
    });
  },
};

rmSync(outdir, { recursive: true, force: true });
await build({
  ...common,
  entryPoints: [resolve(source, 'entry.ts')],
  outfile: resolve(outdir, 'jcds.cjs'),
  format: 'cjs',
  // So that an old Node.js (RHEL 8 has 10) can read the file as far as src/check-node.ts, which tells it so.
  target: 'node10',
  supported: { 'dynamic-import': true },
  plugins: [lazyImports],
});
if (later.size > 0)
  await build({
    ...common,
    entryPoints: [...later],
    outdir: resolve(outdir, 'later'),
    outbase: source,
    outExtension: { '.js': '.mjs' },
    format: 'esm',
    splitting: true,
    banner: {
      js: "import{createRequire as jcdsCreateRequire}from'node:module';const require=jcdsCreateRequire(import.meta.url);",
    },
  });
