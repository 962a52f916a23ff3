import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { readIndex } from '../../src/completion/index-file.ts';
import { makeCernRepository } from '../hosts/tree.ts';
import { removeFolder } from './remove-folder.ts';
import { APPTAINER, builtFrom, JINR, Setting } from './setting.ts';

// `jcds list` as it is installed keeps the names that TAB offers; whatever becomes of that, its answer is the same.
const setting = new Setting();
const CERN = 'unpacked.cern.ch';
const image = builtFrom('x');
const PUBLISHED = {
  'library/small:1': image,
  'nica/bmn:1': image,
  'nica/bmn:2': image,
  'nica/$(touch ran):1': image,
};
makeCernRepository(join(setting.cvmfs, CERN), { 'git.jinr.ru:5005/nica/cern:1': image });
mkdirSync(join(setting.cvmfs, 'empty.cern.ch'));
afterAll(() => setting.remove());

const directory = join(setting.home, '.cache/jcds/completion');
const context = { environment: {}, home: setting.home, uid: process.getuid!(), now: Date.now };
const kept = (repository = JINR) => readIndex(context, repository);
const ALL = ['library/small:1', 'nica/bmn:1', 'nica/bmn:2'];
beforeEach(() => {
  for (const place of [dirname(directory), join(setting.cvmfs, JINR)]) removeFolder(place);
  setting.publish(PUBLISHED);
});

/** Where a list starts no refresh, since one has just been started. */
function noRefresh(): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  writeFileSync(join(directory, 'attempt'), '');
}

test('a whole list replaces the names, of every repository that it names', () => {
  expect(setting.jcds(['list', '--repository', JINR, '--repository', CERN])).toMatchObject({
    code: 0,
    stderr: '',
  });
  expect([kept(), kept(CERN)]).toEqual([ALL, ['git.jinr.ru:5005/nica/cern:1']]);
  // Nothing is left to be listed, and what one command line searches is not what all do.
  expect(readdirSync(directory).sort()).toEqual([`${JINR}.names`, `${CERN}.names`]);
  setting.jcds(['list']);
  const file = join(directory, `${JINR}.names`);
  const inode = statSync(file).ino;
  setting.jcds(['list']);
  expect(statSync(file).ino).toBe(inode);
  for (const name of ['nica/bmn:1', 'nica/bmn:2']) rmSync(join(setting.cvmfs, JINR, name));
  expect(setting.jcds(['list', '--json']).code).toBe(0);
  expect(kept()).toEqual(['library/small:1']);
});

test('with the same number of names, others replace them after ten minutes', () => {
  rmSync(join(setting.cvmfs, JINR, 'nica/$(touch ran):1'));
  setting.jcds(['list']);
  expect(readFileSync(join(directory, 'searched'), 'utf8')).toBe(`jcds-completion 1\n${JINR}\n`);
  setting.publish({ 'nica/bmn:3': image });
  rmSync(join(setting.cvmfs, JINR, 'nica/bmn:1'));
  setting.jcds(['list']);
  expect(kept()).toEqual(ALL);
  const early = Date.now() / 1000 - 601;
  utimesSync(join(directory, `${JINR}.names`), early, early);
  setting.jcds(['list']);
  expect(kept()).toEqual(['library/small:1', 'nica/bmn:2', 'nica/bmn:3']);
});

test('what a project searches is listed there, and is not what is searched elsewhere', async () => {
  const project = join(setting.folder, 'project');
  mkdirSync(project, { recursive: true });
  writeFileSync(join(project, '.jcds.json'), JSON.stringify({ repositories: [CERN] }));
  setting.trust(project);
  const XDG_CACHE_HOME = join(setting.folder, 'cache-of-project');
  const index = join(XDG_CACHE_HOME, 'jcds/completion');
  const inProject = { cwd: project, env: { XDG_CACHE_HOME } };
  expect(setting.jcds(['list'], inProject).stdout).toBe('git.jinr.ru:5005/nica/cern:1\n');
  expect(readdirSync(index)).toEqual([`${CERN}.names`]);
  rmSync(join(index, `${CERN}.names`));
  const watcher = watch(index);
  const whole = new Promise<void>(resolve => {
    watcher.on('change', () => {
      // The list itself has found none: only the refresh writes it.
      if (readdirSync(index).includes(`${CERN}.names`)) resolve();
    });
  });
  expect(setting.jcds(['list', 'none/'], inProject).code).toBe(1);
  await whole;
  watcher.close();
});

test('a list with a pattern adds what it found', () => {
  noRefresh();
  setting.jcds(['list', 'library/']);
  expect(kept()).toEqual(['library/small:1']);
  setting.jcds(['list', 'none/']);
  expect(kept()).toEqual(['library/small:1']);
  setting.jcds(['list', '*:2']);
  expect(kept()).toEqual(['library/small:1', 'nica/bmn:2']);
});

test('and starts the listing of all names in the background, where it looked itself', async () => {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const watcher = watch(directory);
  const whole = new Promise<void>(resolve => {
    watcher.on('change', () => kept()?.length === ALL.length && resolve());
  });
  const words = ['list', '--cvmfs-root', '../../cvmfs', 'library/'];
  expect(setting.jcds(words, { env: { JCDS_CVMFS_ROOT: undefined } }).stdout).toBe('library/small:1\n');
  await whole;
  watcher.close();
  expect(kept()).toEqual(ALL);
});

test('a list that breaks off replaces nothing', () => {
  noRefresh();
  setting.jcds(['list']);
  const before = readFileSync(join(directory, `${JINR}.names`));
  const broken = setting.jcds(['list', '--repository', 'empty.cern.ch', '--repository', JINR]);
  expect([broken.code, broken.stdout]).toEqual([75, '']);
  expect(readFileSync(join(directory, `${JINR}.names`))).toEqual(before);
  expect(readdirSync(directory).sort()).toEqual(['attempt', `${JINR}.names`, 'searched']);
});

test.each<[string, () => void]>([
  ['a file where the cache should be', () => writeFileSync(join(setting.home, '.cache/jcds'), '')],
  [
    'an index that is none',
    () => {
      noRefresh();
      writeFileSync(join(directory, `${JINR}.names`), '\0$(touch ran)');
    },
  ],
  ['a directory in its place', () => mkdirSync(join(directory, `${JINR}.names/x`), { recursive: true })],
])('%s costs the list nothing', (_, spoil) => {
  mkdirSync(join(setting.home, '.cache'), { recursive: true });
  spoil();
  for (const words of [['list'], ['list', 'library/']]) {
    const { code, stdout, stderr } = setting.jcds(words);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('library/small:1\n');
  }
});

test('no other command lists anything in the background', () => {
  setting.install('apptainer', APPTAINER);
  // Not where a refresh of the tests above may still be at work.
  const XDG_CACHE_HOME = join(setting.folder, 'cache');
  const kept = join(XDG_CACHE_HOME, 'jcds/completion');
  const jcds = (...words: string[]) => setting.jcds(words, { env: { XDG_CACHE_HOME } });
  for (const words of [
    ['exec', 'small:1', 'true'],
    ['run', '--dry-run', 'small:1'],
    ['resolve', 'small:1'],
    ['cache'],
    ['config', 'list'],
    ['--help'],
  ])
    expect([words, jcds(...words).code, existsSync(kept)]).toEqual([words, 0, false]);
  jcds('status', 'small:1');
  expect(readdirSync(kept)).toContain('attempt');
});
