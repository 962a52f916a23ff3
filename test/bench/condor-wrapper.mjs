// What the job wrapper of an HTCondor pool adds to a start: to a job with an image against the very words that the wrapper
// starts Apptainer with, typed by hand, and to a job without one. The environment is that of HTCondor 23.9's jobs.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { machine, median, paired, ratio } from './paired.mjs';

const jcds = resolve(import.meta.dirname, '../../bin/jcds');
const image = 'nica/docker-images/bmn:latest';
const runs = Number(process.env.RUNS ?? 100);
const folder = mkdtempSync(join(tmpdir(), 'jcds-bench-condor-'));
process.on('exit', () => rmSync(folder, { recursive: true }));

const wrapper = join(folder, 'wrapper');
const made = spawnSync(jcds, ['condor', 'wrapper', '--runtime', 'apptainer', '-o', wrapper], {
  encoding: 'utf8',
});
if (made.status !== 0) throw new Error(made.stderr);
const scratch = join(folder, 'scratch');
mkdirSync(scratch);

// An ad of the usual length: some hundred lines, and an environment of a few kilobytes.
const others = Array.from({ length: 110 }, (_, at) => `Attribute${at} = "a value of the usual length ${at}"`);
const variables = Array.from({ length: 60 }, (_, at) => `VARIABLE_${at}='/some/where or other/${at}'`);
const ads = {};
for (const [name, line] of [
  ['with', `JCDSImage = "${image}"`],
  ['without', 'WantIOProxy = false'],
]) {
  ads[name] = join(folder, `${name}.ad`);
  writeFileSync(
    ads[name],
    [...others, `Environment = "${variables.join(' ')}"`, line, 'WhenToTransferOutput = "ON_EXIT"', ''].join(
      '\n',
    ),
  );
}
const environment = {
  BATCH_SYSTEM: 'HTCondor',
  CUDA_VISIBLE_DEVICES: '10000',
  _CONDOR_SCRATCH_DIR: scratch,
  _CONDOR_WRAPPER_ERROR_FILE: join(scratch, '.job_wrapper_failure'),
  ...Object.fromEntries(
    Array.from({ length: 60 }, (_, at) => [`VARIABLE_${at}`, `/some/where or other/${at}`]),
  ),
};
const options = { cwd: scratch, env: environment };
const withAd = (name, words) => ['/usr/bin/env', `_CONDOR_JOB_AD=${ads[name]}`, ...words];

// The very words that the wrapper starts Apptainer with.
const text = readFileSync(wrapper, 'utf8');
const program = /^ *jcds_program='(.+)'$/m.exec(text)[1];
writeFileSync(join(folder, 'show'), `#!/bin/sh\nfor word in "$@"; do printf '%s\\n' "$word"; done\n`, {
  mode: 0o755,
});
const showing = join(folder, 'showing');
writeFileSync(showing, text.replace(`jcds_program='${program}'`, `jcds_program='${join(folder, 'show')}'`), {
  mode: 0o755,
});
const [shown, ...shownWords] = withAd('with', [showing, '/bin/true']);
const words = spawnSync(shown, shownWords, { encoding: 'utf8', ...options })
  .stdout.trim()
  .split('\n');
const directory = readlinkSync(`/cvmfs/containers.jinr.ru/${image}`);
const named = [`APPTAINERENV_JCDS_IMAGE=${image}`, `APPTAINERENV_JCDS_IMAGE_PATH=${directory}`];
const hand = withAd('with', [...named, program, ...words]);

const shells = { dash: ['/bin/dash'], bash: ['/bin/bash', '--posix'], busybox: ['/bin/busybox', 'sh'] };
const bare = withAd('without', ['/bin/true']);
const times = paired(
  {
    hand: [hand],
    again: [hand],
    ...Object.fromEntries(
      Object.entries(shells).map(([name, shell]) => [
        name,
        [withAd('with', [...shell, wrapper, '/bin/true'])],
      ]),
    ),
    bare: [bare],
    'bare again': [bare],
    ...Object.fromEntries(
      Object.entries(shells).map(([name, shell]) => [
        `${name} without`,
        [withAd('without', [...shell, wrapper, '/bin/true'])],
      ]),
    ),
  },
  { runs, options },
);
const added = (name, to) => median(times[name].map((value, run) => value - times[to][run])).toFixed(1);
console.log(
  `${machine()}, ${runs} pairs; by hand: ${median(times.hand).toFixed(1)} ms with Apptainer, ${median(times.bare).toFixed(1)} ms without`,
);
console.log('| added to each start | with an image, ms | ratio | without an image, ms |\n|---|---|---|---|');
console.log(
  `| by hand, again | ${added('again', 'hand')} | ${ratio(times.again, times.hand).toFixed(3)} | ${added('bare again', 'bare')} |`,
);
for (const name of Object.keys(shells))
  console.log(
    `| the wrapper by ${name} | ${added(name, 'hand')} | ${ratio(times[name], times.hand).toFixed(3)} | ${added(`${name} without`, 'bare')} |`,
  );
