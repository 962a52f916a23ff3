import { spawnSync } from 'node:child_process';
import { afterAll, describe, expect, test } from 'vitest';
import { elfHeader, singularityRecord, smallImage } from '../hosts/image-files.ts';
import { SHELLS, Stage } from './stage.ts';

const stage = new Stage();
afterAll(() => stage.remove());
stage.publish({
  'library/small:1': {
    files: { ...smallImage(), ...singularityRecord({ from: 'small:1', env: { HARD: '$x', TICK: '`' } }) },
  },
  'library/file:1': { content: 'hsqs' },
  'library/bare:1': { files: { 'bin/sh': { program: elfHeader(62) } } },
});

const VARIANTS: Record<string, readonly string[]> = {
  'nothing said': ['library/small:1'],
  'a file': ['library/file:1', 'sh'],
  'everything said': [
    ...[
      '--pin',
      '-B',
      '/etc:/a',
      '--mount',
      'type=bind,src=/etc,dst=/b,ro',
      '--env',
      "A=it's $x\n",
      '--env',
      'B',
      '--env',
      'PATH=/x',
    ],
    ...[
      '--workdir',
      '/tmp',
      '--home',
      '/etc:/home/x',
      '--writable-tmpfs',
      '--gpu',
      'nvidia',
      '--runtime',
      'singularity',
    ],
    ...[
      '--runtime-arg',
      '-x',
      '--cvmfs-root',
      stage.cvmfs,
      '--cvmfs-timeout',
      '3',
      'library/small:1',
      'sh',
      '-c',
      "it's",
    ],
  ],
  'by bubblewrap': ['--runtime', 'bubblewrap', 'library/small:1'],
  'by bubblewrap, everything said': [
    ...['--runtime', 'bubblewrap', '-B', '/etc:/a', '--env', 'A=x', '--env', 'B', '--workdir', '/tmp'],
    ...['--home', '/etc:/home/x', '--runtime-arg', '--x', 'docker.io/library/small:1', 'sh'],
  ],
  'by bubblewrap, contained, without a record': [
    ...['--runtime', 'bubblewrap', '--contain', '--env-policy', 'hep', '--gpu', 'none', 'library/bare:1'],
  ],
  'contained, clean': ['--contain', '--cleanenv', '--gpu', 'rocm', 'library/bare:1', 'sh'],
  'hep, another registry': [
    '--env-policy',
    'hep',
    '--no-home',
    '--gpu',
    'none',
    'docker.io/library/small:1',
    'sh',
  ],
};

describe('a script that is written', () => {
  test.each(Object.entries(VARIANTS))('%s: shellcheck and every shell can read it', (_, words) => {
    const script = stage.wrap(words);
    const { stdout, status } = spawnSync('shellcheck', [script], { encoding: 'utf8' });
    expect([stdout, status]).toEqual(['', 0]);
    for (const [shell] of SHELLS) {
      const [sh = '', file = ''] = stage.by(shell, script);
      expect(spawnSync(sh, ['-n', file], { encoding: 'utf8' }).stderr).toBe('');
    }
  });
});
