// What the signed repository over HTTP costs: requests, bytes, wall time and peak memory, each in a process of its own,
// against a server on loopback that waits 20 ms before every answer. The reader alone first, then the real command of a
// built tree (`npm run build`).  Usage: node test/bench/cvmfs-http.mjs [runs]
import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';

const LATENCY = 20;
const RUNS = Number(process.argv[2] ?? 7);
const BOUNDS = { list: { milliseconds: 1500, peak: 150 } };
const run = promisify(execFile);
const program = resolve(import.meta.dirname, '../../bin/jcds');
const room = mkdtempSync(join(tmpdir(), 'jcds-bench-'));

/** Bundles as .ci/build.mjs does, so that what is measured is what is shipped. */
async function bundle(entry) {
  const outfile = join(room, `${entry}.mjs`);
  const banner = { js: "import{createRequire as r}from'node:module';const require=r(import.meta.url);" };
  const entryPoints = [join(import.meta.dirname, `${entry}.ts`)];
  await build({
    entryPoints,
    outfile,
    bundle: true,
    loader: { '.sh': 'text' },
    platform: 'node',
    target: 'node20.18',
    format: 'esm',
    minifySyntax: true,
    minifyWhitespace: true,
    banner,
    logLevel: 'error',
  });
  return outfile;
}

const child = await bundle('cvmfs-http-child');
const lab = await import(await bundle('cvmfs-http-server'));

async function measure(args) {
  const { stdout } = await run(process.execPath, [child, ...args]);
  return JSON.parse(stdout);
}

function median(numbers) {
  return [...numbers].sort((one, other) => one - other)[numbers.length >> 1];
}

function report(title, runs) {
  const pick = field => median(runs.map(one => one[field]));
  const [{ requests, bytes, names, catalogs }] = runs;
  const row = {
    requests,
    bytes,
    names,
    catalogs,
    milliseconds: pick('milliseconds'),
    sinceStart: pick('sinceStart'),
    peak: pick('peak'),
  };
  console.log(
    `${title.padEnd(44)} ${String(requests).padStart(2)} requests ${String(bytes).padStart(9)} bytes  ${row.milliseconds.toFixed(0).padStart(5)} ms  (${row.sinceStart.toFixed(0)} ms with start-up)  ${row.peak.toFixed(0)} MB peak, ${names} names, ${catalogs} catalogs at once`,
  );
  return row;
}

/** Tells the peak memory of the Node that runs jcds, in a file. */
const witness = join(room, 'witness.cjs');
writeFileSync(
  witness,
  "process.on('exit', () => require('node:fs').writeFileSync(process.env.JCDS_BENCH_PEAK, String(process.resourceUsage().maxRSS / 1024)));",
);

/** Runs the real command once. */
async function jcds(words, { server, key, cache }) {
  const peak = join(room, 'peak');
  const asked = server.requests.length;
  const options = [
    '--no-mount',
    '--repository',
    'test.example.org',
    '--server',
    server.template,
    '--keys',
    key,
  ];
  const started = performance.now();
  const { stdout } = await run(program, [...words, ...options, '--cache-dir', cache], {
    maxBuffer: 1 << 26,
    env: { ...process.env, HOME: room, NODE_OPTIONS: `--require=${witness}`, JCDS_BENCH_PEAK: peak },
  });
  return {
    milliseconds: performance.now() - started,
    peak: Number(readFileSync(peak, 'utf8')),
    requests: server.requests.length - asked,
    lines: stdout.split('\n').length - 1,
  };
}

function reportCommand(title, runs) {
  const pick = field => median(runs.map(one => one[field]));
  const row = { milliseconds: pick('milliseconds'), peak: pick('peak') };
  console.log(
    `${title.padEnd(44)} ${String(runs[0].requests).padStart(2)} requests  ${row.milliseconds.toFixed(0).padStart(5)} ms  ${row.peak.toFixed(0)} MB peak, ${runs[0].lines} lines`,
  );
  return row;
}

/** A time as a whitelist writes it. */
function whitelistTime(milliseconds) {
  return new Date(milliseconds).toISOString().replace(/[-:T]/g, '').slice(0, 14);
}

function bigRepository() {
  const store = new lab.Store();
  const tags = Array.from(
    { length: 100_000 },
    (_, index) => `/library/image${Math.floor(index / 10)}:v${index % 10}`,
  );
  const target = path => {
    const hash = createHash('sha256').update(path).digest('hex');
    return `/.images/${hash.slice(0, 2)}/${hash.slice(2)}`;
  };
  // One of them really is there.
  const image = target('/library/image7:v7');
  const rows = [
    lab.directory(''),
    lab.directory('/library'),
    ...['/.images', image.slice(0, 11), image].map(path => lab.directory(path)),
    ...tags.map(path => lab.link(path, `/cvmfs/test.example.org${target(path)}`)),
  ];
  const DAY = 24 * 3600 * 1000;
  const [created, expires] = [Date.now() - DAY, Date.now() + DAY].map(whitelistTime);
  return lab.publish({ store, root: { rows }, whitelist: { created, expires } });
}

const fixtures = join(import.meta.dirname, '../fixtures/cvmfs');
const realTree = join(room, 'real');
mkdirSync(realTree);
execFileSync('tar', ['xzf', join(fixtures, 'small-repo.tar.gz'), '-C', realTree]);
const servers = [];
try {
  const small = await lab.serve(realTree);
  small.latency = LATENCY;
  servers.push(small);
  const key = join(fixtures, 'small.jinr.ru.pub');
  const cold = [];
  const warm = [];
  for (let index = 0; index < RUNS; index++) {
    const directory = join(room, `cache-${index}`);
    const args = [
      'resolve',
      'small.jinr.ru',
      small.template,
      key,
      directory,
      '/library/busybox:1/etc/passwd',
    ];
    cold.push(await measure(args));
    warm.push(await measure(args));
  }
  console.log(
    `real repository, a tag and a file in its image, ${LATENCY} ms added per request, median of ${RUNS}`,
  );
  report('cold', cold);
  report('warm', warm);

  const big = await lab.serve(bigRepository());
  big.latency = LATENCY;
  servers.push(big);
  const bigKey = join(room, 'test.pub');
  writeFileSync(bigKey, lab.MASTER.pem);
  const commands = { list: [['list'], [], []], resolve: [['resolve', 'library/image7:v7'], [], []] };
  for (let index = 0; index < RUNS; index++)
    for (const [name, [words, first, later]] of Object.entries(commands)) {
      const where = { server: big, key: bigKey, cache: join(room, `${name}-${index}`) };
      first.push(await jcds(words, where));
      later.push(await jcds(words, where));
    }
  console.log(
    `jcds itself, generated repository of 100,000 tags, bounds of list ${BOUNDS.list.milliseconds} ms and ${BOUNDS.list.peak} MB`,
  );
  const rows = [
    reportCommand('jcds list --no-mount, cold', commands.list[1]),
    reportCommand('jcds list --no-mount, warm', commands.list[2]),
  ];
  reportCommand('jcds resolve --no-mount, cold', commands.resolve[1]);
  reportCommand('jcds resolve --no-mount, warm', commands.resolve[2]);
  const broken = rows.filter(
    row => row.milliseconds > BOUNDS.list.milliseconds || row.peak > BOUNDS.list.peak,
  );
  if (broken.length > 0) process.exitCode = 1;
} finally {
  for (const server of servers) await server.close();
  rmSync(room, { recursive: true, force: true });
}
