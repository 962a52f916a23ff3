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

/** A script with some of its lines, which stand there once, written anew. */
function rewritten(name, script, lines) {
  const file = join(folder, name);
  const changed = Object.entries(lines).reduce((rest, [line, other]) => {
    if (rest.split(line).length !== 2) throw new Error(`${line} does not stand once in the script`);
    return rest.replace(line, () => other);
  }, script);
  writeFileSync(file, changed, { mode: 0o755 });
  return withAd('with', ['/bin/dash', file, '/bin/true']);
}

// What writes `started` from inside of the container: left out, and done fifty times more, since one is much less than what a start
// differs from the next.
const MORE = 50;
const bubbled = join(folder, 'bubblewrap');
spawnSync(jcds, ['condor', 'wrapper', '--runtime', 'bubblewrap', '-o', bubbled]);
const written = "\\$(printf '$jcds_told\\\\n' >$jcds_at)";
const marks = {
  'Apptainer, left out': {
    more: withAd('with', ['/bin/dash', wrapper, '/bin/true']),
    less: rewritten('unmarked', text, { '\njcds_mark\n': '\n' }),
    times: 1,
  },
  [`Apptainer, ${MORE} times more`]: {
    more: rewritten('marked', text, {
      '\njcds_mark\n': `\n${'jcds_mark\n'.repeat(MORE + 1)}`,
      [written]: written.repeat(MORE + 1),
    }),
    less: withAd('with', ['/bin/dash', wrapper, '/bin/true']),
    times: MORE,
  },
  'bubblewrap, left out': {
    more: withAd('with', ['/bin/dash', bubbled, '/bin/true']),
    less: rewritten('bubblewrap-unmarked', readFileSync(bubbled, 'utf8'), {
      '[ -z "$jcds_file" ] || set -- --file 5 "$jcds_file" "$@"': ':',
      '\njcds_compose started null\n': '\n',
    }),
    times: 1,
  },
};

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

// What is started once more at the end of each job with an image, against a shell that does nothing.
const node = join(folder, 'node');
spawnSync(jcds, ['condor', 'install', '--root', node]);
writeFileSync(
  join(scratch, '.jcds-status.json'),
  `${JSON.stringify({ schemaVersion: 2, outcome: 'started', target: scratch })}\n`,
);
const after = join(node, 'usr/local/libexec/jcds/jcds-after');
const ends = paired(
  {
    after: [withAd('with', ['_CONDOR_MAINJOB_EXIT_CODE=0', '/bin/dash', after])],
    nothing: [withAd('with', ['_CONDOR_MAINJOB_EXIT_CODE=0', '/bin/dash', '-c', ':'])],
  },
  { runs, options },
);
console.log(
  `jcds-after adds ${median(ends.after.map((value, run) => value - ends.nothing[run])).toFixed(1)} ms to the end of a job with an image`,
);

/** Milliseconds of the processors for one start, which hardly depend on what else the machine does: from bash's own clock. */
function cpu(words) {
  const timed = ['-c', 'TIMEFORMAT=\'%3U %3S\'; time "$@" >&- 2>&-', 'bash', ...words];
  const { stderr } = spawnSync('/bin/bash', timed, { encoding: 'utf8', ...options });
  const [user, system] = stderr.trim().split(' ').map(Number);
  return (user + system) * 1000;
}
console.log(
  '\n| the mark `started`: time of the processors | a start, ms | added by one, ms | half of the differences lie between |',
);
console.log('|---|---|---|---|');
for (const [name, { more, less, times: count }] of Object.entries(marks)) {
  const pairs = Array.from({ length: runs }, () => [cpu(less), cpu(more)]);
  const differences = pairs.map(([without, one]) => (one - without) / count).sort((x, y) => x - y);
  const [low, high] = [0.25, 0.75].map(part => differences[Math.floor(part * runs)].toFixed(2));
  console.log(
    `| ${name} | ${median(pairs.map(([without]) => without)).toFixed(1)} | ${median(differences).toFixed(2)} | ${low} and ${high} |`,
  );
}
