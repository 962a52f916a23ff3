import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { pack } from '../../src/kept-code.ts';
import { removeFolder } from '../cli/remove-folder.ts';
import { APPTAINER, builtFrom, Setting } from '../cli/setting.ts';
import { foreignCode, programOf } from './code.ts';

// What a program in a container, or another user, can leave where jcds looks for code: none of it may ever run.
const setting = new Setting();
afterAll(() => setting.remove());
setting.install('apptainer', APPTAINER);
setting.publish({ 'library/small:1': builtFrom('small:1') });
const dist = join(setting.folder, 'jcds/dist');
const kept = join(dist, 'code');
const stolen = join(setting.folder, 'stolen');
const EVIL = `require('fs').writeFileSync(${JSON.stringify(stolen)},'');process.exit(0)`;

/** The first words that have code, and a command that begins with each. */
const COMMANDS: Record<string, readonly string[]> = {
  'jcds-plan': ['exec', '--runtime', 'apptainer', 'small:1', 'true'],
  'jcds-look': ['exec', '--runtime', 'apptainer', 'small:1', 'true'],
  resolve: ['resolve', 'small:1'],
  list: ['list'],
  status: ['status', 'small:1'],
};

const nameOf = (word: string) => `${programOf(dist).build}-${process.version}-${process.arch}-${word}`;

beforeEach(() => {
  rmSync(stolen, { force: true });
  for (const place of [kept, join(setting.home, '.cache')]) removeFolder(place);
});

/** What a command answers where nobody has kept any code. */
function answer(words: readonly string[]): unknown {
  removeFolder(join(setting.home, '.cache'));
  const { code, stdout, stderr } = setting.jcds(words);
  return { code, stdout, stderr, stolen: existsSync(stolen) };
}

describe.each(Object.entries(COMMANDS))('code of %s', (word, words) => {
  const file = join(kept, nameOf(word));

  test('in the user’s cache is not run, and none is left there', () => {
    const directory = join(setting.home, '.cache/jcds/code');
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    for (const code of [foreignCode(dist, EVIL), pack(foreignCode(dist, EVIL))]) {
      writeFileSync(join(directory, nameOf(word)), code, { mode: 0o600 });
      expect([setting.jcds(words).code, existsSync(stolen)]).toEqual([0, false]);
    }
    rmSync(directory, { recursive: true });
    setting.jcds(words);
    expect(existsSync(directory)).toBe(false);
  });

  test('beside the program is used where its owner has put it, and nobody else may write it', () => {
    const right = answer(words);
    mkdirSync(kept);
    const plant = () => writeFileSync(file, pack(foreignCode(dist, EVIL)));
    plant();
    // So the others below are refused for what they are.
    expect(answer(words)).toMatchObject({ stolen: true });
    rmSync(stolen);
    for (const mode of [0o664, 0o646]) {
      chmodSync(file, mode);
      expect(answer(words)).toEqual(right);
    }
    chmodSync(file, 0o644);
    symlinkSync(file, `${file}.link`);
    rmSync(file);
    symlinkSync(`${file}.real`, file);
    writeFileSync(`${file}.real`, pack(foreignCode(dist, EVIL)));
    expect(answer(words)).toEqual(right);
    rmSync(file);
    spawnSync('mkfifo', [file]);
    expect(answer(words)).toEqual(right);
  });
});

/** Dice that fall alike in every run. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return sides => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state % sides;
  };
}

test('the installer keeps code for every kind of start, and nothing that is damaged is used', () => {
  const right = Object.entries(COMMANDS).map(([word, words]) => [word, words, answer(words)] as const);
  const keeper = spawnSync(process.execPath, [join(dist, 'keep-code.cjs')], { encoding: 'utf8' });
  expect(keeper.stdout).toBe(`jcds: kept the code of 5 kinds of starts for Node.js ${process.version}\n`);
  expect(readdirSync(kept).sort()).toEqual(Object.keys(COMMANDS).map(nameOf).sort());
  const roll = dice(7);
  for (const [word, words, expected] of right) {
    const file = join(kept, nameOf(word));
    expect(statSync(file).mode & 0o777).toBe(0o644);
    expect(answer(words)).toEqual(expected);
    const whole = readFileSync(file);
    for (const damage of [
      () => truncateSync(file, roll(whole.length)),
      () => truncateSync(file, 3),
      () => writeFileSync(file, Buffer.alloc(whole.length)),
      () => writeFileSync(file, Buffer.concat([whole, Buffer.of(0)])),
      ...Array.from({ length: 4 }, () => () => {
        const flipped = Buffer.from(whole);
        const at = roll(whole.length);
        flipped[at] = flipped[at]! ^ (1 << roll(8));
        writeFileSync(file, flipped);
      }),
    ]) {
      damage();
      expect(answer(words)).toEqual(expected);
      writeFileSync(file, whole);
    }
  }
}, 240_000);

test('the package of npm holds no code: each host makes its own where it installs', () => {
  const root = resolve(import.meta.dirname, '../..');
  const words = ['pack', '--dry-run', '--json', '--ignore-scripts'];
  const { stdout } = spawnSync('npm', words, { cwd: root, encoding: 'utf8' });
  const [{ files }] = JSON.parse(stdout) as [{ files: { path: string }[] }];
  const paths = files.map(({ path }) => path).filter(path => /^dist\/(?:[^/]*\.cjs$|code)/.test(path));
  expect(paths).toEqual(['dist/jcds.cjs', 'dist/keep-code.cjs', 'dist/start.cjs']);
});
