import { mkdirSync, readFileSync, statSync, utimesSync, watch } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { amendIndex, readIndex, updateIndex } from '../../src/completion/index-file.ts';
import { isRefreshDue, refreshWhenDue, startRefresh } from '../../src/completion/refresh.ts';
import { makeCernRepository, makeFileRepository, makeOsgRepository } from '../hosts/tree.ts';
import { Account } from './command.ts';

const JINR = 'containers.jinr.ru';
const OSG = { name: JINR, layout: 'osg' } as const;
const MINUTE = 60_000;
const IMAGE = { files: { 'etc/name': 'x' } };

let account: Account;
beforeEach(() => {
  account = new Account();
});
afterEach(() => account.remove());

describe('a refresh is due', () => {
  const now = Date.UTC(2025, 5, 1, 12);
  const context = (ago = 0) => ({ ...account.context, now: () => now - ago * MINUTE });
  const due = () => isRefreshDue(context(), [JINR]);

  test('when the names were never listed as a whole', async () => {
    expect(due()).toBe(true);
    amendIndex(context(), OSG, { published: ['a/b:1'] });
    expect(due()).toBe(true);
    await updateIndex(context(), OSG, ['a/b:1']);
    expect(due()).toBe(false);
  });

  test('when they are older than six hours, of any repository', async () => {
    await updateIndex(context(359), OSG, []);
    expect(due()).toBe(false);
    expect(isRefreshDue(context(), [JINR, 'unpacked.cern.ch'])).toBe(true);
    await updateIndex(context(361), OSG, []);
    expect(due()).toBe(true);
  });

  test('and only then is one started', async () => {
    await updateIndex(context(), OSG, ['a/b:1']);
    refreshWhenDue(context(), [JINR]);
    expect(account.read('.cache/jcds/completion/attempt')).toBeNull();
    refreshWhenDue(context(), [JINR, 'unpacked.cern.ch']);
    expect(account.read('.cache/jcds/completion/attempt')).toBe('');
  });

  test('but not within half an hour of the last start, unless that lies in the future', () => {
    account.self = ['/bin/true'];
    startRefresh(context(29));
    expect(due()).toBe(false);
    startRefresh(context(31));
    expect(due()).toBe(true);
    startRefresh(context(-1));
    expect(due()).toBe(true);
  });
});

test('it runs in a session of its own, in no directory of the user, with no stream of the caller', async () => {
  const directory = join(account.home, '.cache/jcds/completion');
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  account.program(
    'self',
    `streams=$(readlink /proc/$$/fd/0 /proc/$$/fd/1 /proc/$$/fd/2)
session=$(cut -d' ' -f6 /proc/$$/stat)
printf '%s\\n' "$*" "$PWD" "$session" $$ "$streams" >"$HOME/told.aside"
mv "$HOME/told.aside" "$HOME/told"`,
  );
  account.environment.PATH = '/usr/bin:/bin';
  account.self = [join(account.home, 'bin/self'), 'first'];
  const watcher = watch(account.home);
  const told = new Promise<void>(resolve => {
    watcher.on('change', (_, name) => name === 'told' && resolve());
  });
  startRefresh(account.context, ['--cvmfs-root', '/x y']);
  await told;
  watcher.close();
  const [words, place, session, pid, ...streams] = account.read('told')!.trimEnd().split('\n');
  expect([words, place, streams]).toEqual([
    'first completion refresh --cvmfs-root /x y',
    '/',
    ['/dev/null', '/dev/null', '/dev/null'],
  ]);
  expect(session).toBe(pid);
});

test('a program that cannot be started, or a cache that cannot be written, is of no consequence', () => {
  account.self = ['/nonexistent/program'];
  startRefresh(account.context);
  account.self = [];
  startRefresh(account.context);
  account.environment.XDG_CACHE_HOME = account.write('file', '');
  startRefresh(account.context);
  refreshWhenDue(account.context, [JINR]);
});

describe('jcds completion refresh', () => {
  let root = '';
  beforeEach(() => {
    root = join(account.home, 'cvmfs');
    account.environment.JCDS_CVMFS_ROOT = root;
    makeOsgRepository(join(root, JINR), {
      'nica/bmn:1': IMAGE,
      'library/debian:12': IMAGE,
      'nica/$(touch ran):1': IMAGE,
    });
  });
  const names = (repository: string) => readIndex(account.context, repository);
  const searched = () => account.read('.cache/jcds/completion/searched');

  test('lists every repository that is searched, by the names that one types', async () => {
    makeCernRepository(join(root, 'unpacked.cern.ch'), { 'reg.io:5000/a/b:1': IMAGE });
    makeFileRepository(join(root, 'singularity.galaxyproject.org'), { 'all/bwa:0.7--1': { content: 'x' } });
    account.environment.JCDS_REPOSITORIES = `${JINR},unpacked.cern.ch,singularity.galaxyproject.org`;
    expect(await account.jcds('completion', 'refresh', '-v')).toEqual({
      code: 0,
      stdout: '',
      stderr: `jcds: 2 names of ${JINR}, 1 left out\njcds: 1 names of unpacked.cern.ch, 0 left out\njcds: 1 names of singularity.galaxyproject.org, 0 left out\n`,
    });
    expect([names(JINR), names('unpacked.cern.ch'), names('singularity.galaxyproject.org')]).toEqual([
      ['library/debian:12', 'nica/bmn:1'],
      ['reg.io:5000/a/b:1'],
      ['quay.io/biocontainers/bwa:0.7--1'],
    ]);
  });

  test('notes what is searched when the configuration says it, and not what one command line or terminal does', async () => {
    account.environment.JCDS_REPOSITORIES = JINR;
    await account.jcds('completion', 'refresh');
    expect(searched()).toBeNull();
    delete account.environment.JCDS_REPOSITORIES;
    await account.jcds('completion', 'refresh', '--repository', JINR);
    expect(searched()).toBeNull();
    await account.jcds('completion', 'refresh');
    expect(searched()).toBe(`jcds-completion 1\n${JINR}\n`);
  });

  test('keeps the old names of a repository that cannot be seen, lists the others, and ends with 75', async () => {
    await updateIndex(account.context, { name: 'unpacked.cern.ch', layout: 'cern' }, ['reg.io/old/one:1']);
    const { code, stderr } = await account.jcds(
      ...['completion', 'refresh', '--repository', 'unpacked.cern.ch', '--repository', JINR],
    );
    expect([code, stderr]).toEqual([75, expect.stringContaining('unpacked.cern.ch cannot be seen')]);
    expect([names('unpacked.cern.ch'), names(JINR)]).toEqual([
      ['reg.io/old/one:1'],
      ['library/debian:12', 'nica/bmn:1'],
    ]);
  });

  test('says that the names cannot be written', async () => {
    account.environment.XDG_CACHE_HOME = account.write('file', '');
    const { code, stderr } = await account.jcds('completion', 'refresh');
    expect([code, stderr]).toEqual([1, `jcds: the names of ${JINR} could not be written: ENOTDIR\n`]);
  });
});

test('the attempt is noted as a file of its own age', () => {
  startRefresh(account.context);
  const file = join(account.home, '.cache/jcds/completion/attempt');
  expect(readFileSync(file, 'utf8')).toBe('');
  utimesSync(file, 1, 1);
  startRefresh(account.context);
  expect(Date.now() - statSync(file).mtimeMs).toBeLessThan(MINUTE);
});
