// Builds dist/ from src/: a loader (dist/jcds.cjs), one small CommonJS file for the start-up path of `run`
// (dist/start.cjs; CommonJS loads some milliseconds sooner than an ES module on Node 20), and ES modules for
// everything that is imported only when it is needed (dist/later); and, in this checkout, what makes a start faster
// (dist/code, by dist/keep-code.cjs: npm makes it where it installs). The border is drawn by the source itself:
// whatever src/entry.ts reaches by a static import is in start.cjs; whatever is behind `import()` is outside it.
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { build } from 'esbuild';
import { bundleStart, common, source } from './bundle.mjs';

const outdir = resolve(process.argv[2] ?? resolve(source, '../dist'));

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
await bundleStart(outdir, { plugins: [lazyImports] });
await build({
  ...common,
  // In the order of their names: as they are met they would give the chunks other names each time.
  entryPoints: [...later].sort(),
  outdir: resolve(outdir, 'later'),
  outbase: source,
  outExtension: { '.js': '.mjs' },
  format: 'esm',
  splitting: true,
  banner: {
    js: "import{createRequire as jcdsCreateRequire}from'node:module';const require=jcdsCreateRequire(import.meta.url);",
  },
});
if (process.argv[2] === undefined)
  execFileSync(process.execPath, [resolve(outdir, 'keep-code.cjs')], { stdio: 'ignore' });
