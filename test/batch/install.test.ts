import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Setting } from '../cli/setting.ts';

const setting = new Setting();
afterAll(() => setting.remove());
const install = (...words: string[]) => setting.jcds(['condor', 'install', ...words]);
/** There is no HTCondor on the host of the tests. */
const NOT_ASKED = 'jcds: whether the site has a job wrapper already was not asked, since ';
const WORDS = ['--prefix', '/opt/jcds/', '--config', '/etc/condor/config.d/60-images.conf', '--period', '2m'];

test('what is written is what a dry run prints, and what its scripts would be by themselves', {
  timeout: 120_000,
}, () => {
  const printed = install('--dry-run', ...WORDS);
  expect(printed).toMatchObject({ code: 0, stderr: expect.stringContaining(NOT_ASKED) });
  for (const line of [
    'USER_JOB_WRAPPER = /opt/jcds/jcds-wrapper',
    'STARTD_CRON_JCDS_EXECUTABLE = /opt/jcds/jcds-machine-ad',
    'STARTD_CRON_JCDS_PERIOD = 120s',
  ])
    expect(printed.stdout.split('\n')).toContain(line);

  const root = join(setting.folder, 'node');
  const again = [install('--root', root, ...WORDS), install('--root', root, ...WORDS)];
  const places = [
    ...['opt/jcds/jcds-wrapper', 'opt/jcds/jcds-machine-ad', 'opt/jcds/jcds-after'],
    'etc/condor/config.d/60-images.conf',
  ];
  const files = places.map(place => join(root, place));
  for (const ended of again)
    expect(ended).toMatchObject({ code: 0, stdout: files.map(file => `${file}\n`).join('') });
  expect(files.map(file => (statSync(file).mode & 0o777).toString(8))).toEqual(['755', '755', '755', '644']);
  const [wrapper, machineAd, , configuration] = files.map(file => readFileSync(file, 'utf8'));
  expect(configuration).toBe(printed.stdout);
  expect(wrapper).toBe(setting.jcds(['condor', 'wrapper']).stdout);
  const alone = setting.jcds(['condor', 'machine-ad', '--script']).stdout;
  expect(machineAd).toBe(alone);
  const rarely = join(setting.folder, 'rarely');
  install('--root', rarely, '--prefix', '/opt/jcds', '--period', '1h');
  expect(readFileSync(join(rarely, 'opt/jcds/jcds-machine-ad'), 'utf8')).toBe(
    alone.replace('JCDSLifetime = 900', 'JCDSLifetime = 10800'),
  );
  // All of it goes again, and nothing else.
  writeFileSync(join(rarely, 'opt/jcds/jcds-after'), '#!/bin/sh\n');
  expect(install('--root', rarely, '--prefix', '/opt/jcds', '--uninstall')).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringContaining('jcds-after does not say that jcds wrote it'),
  });
  const gone = install('--root', root, '--uninstall', ...WORDS);
  expect(gone.stdout.trim().split('\n').sort()).toEqual([...files].sort());
  expect(files.filter(file => existsSync(file))).toEqual([]);
  install('--root', root, ...WORDS);
  // Nothing that was written aside is left, of which HTCondor would read every file.
  expect(readdirSync(join(root, 'etc/condor/config.d'))).toEqual(['60-images.conf']);
});

// A node's image is made by others, and its absolute links are meant for the node, not for this host.
test('links of a node lead below its root, whoever laid them', () => {
  const [root, host] = [join(setting.folder, 'linked'), join(setting.folder, 'host')];
  for (const directory of [join(root, 'usr/local'), join(root, 'etc'), join(root, 'opt'), host])
    mkdirSync(directory, { recursive: true });
  symlinkSync(host, join(root, 'etc/condor'));
  symlinkSync('/opt/../../../../libexec', join(root, 'usr/local/libexec'));
  symlinkSync(`../../../../../../../../../../../..${host}`, join(root, 'libexec'));
  const written = [
    ...['wrapper', 'machine-ad', 'after'].map(name => join(root, host, 'jcds', `jcds-${name}`)),
    join(root, host, 'config.d/50-jcds.conf'),
  ];
  const printed = written.map(file => `${file}\n`);
  expect(install('--root', root)).toMatchObject({ code: 0, stdout: printed.join('') });
  expect(readdirSync(host)).toEqual([]);
  expect(written.filter(file => existsSync(file))).toEqual(written);

  // What the same link leads to on this host is neither read nor taken away.
  mkdirSync(join(host, 'config.d'));
  writeFileSync(join(host, 'config.d/50-jcds.conf'), '# Written by jcds\n');
  const { code, stdout } = install('--root', root, '--uninstall');
  expect({ code, gone: stdout.trim().split('\n').sort() }).toEqual({ code: 0, gone: [...written].sort() });
  expect(written.filter(file => existsSync(file))).toEqual([]);
  expect(readdirSync(join(host, 'config.d'))).toEqual(['50-jcds.conf']);
});

test('a link in the place of a file is replaced, and what it leads to on this host is not read', () => {
  const [root, host] = [join(setting.folder, 'file-link'), join(setting.folder, 'host.conf')];
  mkdirSync(join(root, 'etc/condor/config.d'), { recursive: true });
  writeFileSync(host, '# Written by jcds\n');
  const file = join(root, 'etc/condor/config.d/50-jcds.conf');
  symlinkSync(host, file);
  mkdirSync(join(root, host, '..'), { recursive: true });
  writeFileSync(join(root, host), '# by hand\n');
  expect(install('--root', root, '--uninstall')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('50-jcds.conf does not say that jcds wrote it'),
  });
  expect(install('--root', root).code).toBe(0);
  expect(lstatSync(file).isFile()).toBe(true);
  expect([host, join(root, host)].map(path => readFileSync(path, 'utf8'))).toEqual([
    '# Written by jcds\n',
    '# by hand\n',
  ]);
});

test.each(['000', '022', '077'])(
  'with umask %s all may read and start it, and its owner alone may write',
  umask => {
    const root = join(setting.folder, `umask-${umask}`);
    mkdirSync(root);
    expect(setting.sh(`umask ${umask}; "$jcds" condor install --root ${root} --prefix /opt/jcds`).code).toBe(
      0,
    );
    const modes = readdirSync(root, { recursive: true, encoding: 'utf8' }).map(
      path => `${path} ${(statSync(join(root, path)).mode & 0o7777).toString(8)}`,
    );
    expect(modes.sort()).toEqual([
      'etc 755',
      'etc/condor 755',
      'etc/condor/config.d 755',
      'etc/condor/config.d/50-jcds.conf 644',
      'opt 755',
      'opt/jcds 755',
      'opt/jcds/jcds-after 755',
      'opt/jcds/jcds-machine-ad 755',
      'opt/jcds/jcds-wrapper 755',
    ]);
    const [wrapper, machineAd] = ['wrapper', 'machine-ad'].map(name => join(root, name)) as [string, string];
    setting.sh(
      `umask ${umask}; "$jcds" condor wrapper -o ${wrapper}; "$jcds" condor machine-ad --script -o ${machineAd}`,
    );
    expect([wrapper, machineAd].map(file => (statSync(file).mode & 0o7777).toString(8))).toEqual([
      '755',
      '755',
    ]);
  },
);

// What the negotiator evaluates for each job and machine stands there.
test('with thirty repositories the configuration is the same as with one', () => {
  const names = Array.from({ length: 30 }, (_, at) => ['--repository', `r${at}.example.org`]).flat();
  const [one, many] = [install('--dry-run', ...names.slice(0, 2)), install('--dry-run', ...names)];
  expect(one.code).toBe(0);
  expect(many.stdout).toBe(one.stdout);
});

describe('refused', () => {
  test.each([
    [['--prefix', 'relative'], '--prefix "relative" is no absolute path'],
    [['--prefix', '/opt/$(HOME)'], 'HTCondor would read something into other characters'],
    [['--prefix', '/opt/a b'], 'is no absolute path of letters'],
    [['--config', '/etc/condor/../x'], '--config "/etc/condor/../x" is no absolute path'],
    [['--prefix', '/etc/condor/config.d'], 'holds the configuration, of which HTCondor reads every file'],
    [['--period', 'often'], '--period "often" is no duration'],
    [['--repository', 'a$(x).ru'], 'is not the name of a CVMFS repository'],
  ])('%j', (words, message) => {
    const { code, stdout, stderr } = install('--root', join(setting.folder, 'nothing'), ...words);
    expect({ code, stdout, said: stderr.includes(message) }).toEqual({ code: 2, stdout: '', said: true });
  });

  test('a place that cannot be written', () => {
    const file = join(setting.folder, 'file');
    writeFileSync(file, '');
    const { code, stderr } = install('--root', file);
    expect({ code, said: stderr.includes('cannot be made (ENOTDIR)') }).toEqual({ code: 1, said: true });
  });

  test('links that lead round in a circle', () => {
    const root = join(setting.folder, 'circle');
    mkdirSync(root);
    symlinkSync('/etc', join(root, 'etc'));
    for (const words of [[], ['--uninstall']])
      expect(install('--root', root, ...words)).toMatchObject({
        code: 1,
        stderr: expect.stringContaining(
          `${root}/etc/condor/config.d is not used (it is a link, or no directory)`,
        ),
      });
    expect(readdirSync(root).filter(name => name !== 'usr')).toEqual(['etc']);
  });

  test('a directory where anybody could replace what every job runs', () => {
    const root = join(setting.folder, 'open');
    mkdirSync(join(root, 'opt/jcds'), { recursive: true });
    chmodSync(join(root, 'opt/jcds'), 0o777);
    expect(install('--root', root, '--prefix', '/opt/jcds')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`${root}/opt/jcds is not used (others may write to it)`),
    });
    expect(readdirSync(join(root, 'opt/jcds'))).toEqual([]);
  });

  test('a configuration that is a directory; the scripts are there by then', () => {
    const root = join(setting.folder, 'half');
    mkdirSync(join(root, 'etc/condor/config.d/50-jcds.conf'), { recursive: true });
    const { code, stderr } = install('--root', root);
    expect({ code, said: stderr.includes('50-jcds.conf cannot be written (it is no regular file)') }).toEqual(
      {
        code: 1,
        said: true,
      },
    );
    expect(readdirSync(join(root, 'etc/condor/config.d'))).toEqual(['50-jcds.conf']);
  });
});
