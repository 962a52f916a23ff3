import { expect, test } from 'vitest';
import { pressTab, type Reply } from './bash.ts';
import { SCRIPTS } from './table.ts';

const NONE: Reply = { replies: [], options: [] };
const words = (text: string): Reply => ({ replies: text.split(' '), options: [] });
const asks = (option: string): Reply => ({ replies: [], options: [option] });

/** What is typed, and what bash is told; no index of names is there. */
const LINES: readonly (readonly [line: string, reply: Reply])[] = [
  ['jcds ', words('run resolve help cache condor')],
  ['jcds r', words('run resolve')],
  ['jcds x', NONE],
  ['jcds -', words('-h --help -V --version')],
  ['jcds --v', words('--version')],
  ['jcds condor ', words('submit machine-ad')],
  ['jcds condor s', words('submit')],
  ['jcds condor nonsense ', NONE],
  ['jcds nonsense ', NONE],
  ['jcds cache ', words('prune')],
  ['jcds cache prune ', NONE],
  ['jcds cache prune -', words('-q --quiet --color -h --help')],
  ['jcds cache x/y:1 p', NONE],
  ['jcds help e', words('exit-codes')],
  ['jcds help run c', words('cache condor')],
  [
    'jcds run --',
    words('--bind --env-file --gpu --runtime --workdir --dry-run --repository --quiet --color --help'),
  ],
  [
    'jcds run -',
    words(
      '-B --bind --env-file --gpu --runtime --workdir -n --dry-run --repository -q --quiet --color -h --help',
    ),
  ],
  ['jcds run --gpu ', words('auto nvidia none')],
  ['jcds run --gpu n', words('nvidia none')],
  ['jcds run --gpu=n', words('nvidia none')],
  ['jcds run --gpu=', words('auto nvidia none')],
  ['jcds run --nonsense=', NONE],
  ['jcds run --runtime b', words('bubblewrap')],
  ['jcds run --color a', words('auto always')],
  ['jcds run --workdir ', NONE],
  ['jcds run --workdir --g', NONE],
  ['jcds run --volume --g', NONE],
  ['jcds run --volume x --g', words('--gpu')],
  ['jcds run --repository u', words('unpacked.cern.ch')],
  ['jcds run --repository=c', words('containers.jinr.ru')],
  ['jcds run -B ', asks('dirnames')],
  ['jcds run -nB ', asks('dirnames')],
  ['jcds run -n --g', words('--gpu')],
  ['jcds run -B /data:/data --g', words('--gpu')],
  ['jcds run --bind=/da', asks('dirnames')],
  ['jcds run -B /cvmfs/', NONE],
  ['jcds run --env-file ', asks('default')],
  ['jcds run --env-file /cvmfs', NONE],
  ['jcds run --env-file=/cvmfs/x', NONE],
  ['jcds run a/b:1 ', asks('default')],
  ['jcds run a/b:1 --g', asks('default')],
  ['jcds run a/b:1 -- ls --g', asks('default')],
  ['jcds run a/b:1 ls /cvmfs/', NONE],
  ['jcds run -- a/b:1 ', asks('default')],
  ['jcds run --gpu none a/b:1 cat ', asks('default')],
  ['jcds run --gpu=none a/b:1 cat ', asks('default')],
  ['jcds condor submit a/b:1 ', asks('default')],
  ['jcds condor submit a/b:1 f ', NONE],
  ["jcds run --gpu 'n", words('nvidia none')],
  ['jcds "run" --gpu n', words('nvidia none')],
  ['  jcds run --gpu n', words('nvidia none')],
  ['jcds run $(touch ran) `touch ran` --g', asks('default')],
  ['jcds run --gpu $(touch ran)', NONE],
];

test('every word of a command line is completed from the table of commands', () => {
  const replies = pressTab(
    SCRIPTS['completions/jcds.bash']!,
    LINES.map(([line]) => line),
  );
  expect(LINES.map(([line], index) => [line, replies[index]])).toEqual(LINES);
});

test('a prompt with odd options set gets the same answers', () => {
  const odd = 'set -u; shopt -s nullglob extglob; IFS=:; FIGNORE=x';
  const replies = pressTab(
    SCRIPTS['completions/jcds.bash']!,
    LINES.map(([line]) => line),
    {},
    odd,
  );
  expect(LINES.map(([line], index) => [line, replies[index]])).toEqual(LINES);
});

test('bash replaces what follows its last break, wherever the breaks are', () => {
  const press = (breaks: string, line: string) =>
    pressTab(SCRIPTS['completions/jcds.bash']!, [line], {}, `COMP_WORDBREAKS='${breaks}'`)[0]?.replies;
  expect(press(' =:', 'jcds run --gpu=n')).toEqual(['nvidia', 'none']);
  expect(press(' :', 'jcds run --gpu=n')).toEqual(['--gpu=nvidia', '--gpu=none']);
});

test('another root of CVMFS is not looked into either', () => {
  const environment = { JCDS_CVMFS_ROOT: '/srv/cvmfs' };
  const lines = ['jcds run -B /srv/cvmfs/x', 'jcds run -B /cvmfs', 'jcds run -B /srv/data'];
  const replies = pressTab(SCRIPTS['completions/jcds.bash']!, lines, environment);
  expect(replies).toEqual([NONE, NONE, asks('dirnames')]);
});
