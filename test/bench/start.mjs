// What jcds adds to a start: `jcds exec` against an empty Node program followed by the same runtime by hand, and
// against the runtime alone.
import { existsSync, readlinkSync } from 'node:fs';
import { resolve } from 'node:path';
import { median, paired, ratio } from './paired.mjs';

const jcds = resolve(import.meta.dirname, '../../bin/jcds');
const image = 'git.jinr.ru:5005/nica/docker-images/bmn:latest';
const directory = readlinkSync('/cvmfs/containers.jinr.ru/nica/docker-images/bmn:latest');
const runs = Number(process.env.RUNS ?? 40);
const nodes = {
  20: process.execPath,
  22: '/var/cache/jcds-test/nodes/22',
  24: '/var/cache/jcds-test/nodes/24',
};

const rows = [];
for (const [version, node] of Object.entries(nodes)) {
  if (!existsSync(node)) continue;
  const options = {
    env: { ...process.env, JCDS_NODE: node, XDG_CACHE_HOME: `/tmp/jcds-bench-${process.getuid()}` },
    cwd: '/tmp',
  };
  const bare = ['apptainer', '-s', 'exec', directory, 'true'];
  const times = paired(
    {
      jcds: [[jcds, 'exec', '--runtime', 'apptainer', image, 'true']],
      empty: [['sh', '-c', `"$0" -e 0; exec "$@"`, node, ...bare]],
      bare: [bare],
      bubblewrap: [[jcds, 'exec', '--runtime', 'bubblewrap', image, 'true']],
      unshare: [[jcds, 'exec', '--runtime', 'unshare', image, 'true']],
    },
    { runs, options },
  );
  const row = (name, other) => `${ratio(times[name], times[other]).toFixed(2)}`;
  rows.push(
    `| Node ${version} | ${median(times.bare).toFixed(0)} | ${median(times.jcds).toFixed(0)} | ${row('jcds', 'empty')} | ${row('jcds', 'bare')} | ${row('bubblewrap', 'bare')} | ${row('unshare', 'bare')} |`,
  );
}
console.log(
  '| | bare apptainer exec, ms | jcds exec, ms | to empty Node + apptainer | to bare apptainer | bubblewrap to bare apptainer | unshare to bare apptainer |',
);
console.log('|---|---|---|---|---|---|---|');
console.log(rows.join('\n'));
