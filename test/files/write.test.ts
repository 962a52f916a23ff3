import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { fileTrouble } from '../../src/files/refused-file.ts';
import { removeNamed, writeNamed, writeOwn, writeUsers } from '../../src/files/write.ts';

const uid = process.getuid!();

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'jcds-files-'));
  onTestFinished(() => rmSync(made, { recursive: true }));
  return made;
}

/** What became of it: `written`, or why not. */
function outcome(act: () => void): string {
  try {
    act();
    return 'written';
  } catch (thrown) {
    return fileTrouble(thrown) ?? String(thrown);
  }
}

describe('a file of jcds’ own', () => {
  /** A home with `.cache`, a place outside that a link can lead to, and what `plant` changes before it is written. */
  function write(plant: (home: string, outside: string) => void, owner = uid) {
    const base = folder();
    const [home, outside] = [join(base, 'home'), join(base, 'outside')];
    for (const directory of [home, outside]) mkdirSync(directory, { mode: 0o755 });
    plant(home, outside);
    const own = { base: join(home, '.cache/jcds'), name: 'images/one.json', uid: owner };
    const result = outcome(() => writeOwn(own, 'text', { changedAt: 86_400_000 }));
    return { result, home, outside: readdirSync(outside) };
  }
  const cache = (home: string, mode = 0o700) => {
    mkdirSync(join(home, '.cache'));
    chmodSync(join(home, '.cache'), mode);
  };

  test('all directories are made for this user alone, and the file is written aside', () => {
    const { result, home } = write(() => {});
    expect(result).toBe('written');
    for (const name of ['.cache', '.cache/jcds', '.cache/jcds/images'])
      expect(statSync(join(home, name)).mode & 0o7777).toBe(0o700);
    const file = join(home, '.cache/jcds/images/one.json');
    expect(readFileSync(file, 'utf8')).toBe('text');
    expect([statSync(file).mode & 0o7777, statSync(file).mtimeMs]).toEqual([0o600, 86_400_000]);
    expect(readdirSync(join(home, '.cache/jcds/images'))).toEqual(['one.json']);
  });

  test.each<[string, (home: string, outside: string) => void, string]>([
    [
      'a link in the place of jcds',
      (home, outside) => {
        cache(home);
        symlinkSync(outside, join(home, '.cache/jcds'));
      },
      'it is a link, or no directory',
    ],
    [
      'a link in the place of a directory below it',
      (home, outside) => {
        mkdirSync(join(home, '.cache/jcds'), { recursive: true, mode: 0o700 });
        symlinkSync(outside, join(home, '.cache/jcds/images'));
      },
      'it is a link, or no directory',
    ],
    [
      'a file in the place of a directory',
      home => {
        cache(home);
        writeFileSync(join(home, '.cache/jcds'), '');
      },
      'it is a link, or no directory',
    ],
    ['a cache that everybody may write to', home => cache(home, 0o777), 'others may write to it'],
    [
      'a directory of jcds that a group may write to',
      home => {
        mkdirSync(join(home, '.cache/jcds'), { recursive: true, mode: 0o700 });
        chmodSync(join(home, '.cache/jcds'), 0o770);
      },
      'others may write to it',
    ],
    ['a home that is not there', home => rmSync(home, { recursive: true }), 'ENOENT'],
  ])('%s: nothing is written', (_name, plant, reason) => {
    expect(write(plant)).toMatchObject({ result: reason, outside: [] });
  });

  test('a link to the cache as a whole is followed, and a group’s cache will do', () => {
    const { result, outside } = write((home, place) => symlinkSync(place, join(home, '.cache')));
    expect([result, outside]).toEqual(['written', ['jcds']]);
    expect(write(home => cache(home, 0o775)).result).toBe('written');
  });

  test('another user’s home stays as it is', () => {
    const { result, home } = write(() => {}, uid + 1);
    // Root's directory may hold a cache, as /tmp does; but what is made there would be root's.
    expect([result, existsSync(join(home, '.cache/jcds'))]).toEqual(['it belongs to another user', false]);
  });
});

test('a directory that answers ENOENT to mkdir', () => {
  const own = { base: '/proc/nobody/.cache/jcds', name: 'images/one.json', uid };
  expect(outcome(() => writeOwn(own, ''))).toBe('ENOENT');
});

describe('a file of the user’s', () => {
  test('is written where it really lies, with its own mode', () => {
    const base = folder();
    mkdirSync(join(base, 'repository'));
    const [link, real] = [join(base, '.bashrc'), join(base, 'repository/bashrc')];
    writeFileSync(real, 'old');
    chmodSync(real, 0o640);
    symlinkSync(real, link);
    writeUsers(link, 'new', uid, 0o644);
    expect([readlinkSync(link), readFileSync(real, 'utf8'), statSync(real).mode & 0o777]).toEqual([
      real,
      'new',
      0o640,
    ]);
  });
  test('that is another’s, or a device, is left alone', () => {
    const base = folder();
    const [file, device] = [join(base, 'file'), join(base, 'device')];
    writeFileSync(file, 'old');
    symlinkSync('/dev/null', device);
    expect(outcome(() => writeUsers(file, 'new', uid + 1, 0o644))).toBe('it belongs to another user');
    expect(outcome(() => writeUsers(device, 'new', uid, 0o644))).toMatch(
      uid === 0 ? 'it is no regular file' : 'it belongs to another user',
    );
    expect([readFileSync(file, 'utf8'), readdirSync(base).sort()]).toEqual(['old', ['device', 'file']]);
  });
});

describe('a file that the command line names', () => {
  const place = { mode: 0o644, isNew: false };
  test('is replaced, and so is a link to a file, itself', () => {
    const base = folder();
    const [file, link, victim] = [join(base, 'file'), join(base, 'link'), join(base, 'victim')];
    for (const name of [file, victim]) writeFileSync(name, 'old');
    symlinkSync(victim, link);
    for (const name of [file, link]) writeNamed(name, 'new', place);
    expect([file, link, victim].map(name => readFileSync(name, 'utf8'))).toEqual(['new', 'new', 'old']);
    expect(lstatSync(link).isFile()).toBe(true);
  });
  test('may have any bytes in its name', () => {
    const base = folder();
    const file = Buffer.concat([Buffer.from(`${base}/a`), Buffer.of(0xff)]);
    writeNamed(file, 'new', place);
    expect(readFileSync(file, 'utf8')).toBe('new');
    removeNamed(file);
    expect(readdirSync(base)).toEqual([]);
  });
  test('and is new: what is there stays', () => {
    const file = join(folder(), 'file');
    writeNamed(file, 'first', { ...place, isNew: true });
    expect(outcome(() => writeNamed(file, 'second', { ...place, isNew: true }))).toBe('EEXIST');
    expect(readFileSync(file, 'utf8')).toBe('first');
  });
  test.each<[string, (file: string) => void]>([
    // Root's rename would take the device itself away from everybody.
    ['a link to a device', file => symlinkSync('/dev/null', file)],
    ['a FIFO', file => void execFileSync('mkfifo', [file])],
    ['a directory', file => mkdirSync(file)],
  ])('is never %s', (_name, plant) => {
    const file = join(folder(), 'file');
    plant(file);
    expect(outcome(() => writeNamed(file, 'text', place))).toBe('it is no regular file');
    expect(outcome(() => removeNamed(file))).toBe('it is no regular file');
    expect(lstatSync(file).isFile()).toBe(false);
  });
});
