// Many starts at once: how many a second this host manages with bare Apptainer, and what part of that with jcds in front.
// STARTS (200) are begun together in each round, ROUNDS (5) rounds, the ways of starting in turn.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { machine, median } from './paired.mjs';

const jcds = resolve(import.meta.dirname, '../../bin/jcds');
const image = 'nica/docker-images/bmn:latest';
const directory = readlinkSync(`/cvmfs/containers.jinr.ru/${image}`);
const starts = Number(process.env.STARTS ?? 200);
const rounds = Number(process.env.ROUNDS ?? 5);
const standalone = process.env.JCDS_BENCH_STANDALONE;
const node22 = '/var/cache/jcds-test/nodes/22';
const folder = mkdtempSync(join(tmpdir(), 'jcds-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const script = join(folder, 'script');
const made = spawnSync(jcds, ['wrap', '--runtime', 'apptainer', '-o', script, image], { encoding: 'utf8' });
if (made.status !== 0) throw new Error(made.stderr);

const exec = program => [program, 'exec', '--runtime', 'apptainer', image, 'true'];
const ways = {
  'bare apptainer': { words: ['apptainer', '-s', 'exec', directory, 'true'] },
  'script of jcds wrap': { words: [script, 'true'] },
  ...(standalone === undefined ? {} : { standalone: { words: exec(join(standalone, 'jcds/bin/jcds')) } }),
  'Node 20': { words: exec(jcds), node: process.execPath },
  ...(existsSync(node22) ? { 'Node 22': { words: exec(jcds), node: node22 } } : {}),
};

/** Seconds until all have ended. One that fails ends the bench: its time means nothing. */
async function all({ words, node }, count) {
  const env = { ...process.env, XDG_CACHE_HOME: join(folder, 'cache'), ...(node && { JCDS_NODE: node }) };
  const began = performance.now();
  await Promise.all(Array.from({ length: count }, () => one(words, env)));
  return (performance.now() - began) / 1000;
}

function one([file, ...args], env) {
  return new Promise((done, failed) => {
    const child = spawn(file, args, { cwd: '/tmp', env, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', piece => {
      said += piece;
    });
    child.on('error', failed);
    child.on('close', (code, signal) =>
      code === 0 ? done() : failed(new Error(`${file}: ended with ${signal ?? code}: ${said}`)),
    );
  });
}

const seconds = Object.fromEntries(Object.keys(ways).map(name => [name, []]));
// One first, so that everything is remembered and cached.
for (const way of Object.values(ways)) await all(way, 1);
for (let round = 0; round < rounds; round += 1)
  for (const [name, way] of Object.entries(ways)) seconds[name].push(await all(way, starts));

const bare = seconds['bare apptainer'];
console.log(`${machine()}; ${starts} starts at once, medians of ${rounds} rounds`);
console.log('| | starts a second | part of bare Apptainer’s |\n|---|---|---|');
for (const [name, times] of Object.entries(seconds)) {
  const part = median(bare.map((time, round) => time / times[round]));
  console.log(`| ${name} | ${(starts / median(times)).toFixed(1)} | ${part.toFixed(2)} |`);
}
if (standalone === undefined) console.log('without the standalone: it could not be built');
