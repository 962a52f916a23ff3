import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { PLACES } from '../../src/files/places.ts';
import { BELIEFS, type OtherPlace } from '../../src/generate/beliefs.ts';

const SRC = resolve(import.meta.dirname, '../../src');

/** Every call of node:fs by which a file is opened, made, written, moved, or given other rights. */
const OPENING =
  /^(?:readFile|open|openAsBlob|createReadStream|createWriteStream|read|readv|writeFile|appendFile|write|writev|copyFile|cp|mkdir|mkdtemp|rename|link|symlink|truncate|ftruncate|chmod|fchmod|lchmod|chown|fchown|lchown)(?:Sync)?$/;

/**
 * What lies outside the image and the repository is read and written by src/files alone. These are the others, and why. A module
 * that stands here and needs it no longer is a failure too.
 */
const ALLOWED: Record<string, readonly [why: string, ...places: OtherPlace[]]> = {
  'loader.ts': ['starts the program: no other module is there yet', 'kept-code'],
  'keep-code.ts': ['for the installer: a temporary directory, and the directory of code', 'own-temporary'],
  'rehearsal.ts': ['for the installer: fills that temporary directory', 'own-temporary'],
  'rootfs/image-view.ts': ['the image', 'image'],
  'rootfs/inspect.ts': ['the image, by descriptors of image-view.ts', 'image'],
  'rootfs/find-command.ts': ['the image, by descriptors of image-view.ts', 'image'],
  'conversion/write-operations.ts': ['makes a root filesystem where nothing was: test/conversion'],
  'conversion/sources/fetched-blobs.ts': ['blobs on their way, in the directory beside the target'],
  'conversion/sources/spool.ts': ['standard input, in the directory beside the target'],
  'conversion/workplace.ts': ['the directory beside the target in which that is made'],
  'cvmfs/open-repository.ts': ['the repository', 'repository'],
  'cvmfs/careful-look.ts': ['the repository', 'repository'],
  'cvmfs/look-program.ts': ['its standard input and output', 'own-descriptors'],
  'store/enter.ts': ['the store: directories, names and content, each made aside and renamed', 'store'],
  'service/targets/directory.ts': [
    'the repository: directories, links and content, each made aside and renamed',
    'target',
  ],
  'service/open-for-all.ts': ['a root filesystem that was made a moment ago, in a directory of its own'],
  'job/stats.ts': ['a descriptor that it was given', 'own-descriptors'],
  'launch/emit.ts': ['a descriptor that it was given', 'own-descriptors'],
  'requests/git-remote.ts': ['a temporary directory for git', 'own-temporary'],
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

test('every place that is read stands on docs/security.md, and nothing else does', () => {
  const read = [...Object.keys(PLACES), ...Object.values(ALLOWED).flatMap(([, ...places]) => places)];
  expect(Object.keys(BELIEFS).sort()).toEqual([...new Set([...read, 'failed-attempt'])].sort());
  const page = readFileSync(resolve(SRC, '../docs/security.md'), 'utf8');
  for (const { place, decides, lies } of Object.values(BELIEFS))
    for (const text of [place, decides, lies]) expect(page).toContain(text);
});

test('every place has a reader', () => {
  const texts = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts') && !/^(?:files\/places|generate\/beliefs)/.test(name))
    .map(name => readFileSync(join(SRC, name), 'utf8'))
    .join('\n');
  const unread = Object.keys(PLACES).filter(
    place => !texts.includes(`'${place}'`) && !/^(?:site|user)-settings$/.test(place),
  );
  expect(unread).toEqual([]);
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

test('a line of JSON for people and programs is made by output/json.ts, which leaves nothing in it that a terminal obeys', () => {
  const own = ['cvmfs/look-program.ts', 'configuration/trust-store.ts', 'configuration/write-user.ts'];
  const found = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts') && !own.includes(name))
    .filter(name => /`\$\{JSON\.stringify\([^`]*\)\}\\n`/.test(readFileSync(join(SRC, name), 'utf8')));
  expect(found).toEqual([]);
});
