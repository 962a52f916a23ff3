// The test command. `npm test` runs what this machine can and changes nothing; `npm run test:all` (--everything)
// first installs the real components (root on Debian; it says what), then leaves nothing out.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
if (/[#?%"\\]/.test(root)) {
  console.error(`esbuild, vitest or Node.js fail in a directory whose name holds #, ?, %, " or \\: ${root}`);
  process.exit(2);
}
const everything = process.argv.includes('--everything');
const reports = mkdtempSync(join(tmpdir(), 'jcds-reports-'));
const printed = join(reports, 'printed');
const bin = name => join(root, 'node_modules', '.bin', name);
const rows = [];
const leftOut = existsSync('/bin/busybox') ? [] : ['scripts read by busybox: it is not installed here'];

/** Runs one suite and notes its minutes and counts; a command that is no test runner counts as one test. */
function suite(name, file, args, report) {
  console.log(`\n== ${name}`);
  const started = performance.now();
  const { status } = spawnSync(file, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, FORCE_COLOR: '0', JCDS_TEST_PRINTED: printed },
  });
  const counts = report === undefined ? null : countsOf(report);
  const failed =
    counts === null ? Number(status !== 0) : counts.failed + Number(status !== 0 && counts.failed === 0);
  rows.push({
    name,
    minutes: (performance.now() - started) / 60_000,
    passed: counts?.passed ?? Number(status === 0),
    failed,
  });
  return status === 0;
}

function countsOf(report) {
  if (!existsSync(report)) return null;
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(
    readFileSync(report, 'utf8'),
  );
  // A skipped test is a test that did not hold.
  return { passed: numPassedTests, failed: numFailedTests + numPendingTests + numTodoTests };
}

function vitest(name, ...filter) {
  const report = join(reports, `${name}.json`);
  return suite(
    name,
    bin('vitest'),
    [
      'run',
      '--config',
      'test/vitest.config.ts',
      // Tests wait for processes more than they compute: one worker a core, where vitest's own choice leaves one core free.
      `--maxWorkers=${availableParallelism()}`,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...filter,
    ],
    report,
  );
}

/** The files of tests that this machine has no program for; what is left out is said. */
function filesToExclude() {
  if (spawnSync('git', ['--version'], { stdio: 'ignore' }).status === 0) return [];
  leftOut.push('tests that talk to a real git (*.git.test.ts): there is no git here');
  return ['--exclude', '**/*.git.test.ts'];
}

function hostIsReady() {
  return spawnSync('bash', ['test/hosts/install.sh', 'status'], { cwd: root, stdio: 'ignore' }).status === 0;
}

suite('build', process.execPath, ['.ci/build.mjs']);
suite('lint', bin('biome'), ['check', '--config-path=.ci/lint.jsonc', '.']);
suite('types', bin('tsc'), ['--noEmit']);
vitest('unit', '--exclude', '**/*.host.test.ts', ...filesToExclude());
if (everything) {
  if (process.getuid() !== 0) {
    console.error(
      'npm run test:all needs root on Debian: it installs the container runtimes it tests. `npm test` changes nothing.',
    );
    process.exit(2);
  }
  if (suite('install', 'bash', ['test/hosts/install.sh', 'all'])) vitest('host', 'host.test.ts');
  else rows.push({ name: 'host', minutes: 0, passed: 0, failed: 1 });
} else if (process.getuid() === 0 && hostIsReady()) vitest('host', 'host.test.ts');
else
  leftOut.push(
    'host tests (real runtimes, mounts, registries): `npm run test:all` as root on Debian installs what they need',
  );

suite('leaks', process.execPath, ['test/leaks.mjs', printed]);

console.log('\nsuite      minutes  passed  failed');
for (const { name, minutes, passed, failed } of rows)
  console.log(
    `${name.padEnd(9)} ${minutes.toFixed(1).padStart(8)} ${String(passed).padStart(7)} ${String(failed).padStart(7)}`,
  );
for (const left of leftOut) console.log(`left out: ${left}`);
rmSync(reports, { recursive: true, force: true });
const total = key => rows.reduce((sum, row) => sum + row[key], 0);
console.log(`\n${total('passed')} passed, ${total('failed')} failed`);
process.exit(total('failed') === 0 ? 0 : 1);
