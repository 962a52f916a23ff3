// `jcds list` of 30,000 tags against an empty Node and `find` of the same tree.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { median, paired } from './paired.mjs';

const jcds = resolve(import.meta.dirname, '../../bin/jcds');
const base = mkdtempSync(join(tmpdir(), 'jcds-bench-list-'));
const repository = join(base, 'containers.jinr.ru');
mkdirSync(join(repository, '.images'), { recursive: true });
for (let group = 0; group < 100; group += 1) {
  mkdirSync(join(repository, `group${group}`));
  for (let tag = 0; tag < 300; tag += 1)
    symlinkSync(
      '/cvmfs/containers.jinr.ru/.images/aa/x',
      join(repository, `group${group}`, `image${tag % 10}:v${tag}`),
    );
}
const times = paired(
  {
    list: [[jcds, 'list', '--cvmfs-root', base]],
    node: [[process.execPath, '-e', '0']],
    find: [
      [
        'find',
        repository,
        '-name',
        '.?*',
        '-prune',
        '-o',
        '(',
        '-type',
        'l',
        '-o',
        '-name',
        '*:*',
        '-prune',
        ')',
        '-print',
      ],
    ],
  },
  { runs: 20 },
);
rmSync(base, { recursive: true });
const bound = times.node.map((node, index) => node + 2 * times.find[index]);
console.log('| jcds list, ms | empty Node + 2x find, ms | ratio |\n|---|---|---|');
console.log(
  `| ${median(times.list).toFixed(0)} | ${median(bound).toFixed(0)} | ${median(times.list.map((value, index) => value / bound[index])).toFixed(2)} |`,
);
