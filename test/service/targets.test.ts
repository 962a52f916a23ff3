import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { OSG_LAYOUT } from '../../src/service/layout.ts';
import { type TARGETS, targetOf } from '../../src/service/targets/index.ts';
import { directoryOf } from './situations.ts';
import { type TestedTarget, targetContract } from './target-contract.ts';

const folders: string[] = [];
const where = { cwd: '/', uid: process.getuid!() };
function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'jcds-target-'));
  folders.push(made);
  return made;
}
afterEach(() => {
  for (const made of folders.splice(0)) rmSync(made, { recursive: true, force: true });
});

/** One for each row of the table: a row that is added without one is a failure here. */
const MADE: Readonly<Record<keyof typeof TARGETS, () => TestedTarget>> = {
  directory: () => {
    const place = join(folder(), 'repository');
    return {
      target: targetOf(`directory:${place}`, OSG_LAYOUT, where),
      read: path => (existsSync(join(place, path)) ? readFileSync(join(place, path), 'utf8') : null),
    };
  },
};
for (const [name, make] of Object.entries(MADE)) targetContract(name, make);

describe('a directory', () => {
  const open = (place: string) => targetOf(`directory:${place}`, OSG_LAYOUT, where);

  test('is open to everybody whatever the umask is', async () => {
    const place = join(folder(), 'repository');
    const umask = process.umask(0o077);
    try {
      await open(place).alone(0, async repository => {
        await repository.inWorkplace(async workplace => {
          mkdirSync(`${workplace}/rootfs`);
          await repository.addImage(directoryOf('one'), `${workplace}/rootfs`);
        });
        await repository.changeLinks([{ path: 'a/b:1', directory: directoryOf('one') }]);
        await repository.writeRecords([['.jcds/status.json', '{}']]);
      });
    } finally {
      process.umask(umask);
    }
    const mode = (path: string) => (lstatSync(join(place, path)).mode & 0o777).toString(8);
    expect(['', '.images', '.jcds', 'a', '.jcds/status.json'].map(mode)).toEqual([
      '755',
      '755',
      '755',
      '755',
      '644',
    ]);
  });

  test.each([
    [
      'that holds other things, such as a home',
      (place: string) => writeFileSync(join(place, '.bashrc'), ''),
      'it is not empty, and holds no images',
    ],
    ['that others may write to', (place: string) => chmodSync(place, 0o777), 'others may write to it'],
    [
      'that is a file',
      (place: string) => {
        rmSync(place, { recursive: true });
        writeFileSync(place, '');
      },
      'ENOTDIR',
    ],
  ])('%s is refused', async (_what, spoil, reason) => {
    const place = folder();
    spoil(place);
    await expect(open(place).alone(0, async () => {})).rejects.toMatchObject({
      code: 'TARGET_UNUSABLE',
      exitCode: 2,
      message: expect.stringContaining(reason),
    });
  });

  test('below one that is not there is refused: a name that is misspelled makes no repository', async () => {
    await expect(open(join(folder(), 'no/repository')).alone(0, async () => {})).rejects.toMatchObject({
      code: 'TARGET_UNUSABLE',
    });
  });

  test('with a link in the place of a namespace: nothing is made where it leads, and it is no name', async () => {
    const [place, elsewhere] = [folder(), folder()];
    mkdirSync(join(place, '.images'));
    symlinkSync(elsewhere, join(place, 'a'));
    const failures = await open(place).alone(0, repository =>
      repository.changeLinks([{ path: 'a/b:1', directory: directoryOf('one') }]),
    );
    expect(failures).toEqual([{ path: 'a/b:1', text: 'its link could not be changed: ENOTDIR' }]);
    expect(readdirSync(elsewhere)).toEqual([]);
  });

  test('with something else in the place of a link: it stays', async () => {
    const place = folder();
    mkdirSync(join(place, '.images'));
    mkdirSync(join(place, 'a/b:1'), { recursive: true });
    const target = open(place);
    expect((await target.look()).others).toEqual(new Set(['a/b:1']));
    const changes = [directoryOf('one'), null].map(directory => ({ path: 'a/b:1', directory }));
    const failures = await target.alone(0, repository => repository.changeLinks(changes));
    expect(failures.map(({ text }) => text)).toEqual(
      Array(2).fill('something that is no link stands in its place'),
    );
    expect(existsSync(join(place, 'a/b:1'))).toBe(true);
  });

  test('what one that was killed has left in its workplace goes', async () => {
    const place = folder();
    mkdirSync(join(place, '.jcds/tmp/half/rootfs'), { recursive: true });
    await open(place).alone(0, async () => {});
    expect(readdirSync(join(place, '.jcds/tmp'))).toEqual([]);
  });
});

test.each(['', 'directory', 'directory:', 'cvmfs:/x', 'toString:/x'])('%j is no target', text => {
  expect(() => targetOf(text, OSG_LAYOUT, where)).toThrow(expect.objectContaining({ code: 'USAGE' }));
});
