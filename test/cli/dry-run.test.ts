import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { APPTAINER, builtFrom, Setting } from './setting.ts';

// What --dry-run prints is what would run: it is pasted into a shell here, and compared.
const setting = new Setting();
afterAll(() => setting.remove());
setting.install('apptainer', `${APPTAINER}\n/usr/bin/env | LC_ALL=C sort`);
const { 'library/small:1': small } = setting.publish({
  'library/small:1': builtFrom('small:1'),
  'library/hostile:1': builtFrom('hostile:1', {
    '.singularity.d/runscript': {
      program: `#!/bin/sh\nOCI_ENTRYPOINT='"/bin/sh" "-c" "echo \u001b]0;owned\u0007 \u202e"'\nOCI_CMD=''\n`,
    },
    'etc/passwd': 'root:x:0:0::/:/bin/sh\nJCDS\nJCDS_\n$(touch /tmp/owned)`id`\\\u001b[2J\n',
  }),
});
mkdirSync(join(setting.work, "it's a dir"));
writeFileSync(join(setting.work, 'variables'), 'FROM_FILE=sec\'ret "$HOME" `id` \\\n');

const SHELLS = ['/bin/dash', '/bin/bash'];

describe.each(SHELLS)('pasted into %s', shell => {
  test.each([
    [['exec', '-v', 'small:1', 'ls', '-l', "it's", '$HOME', '`id`', '*', 'a\nb', '\u001b[1m', '']],
    [['run', '-v', 'library/hostile:1', '--json', '--', '-x']],
    [['run', 'library/hostile:1']],
    [['exec', '-v', '-B', "it's a dir:/it's", '--mount', 'type=bind,src=.,dst=/a:b', 'small:1', 'ls']],
    [
      [
        'exec',
        '-v',
        '--env',
        "A=it's $HOME `id`\n\\",
        '--env-file',
        'variables',
        '--env',
        'B=',
        'small:1',
        'ls',
      ],
    ],
    [['exec', '-v', '--env-policy', 'clean', '--workdir', '/', '--no-home', 'small:1', 'ls']],
  ])('%j', words => {
    const env = { LANG: 'C', PYTHONPATH: '/host', JCDS_TOKEN: 'token', 'ODD.NAME': 'x y' };
    const [verb = '', ...rest] = words;
    const shown = setting.jcds([verb, '--dry-run', ...rest], { env });
    expect(shown.code).toBe(0);
    expect(shown.stdout).toMatch(/^[^\p{Cc}\p{Cf}\n]*(?:\n[^\p{Cc}\p{Cf}]*)*\n$/u);
    const pasted = setting.run([shell, '-c', shown.stdout], { env });
    const ran = setting.jcds(words, { env });
    const own = /^(?:PWD|OLDPWD|SHLVL|_)=.*\n/gm;
    expect(pasted.stdout.replace(own, '')).toBe(ran.stdout.replace(own, ''));
    expect([pasted.code, pasted.stderr, ran.code]).toEqual([0, '', 0]);
  });
});

/** jcds' own directories in the home, each below the one that cannot be renamed then. */
const HELD = ['.cache', '.cache/jcds', '.config', '.config/jcds'].map(name => ({
  // An empty directory stands in the place of the settings.
  source: join(setting.home, name === '.config/jcds' ? '.cache/jcds/nothing' : name),
  destination: join(setting.home, name),
  mode: name.endsWith('/jcds') ? 'ro' : 'rw',
  origin: 'default',
  sourceKind: 'directory',
}));

test('the whole line, values of --env masked wherever they would stand', () => {
  const words = ['exec', '--dry-run', '--env', 'A=1', '--env-file', 'variables', 'small:1', 'ls', '1'];
  expect(setting.jcds(words, { env: { PYTHONPATH: '/host' } })).toEqual({
    code: 0,
    stderr: '',
    stdout:
      `APPTAINERENV_JCDS_IMAGE=library/small:1 APPTAINERENV_JCDS_IMAGE_PATH=${small} ` +
      `APPTAINERENV_FROM_FILE='***' APPTAINERENV_A='***' /usr/bin/env -u PYTHONPATH ` +
      `${setting.programs}/apptainer -s exec --home ${setting.home} --bind ${setting.cvmfs}:/cvmfs ` +
      `--bind ${setting.cvmfs}:${setting.cvmfs} ` +
      HELD.map(
        ({ source, destination, mode }) => `--bind ${source}:${destination}${mode === 'ro' ? ':ro' : ''} `,
      ).join('') +
      `--pwd ${setting.work} ${small} ls 1\n`,
  });
});

describe('--json', () => {
  const words = [
    'exec',
    '--dry-run',
    '--json',
    '--env',
    'A=secret',
    '-B',
    '/usr:/host:ro',
    'small:1',
    'ls',
    'x',
  ];
  const env = { TERM: 'dumb', PYTHONPATH: '/secret', APPTAINERENV_TOKEN: 'secret' };
  const ended = setting.jcds(words, { env });
  const plan = JSON.parse(ended.stdout);

  test('is one line without a value that is nobody’s business', () => {
    expect([ended.code, ended.stderr]).toEqual([0, '']);
    expect(ended.stdout).toMatch(/^[^\n]*\n$/);
    expect(ended.stdout).not.toContain('secret');
  });

  test('holds the image, the runtime and the command', () => {
    expect(plan.schemaVersion).toBe(2);
    expect(plan.image).toEqual({
      name: 'library/small:1',
      repository: 'containers.jinr.ru',
      path: `${setting.cvmfs}/containers.jinr.ru/library/small:1`,
      target: small,
      configuration: 'singularity.d',
    });
    expect(plan.runtime).toEqual({ name: 'apptainer', version: '1.4.5' });
    expect(plan.command.file).toBe(join(setting.programs, 'apptainer'));
    expect(plan.command.args.slice(0, 2)).toEqual(['-s', 'exec']);
    expect([plan.command.words, plan.command.userArguments]).toEqual([[], ['ls', 'x']]);
  });

  test('tells of each part why it is so', () => {
    expect(plan.binds).toEqual([
      {
        source: setting.cvmfs,
        destination: '/cvmfs',
        mode: 'rw',
        origin: 'default',
        sourceKind: 'directory',
      },
      { source: '/usr', destination: '/host', mode: 'ro', origin: 'user', sourceKind: 'directory' },
      ...[setting.cvmfs].map(path => ({
        source: path,
        destination: path,
        mode: 'rw',
        origin: 'default',
        sourceKind: 'directory',
      })),
      ...HELD,
    ]);
    const { variables, policy, set, unset } = plan.environment;
    expect([policy, unset]).toEqual(['keep', ['PYTHONPATH']]);
    expect(set).toContainEqual({ name: 'APPTAINERENV_A', value: '***' });
    expect(variables).toContainEqual({ name: 'A', value: '***', from: 'set' });
    expect(variables).toContainEqual({ name: 'TERM', from: 'host' });
    expect(variables).toContainEqual({ name: 'TOKEN', from: 'addressed' });
    expect(variables).toContainEqual({ name: 'JCDS_IMAGE', value: 'library/small:1', from: 'set' });
    expect(plan.reasons).toEqual({ workdir: "the caller's", home: "the caller's" });
    expect(plan.settings.cvmfsRoot).toEqual({ value: setting.cvmfs, from: 'JCDS_CVMFS_ROOT' });
    expect(plan.settings.envPolicy).toEqual({ value: 'keep', from: 'default' });
    expect(plan.notes).toEqual([
      'library/small:1 was made from small:1',
      'PYTHONPATH of the caller is not passed to the job',
      `running ${small} with apptainer 1.4.5`,
    ]);
  });
});
