// What a script written by `jcds wrap` adds to the same Apptainer command typed by hand, by shell; what of that is the
// script alone, with a program that does nothing in Apptainer's place; how long a script for bubblewrap takes beside bare
// Apptainer; and how many starts at once a machine gets through. RUNS pairs, ROUNDS of STARTS at once.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { machine, median, paired, ratio } from './paired.mjs';

const jcds = resolve(import.meta.dirname, '../../bin/jcds');
const image = 'nica/docker-images/bmn:latest';
const directory = readlinkSync(`/cvmfs/containers.jinr.ru/${image}`);
const runs = Number(process.env.RUNS ?? 100);
const folder = mkdtempSync(join(tmpdir(), 'jcds-bench-wrap-'));
process.on('exit', () => rmSync(folder, { recursive: true }));

/** A script for this runtime. */
function write(runtime) {
  const file = join(folder, runtime);
  const made = spawnSync(jcds, ['wrap', '--runtime', runtime, '-o', file, image], { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(made.stderr);
  return file;
}
const script = write('apptainer');
const quick = write('bubblewrap');
const empty = join(folder, 'empty');
const program = /^ *jcds_program='(.+)'$/m.exec(readFileSync(script, 'utf8'))[1];
writeFileSync(empty, readFileSync(script, 'utf8').replace(program, '/bin/true'), { mode: 0o755 });

// The very words that the script starts Apptainer with.
const shown = join(folder, 'shown');
writeFileSync(join(folder, 'show'), `#!/bin/sh\nfor word in "$@"; do printf '%s\\n' "$word"; done\n`, {
  mode: 0o755,
});
writeFileSync(shown, readFileSync(script, 'utf8').replace(program, join(folder, 'show')), { mode: 0o755 });
const options = { cwd: '/tmp', env: { ...process.env, PWD: '/tmp' } };
const words = spawnSync(shown, ['true'], { encoding: 'utf8', ...options })
  .stdout.trim()
  .split('\n');
const named = ['env', `APPTAINERENV_JCDS_IMAGE=${image}`, `APPTAINERENV_JCDS_IMAGE_PATH=${directory}`];

const shells = { dash: ['/bin/dash'], bash: ['/bin/bash', '--posix'], busybox: ['/bin/busybox', 'sh'] };
const times = paired(
  {
    hand: [[program, ...words]],
    again: [[program, ...words]],
    named: [[...named, program, ...words]],
    ...Object.fromEntries(
      Object.entries(shells).map(([name, shell]) => [name, [[...shell, script, 'true']]]),
    ),
    bubblewrap: [[quick, 'true']],
    true: [['/bin/true']],
    ...Object.fromEntries(
      Object.entries(shells).map(([name, shell]) => [`${name} alone`, [[...shell, empty, 'true']]]),
    ),
  },
  { runs, options },
);
const added = (name, to) => median(times[name].map((value, run) => value - times[to][run])).toFixed(1);
console.log(`${machine()}, ${runs} pairs; apptainer exec by hand: ${median(times.hand).toFixed(1)} ms`);
console.log('| | added to apptainer by hand, ms | ratio | the script alone, ms |\n|---|---|---|---|');
console.log(
  `| by hand, again | ${added('again', 'hand')} | ${ratio(times.again, times.hand).toFixed(3)} | |`,
);
console.log(
  `| by hand, with the image's name in two variables | ${added('named', 'hand')} | ${ratio(times.named, times.hand).toFixed(3)} | |`,
);
for (const name of Object.keys(shells))
  console.log(
    `| ${name} | ${added(name, 'hand')} | ${ratio(times[name], times.hand).toFixed(3)} | ${added(`${name} alone`, 'true')} |`,
  );

console.log(
  `\nA script for bubblewrap: ${median(times.bubblewrap).toFixed(1)} ms, ${ratio(times.bubblewrap, times.hand).toFixed(3)} of bare apptainer exec`,
);

const starts = Number(process.env.STARTS ?? 200);
const atOnce = words => [
  [
    '/bin/sh',
    '-c',
    `count=0; while [ $count -lt ${starts} ]; do "$@" & count=$((count + 1)); done; wait`,
    'sh',
    ...words,
  ],
];
const crowds = paired(
  {
    hand: atOnce([program, ...words]),
    apptainer: atOnce([script, 'true']),
    bubblewrap: atOnce([quick, 'true']),
  },
  { runs: Number(process.env.ROUNDS ?? 3), warmup: 1, options },
);
const perSecond = name => ((starts / median(crowds[name])) * 1000).toFixed(1);
console.log(
  `\n| ${starts} starts at once | starts a second | throughput beside bare apptainer |\n|---|---|---|`,
);
for (const [name, row] of [
  ['hand', 'bare apptainer exec'],
  ['apptainer', 'a script for apptainer'],
  ['bubblewrap', 'a script for bubblewrap'],
])
  console.log(`| ${row} | ${perSecond(name)} | ${ratio(crowds.hand, crowds[name]).toFixed(2)} |`);
