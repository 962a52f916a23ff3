import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

const SRC = resolve(import.meta.dirname, '../../src');

/** Every call of node:fs by which a file is opened, made, written, moved, or given other rights. */
const OPENING =
  /^(?:readFile|open|openAsBlob|createReadStream|createWriteStream|read|readv|writeFile|appendFile|write|writev|copyFile|cp|mkdir|mkdtemp|rename|link|symlink|truncate|ftruncate|chmod|fchmod|lchmod|chown|fchown|lchown)(?:Sync)?$/;

/**
 * What lies outside the image and the repository is read and written by src/files alone. These are the others, and why. A module
 * that stands here and needs it no longer is a failure too.
 */
const ALLOWED: Record<string, string> = {
  'loader.ts': 'starts the program: no other module is there yet',
  'keep-code.ts': 'for the installer: a temporary directory, and the directory beside the program',
  'rehearsal.ts': 'for the installer: fills that temporary directory',
  'rootfs/image-view.ts': 'the image',
  'rootfs/inspect.ts': 'the image, by descriptors of image-view.ts',
  'rootfs/find-command.ts': 'the image, by descriptors of image-view.ts',
  'cvmfs/open-repository.ts': 'the repository',
  'cvmfs/careful-look.ts': 'the repository',
  'cvmfs/look-program.ts': 'its standard input and output',
  'job/stats.ts': 'a descriptor that it was given',
  'launch/emit.ts': 'a descriptor that it was given',
  'requests/git-remote.ts': 'a temporary directory for git',
};

/** The names that a module takes from node:fs, however it comes by them. */
function callsIn(text: string): string[] {
  const imported = [...text.matchAll(/import \{([^}]*)\} from '(?:node:)?fs(?:\/promises)?'/g)].flatMap(
    ([, names]) =>
      names!.split(',').map(
        name =>
          name
            .trim()
            .replace(/^type .*/, '')
            .split(' as ')[0]!,
      ),
  );
  const whole =
    /(?:import|getBuiltinModule|require)\(['"](?:node:)?fs|import \* as \w+ from '(?:node:)?fs/.test(text);
  return [...imported.filter(name => OPENING.test(name)), ...(whole ? ['all of it'] : [])];
}

test('what lies outside the image and the repository is opened and written by src/files alone', () => {
  const found = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts') && !name.startsWith('files/'))
    .filter(name => callsIn(readFileSync(join(SRC, name), 'utf8')).length > 0)
    .map(name => relative(SRC, join(SRC, name)));
  expect(found.sort()).toEqual(Object.keys(ALLOWED).sort());
});

test('conf, which writes by itself, is used where its directory was judged', () => {
  const users = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts'))
    .filter(name => /['"](?:conf|atomically)['"]/.test(readFileSync(join(SRC, name), 'utf8')));
  expect(users).toEqual(['configuration/write-user.ts']);
});

test.each([
  ["import { readFileSync } from 'node:fs';", ['readFileSync']],
  ["import {\n  closeSync,\n  openSync as open,\n} from 'fs';", ['openSync']],
  ["import { writeFile } from 'node:fs/promises';", ['writeFile']],
  ["import * as fs from 'node:fs';", ['all of it']],
  ["process.getBuiltinModule('node:fs')", ['all of it']],
  ["await import('node:fs/promises')", ['all of it']],
  ["import { type Stats, statSync, existsSync } from 'node:fs';", []],
])('%j is seen', (text, calls) => expect(callsIn(text)).toEqual(calls));
