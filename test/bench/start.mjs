// What jcds adds to a start: `jcds exec` against an empty program of the same kind (Node, or compiled as the standalone is) followed
// by the same runtime by hand, and against the runtime alone. The standalone's row needs JCDS_BENCH_STANDALONE (run.mjs).
import { existsSync, readlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { median, paired, ratio } from './paired.mjs';

const jcds = resolve(import.meta.dirname, '../../bin/jcds');
const image = 'git.jinr.ru:5005/nica/docker-images/bmn:latest';
const directory = readlinkSync('/cvmfs/containers.jinr.ru/nica/docker-images/bmn:latest');
const runs = Number(process.env.RUNS ?? 40);
const standalone = process.env.JCDS_BENCH_STANDALONE;

/** Ways in which jcds is installed: the words that start an empty program of that kind, and jcds. */
const kinds = [
  ...(standalone === undefined
    ? []
    : [
        {
          name: 'standalone',
          empty: [join(standalone, 'empty')],
          program: join(standalone, 'jcds/bin/jcds'),
        },
      ]),
  ...Object.entries({
    20: process.execPath,
    22: '/var/cache/jcds-test/nodes/22',
    24: '/var/cache/jcds-test/nodes/24',
  })
    .filter(([, node]) => existsSync(node))
    .map(([version, node]) => ({
      name: `Node ${version}`,
      empty: [node, '-e', '0'],
      program: jcds,
      environment: { JCDS_NODE: node },
    })),
];

const rows = kinds.map(({ name, empty, program, environment = {} }) => {
  const cache = { XDG_CACHE_HOME: `/tmp/jcds-bench-${process.getuid()}` };
  const options = { env: { ...process.env, ...cache, ...environment }, cwd: '/tmp' };
  const bare = ['apptainer', '-s', 'exec', directory, 'true'];
  // An exec of the last word, as the launcher does it.
  const script = `${empty.map((_, index) => `"$${index}"`).join(' ')}; shift ${empty.length - 1}; exec "$@"`;
  const times = paired(
    {
      jcds: [[program, 'exec', '--runtime', 'apptainer', image, 'true']],
      empty: [['sh', '-c', script, ...empty, ...bare]],
      bare: [bare],
      bubblewrap: [[program, 'exec', '--runtime', 'bubblewrap', image, 'true']],
      unshare: [[program, 'exec', '--runtime', 'unshare', image, 'true']],
    },
    { runs, options },
  );
  const row = (one, other) => ratio(times[one], times[other]).toFixed(2);
  return `| ${name} | ${median(times.bare).toFixed(0)} | ${median(times.jcds).toFixed(0)} | ${row('jcds', 'empty')} | ${row('jcds', 'bare')} | ${row('bubblewrap', 'bare')} | ${row('unshare', 'bare')} |`;
});
console.log(
  '| | bare apptainer exec, ms | jcds exec, ms | to empty program + apptainer | to bare apptainer | bubblewrap to bare apptainer | unshare to bare apptainer |',
);
console.log('|---|---|---|---|---|---|---|');
console.log(rows.join('\n'));
if (standalone === undefined) console.log('without the standalone: it could not be built');
