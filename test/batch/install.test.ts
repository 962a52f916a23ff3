import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Setting } from '../cli/setting.ts';

const setting = new Setting();
afterAll(() => setting.remove());
const install = (...words: string[]) => setting.jcds(['condor', 'install', ...words]);
const WORDS = ['--prefix', '/opt/jcds/', '--config', '/etc/condor/config.d/60-images.conf', '--period', '2m'];

test('what is written is what a dry run prints, and what its scripts would be by themselves', () => {
  const printed = install('--dry-run', ...WORDS);
  expect(printed).toMatchObject({ code: 0, stderr: '' });
  for (const line of [
    'USER_JOB_WRAPPER = /opt/jcds/jcds-wrapper',
    'STARTD_CRON_JCDS_EXECUTABLE = /opt/jcds/jcds-machine-ad',
    'STARTD_CRON_JCDS_PERIOD = 120s',
  ])
    expect(printed.stdout.split('\n')).toContain(line);

  const root = join(setting.folder, 'node');
  const again = [install('--root', root, ...WORDS), install('--root', root, ...WORDS)];
  const places = ['opt/jcds/jcds-wrapper', 'opt/jcds/jcds-machine-ad', 'etc/condor/config.d/60-images.conf'];
  const files = places.map(place => join(root, place));
  for (const ended of again)
    expect(ended).toMatchObject({ code: 0, stdout: files.map(file => `${file}\n`).join('') });
  expect(files.map(file => (statSync(file).mode & 0o777).toString(8))).toEqual(['755', '755', '644']);
  const [wrapper, machineAd, configuration] = files.map(file => readFileSync(file, 'utf8'));
  expect(configuration).toBe(printed.stdout);
  expect(wrapper).toBe(setting.jcds(['condor', 'wrapper']).stdout);
  const alone = setting.jcds(['condor', 'machine-ad', '--script']).stdout;
  expect(machineAd).toBe(alone);
  const rarely = join(setting.folder, 'rarely');
  install('--root', rarely, '--prefix', '/opt/jcds', '--period', '1h');
  expect(readFileSync(join(rarely, 'opt/jcds/jcds-machine-ad'), 'utf8')).toBe(
    alone.replace('JCDSLifetime = 900', 'JCDSLifetime = 10800'),
  );
  // Nothing that was written aside is left, of which HTCondor would read every file.
  expect(readdirSync(join(root, 'etc/condor/config.d'))).toEqual(['60-images.conf']);
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
