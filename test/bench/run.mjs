// `npm run bench`: every bench of this folder, one after another; `npm run bench start list` only these. Medians of
// paired runs; nothing here passes or fails. As root after `test/hosts/install.sh all`, on a quiet machine.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const here = import.meta.dirname;
const root = resolve(here, '../..');
/** `user`: as the ordinary user of the tests, with the test repositories at /cvmfs. `standalone`: compares that as well. */
const BENCHES = {
  start: { user: true, standalone: true },
  throughput: { user: true, standalone: true },
  list: { user: true },
  completion: {},
  status: {},
  wrap: { user: true },
  'condor-wrapper': { user: true },
  'cvmfs-http': {},
  sync: {},
  convert: {},
};

const wanted = process.argv.slice(2);
const unknown = wanted.find(name => !Object.hasOwn(BENCHES, name));
if (unknown !== undefined) {
  console.error(`there is no bench ${unknown}: ${Object.keys(BENCHES).join(', ')}`);
  process.exit(2);
}
console.log(
  `${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores (${cpus()[0]?.model.trim()}), Node ${process.version}, load ${loadavg()[0].toFixed(1)}`,
);
/** Built when the first bench wants it; where that is not possible (no npm registry), its rows are left out. */
const built = [];
function standalone() {
  if (built.length > 0) return built[0];
  const folder = mkdtempSync(join(tmpdir(), 'jcds-bench-standalone-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const { status } = spawnSync(process.execPath, [join(here, 'standalone.mjs'), folder], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  built.push(status === 0 ? { JCDS_BENCH_STANDALONE: folder } : {});
  return built[0];
}

let failed = false;
for (const [name, bench] of Object.entries(BENCHES)) {
  const file = join(here, `${name}.mjs`);
  if ((wanted.length > 0 && !wanted.includes(name)) || !existsSync(file)) continue;
  console.log(`\n== ${name}`);
  const words = [process.execPath, file];
  const command =
    bench.user === true && process.getuid() === 0
      ? ['bash', 'test/hosts/private.sh', '--user', 'jcdstest', ...words]
      : words;
  const { status } = spawnSync(command[0], command.slice(1), {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...(bench.standalone === true ? standalone() : {}) },
  });
  failed ||= status !== 0;
}
process.exit(failed ? 1 : 0);
