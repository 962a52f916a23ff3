// `npm run prove -- NAME [--count N] [--seed S] […]`: proofs that are wanted in large numbers. Each is a row of PROOFS. The last
// two runs of each (commit, seed, count, minutes, what failed) are written to test/proofs.json, which notes and pages quote.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const root = resolve(import.meta.dirname, '..');
const record = join(root, 'test/proofs.json');

/** What can be proved: the module below test/ and its function, and how many where nothing is said. */
const PROOFS = {
  situations: { file: 'situations/prove.ts', function: 'proveSituations', count: 300 },
  planted: { file: 'situations/planted.ts', function: 'provePlanted', count: 300 },
  archives: { file: 'conversion/prove.ts', function: 'proveArchives', count: 100_000 },
  names: { file: 'names/prove.ts', function: 'proveNames', count: 3000 },
  pool: { file: 'pool/prove.ts', function: 'provePool', count: 200 },
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    count: { type: 'string' },
    seed: { type: 'string' },
    only: { type: 'string' },
    way: { type: 'string', multiple: true },
    shrink: { type: 'string', default: 'first' },
    without: { type: 'string', multiple: true, default: [] },
    'no-record': { type: 'boolean', default: false },
  },
});

/** Files of the tests look for others beside themselves; in the bundle they have the place that they had. */
const ownPlaces = {
  name: 'own-places',
  setup({ onLoad }) {
    onLoad({ filter: /\/test\/.*\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replaceAll('import.meta.dirname', JSON.stringify(dirname(path))),
      loader: 'ts',
    }));
  },
};

const [name] = positionals;
const proof = Object.hasOwn(PROOFS, name ?? '') ? PROOFS[name] : undefined;
if (proof === undefined) {
  console.error(
    `npm run prove -- NAME [--count N] [--seed S] [--only JSON] [--way LABEL]… [--shrink none|first|each] [--without FIELD]… [--no-record]\nNAME: ${Object.keys(PROOFS).join(', ')}`,
  );
  process.exitCode = 2;
} else await prove(name, proof);

async function prove(name, proof) {
  const count = Number(values.count ?? proof.count);
  const seed = Number(values.seed ?? Date.now() % 2 ** 31);
  const run = await loaded(proof);
  console.log(`${name}: ${values.only === undefined ? `${count} with seed ${seed}` : 'one'}`);
  const started = performance.now();
  const result = await run({
    project: root,
    count,
    seed,
    ...(values.only === undefined ? {} : { only: values.only }),
    ...(values.way === undefined ? {} : { ways: values.way }),
    shrink: values.shrink,
    without: values.without,
    say: line => console.log(line),
  });
  for (const line of result.lines) console.log(line);
  const minutes = Number(((performance.now() - started) / 60_000).toFixed(1));
  console.log(`${result.judged} judged, ${result.failed} failed, ${minutes} minutes, seed ${seed}`);
  console.log(JSON.stringify(result.facts, null, 1));
  if (values.only === undefined && !values['no-record'])
    keep(name, { count: result.judged, seed, minutes, failed: result.failed, ...result.facts });
  process.exitCode = result.failed === 0 ? 0 : 1;
}

async function loaded({ file, function: exported }) {
  // Inside the project, so that its packages are found.
  const folder = mkdtempSync(join(root, 'node_modules/.prove-'));
  try {
    const outfile = join(folder, 'proof.mjs');
    await build({
      entryPoints: [join(root, 'test', file)],
      bundle: true,
      platform: 'node',
      format: 'esm',
      packages: 'external',
      outfile,
      logLevel: 'warning',
      plugins: [ownPlaces],
    });
    return (await import(pathToFileURL(outfile).href))[exported];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function keep(name, run) {
  const git = (...words) => spawnSync('git', words, { cwd: root, encoding: 'utf8' }).stdout.trim();
  const known = existsSync(record) ? JSON.parse(readFileSync(record, 'utf8')) : {};
  const commit = `${git('rev-parse', '--short', 'HEAD')}${git('status', '--porcelain', '--', 'src', 'bin') === '' ? '' : ' and uncommitted changes'}`;
  const last = { commit, date: new Date().toISOString().slice(0, 10), ...run };
  // The last two: a claim about two seeds is two runs.
  const runs = [last, ...[known[name] ?? []].flat()].slice(0, 2);
  writeFileSync(record, `${JSON.stringify({ ...known, [name]: runs }, null, 2)}\n`);
}
