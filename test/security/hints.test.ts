import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { ListUnknownError } from '../../src/requests/locate-list.ts';
import { APPTAINER, builtFrom, JINR, Setting } from '../cli/setting.ts';

// Hints are commands, and people paste them: whatever a name holds, a shell takes it for one word, and nothing else is run.
const setting = new Setting();
afterAll(() => setting.remove());
setting.install('apptainer', APPTAINER);
setting.publish({ 'library/small:1': builtFrom('small:1') });

/** Names that a shell would obey, and that a terminal would. */
const NAMES = [
  'nx;touch PWN;$(touch PWN)',
  "it's `touch PWN`",
  'a\nb && touch PWN',
  '\u001b]0;PWN\u0007x',
  '=ls',
  '-rf',
];

const exec = (...words: string[]) => ['exec', ...words, 'small:1', 'ls'];
const base = join(setting.folder, 'odd');
/** How a name comes into a hint, and the command whose last word it then is. */
const WAYS: [what: string, run: (name: string) => ReturnType<Setting['jcds']>, command: RegExp][] = [
  [
    'wrap -o',
    name => setting.jcds(['wrap', '-o', join(base, name, 'f'), 'small:1', 'ls']),
    /^hint: (ls -ld .*)$/ms,
  ],
  [
    '--status-file',
    name => setting.jcds(exec('--status-file', join(base, name, 'f'))),
    /^hint: (ls -ld .*)$/ms,
  ],
  ['--env-file', name => setting.jcds(exec('--env-file', join(base, name))), /^hint: (ls -l .*)$/ms],
  ['--bind', name => setting.jcds(exec('--bind', join(base, name))), /^hint: (ls -ld .*)$/ms],
  [
    'a token file',
    name => {
      const file = join(base, name);
      writeFileSync(file, '', { mode: 0o644 });
      return setting.jcds(['auth', 'status'], { env: { JCDS_TOKEN_FILE: file } });
    },
    /^hint: (chmod 600 .*); if others/ms,
  ],
  [
    'a cache that is a link',
    name => {
      const XDG_CACHE_HOME = join(base, name);
      mkdirSync(XDG_CACHE_HOME);
      symlinkSync('/etc', join(XDG_CACHE_HOME, 'jcds'));
      return setting.jcds(['cache', 'prune'], { env: { XDG_CACHE_HOME } });
    },
    /lead: (ls -ld .*)$/ms,
  ],
  [
    'settings that cannot be written',
    name => {
      const XDG_CONFIG_HOME = join(base, name);
      writeFileSync(XDG_CONFIG_HOME, '');
      return setting.jcds(['config', 'set', 'gpu', 'none'], { env: { XDG_CONFIG_HOME } });
    },
    /there: (ls -la .*)$/ms,
  ],
  [
    'a project that is not trusted',
    name => {
      mkdirSync(join(base, name));
      writeFileSync(join(base, name, '.jcds.json'), '{"image":"a:1"}');
      return setting.jcds(['list'], { cwd: join(base, name) });
    },
    /trust it: (jcds config trust .*)$/ms,
  ],
  [
    'the path of an image',
    name => setting.jcds(['resolve', join(setting.cvmfs, JINR, 'x', name)]),
    /with: (jcds list .*)$/ms,
  ],
];

describe.each(WAYS)('%s', (_what, run, command) => {
  test.each(NAMES)('%j', name => {
    rmSync(base, { recursive: true, force: true });
    mkdirSync(base);
    const { code, stdout, stderr } = run(name);
    expect(code).not.toBe(0);
    // What a terminal would obey is on neither stream.
    expect(stdout + stderr).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f]/);
    const pasted = command.exec(stderr.trimEnd())?.[1];
    expect(pasted, stderr).toBeDefined();
    for (const shell of ['/bin/sh', '/bin/bash']) {
      const words = execFileSync(shell, ['-c', `set -- ${pasted}; printf '%s\\0' "$@"`], {
        cwd: base,
        encoding: 'utf8',
      });
      const last = words.split('\0').at(-2)!;
      expect([join(base, name), join(base, name, 'jcds'), `*${name}*`]).toContain(last);
    }
    expect(readdirSync(base).filter(found => found === 'PWN')).toEqual([]);
  });
});

test('a list of images is named by a file of somebody else’s project: quoted, too', () => {
  const { hint } = new ListUnknownError('sync/registry', null, ['a;touch PWN;$(id).txt']);
  expect(hint).toMatch(/: give it with --list-path 'a;touch PWN;\$\(id\)\.txt'$/);
});

test('settings are printed without what a terminal would obey', () => {
  const XDG_CONFIG_HOME = join(setting.folder, 'settings');
  mkdirSync(join(XDG_CONFIG_HOME, 'jcds'), { recursive: true });
  writeFileSync(join(XDG_CONFIG_HOME, 'jcds/config.json'), '{"binds": ["/a\u009b31m\u202eb"]}', {
    mode: 0o600,
  });
  for (const words of [
    ['config', 'list'],
    ['config', 'list', '--json'],
    ['config', 'get', 'binds'],
  ]) {
    const { code, stdout } = setting.jcds(words, { env: { XDG_CONFIG_HOME } });
    expect([code, stdout]).toEqual([0, expect.stringMatching(/31m/)]);
    expect(stdout).not.toMatch(/[\u009b\u202e]/);
  }
});
