import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { notePrinted } from '../printed.ts';
import { APPTAINER, builtFrom, failure, JINR, Setting } from './setting.ts';

// --status-file in every outcome.
const setting = new Setting();
afterAll(() => setting.remove());
setting.install('apptainer', `${APPTAINER}\ncat "$STATUS"\nexit 75`);
const { 'library/small:1': small } = setting.publish({ 'library/small:1': builtFrom('small:1') });
const file = join(setting.work, 'status.json');
const precious = join(setting.home, 'precious');
const absent = join(setting.folder, 'absent');
/** Where a CVMFS root should be: the repository in it is a file. */
const noRoot = join(setting.folder, 'no root');
mkdirSync(noRoot);
writeFileSync(join(noRoot, JINR), '');
const published = {
  image: 'library/small:1',
  repository: JINR,
  path: `${setting.cvmfs}/${JINR}/library/small:1`,
  target: small,
};
const nothing = { repository: null, path: null, target: null, runtime: null };
const last = { schemaVersion: 2, waitingFor: null };

beforeEach(() => {
  writeFileSync(precious, 'precious');
  writeFileSync(file, 'of an earlier run');
});

function written(): unknown {
  const text = readFileSync(file, 'utf8');
  notePrinted(text);
  return JSON.parse(text);
}

test('a job that starts: the file is there before the job, and says nothing of its code', () => {
  const words = ['exec', '--env', 'A=secret', '--status-file', 'status.json', 'small:1', 'ls'];
  const { code, stdout } = setting.jcds(words, { env: { STATUS: file } });
  const expected = {
    ...last,
    ...published,
    outcome: 'starting',
    runtime: 'apptainer',
    exitCode: null,
    error: null,
  };
  expect(code).toBe(75);
  expect(stdout.split('\n').at(-2)).toBe(JSON.stringify(written()));
  expect(written()).toEqual(expected);
  expect(readFileSync(file, 'utf8')).not.toContain('secret');
  expect(readdirSync(setting.work)).toEqual(['status.json']);
});

type Row = [title: string, words: string[], code: number, status: Record<string, unknown>];

const failures: Row[] = [
  [
    'an image that is not published',
    ['small:2', 'ls'],
    125,
    {
      ...nothing,
      image: 'small:2',
      error: {
        code: 'NOT_PUBLISHED',
        message: `library/small:2 is not published in ${JINR} (looked at ${setting.cvmfs}/${JINR}/library/small:2)`,
        hint: "see what is there with: jcds list '*small*'; ask for it with: jcds request library/small:2",
      },
    },
  ],
  [
    'CVMFS that cannot be seen',
    ['--cvmfs-root', noRoot, 'small:1', 'ls'],
    75,
    {
      ...nothing,
      image: 'small:1',
      error: {
        code: 'CVMFS_UNREACHABLE',
        message: `the CVMFS repository ${JINR} cannot be seen: ${noRoot}/${JINR} is a file`,
        hint: 'give the directory that holds the repositories with --cvmfs-root',
      },
    },
  ],
  [
    'a command that is not in the image',
    ['small:1', 'nosuch'],
    127,
    {
      ...published,
      runtime: 'apptainer',
      error: {
        code: 'COMMAND_NOT_FOUND',
        message: '"nosuch" is not in the image library/small:1',
        hint: 'look what is there: jcds shell library/small:1',
      },
    },
  ],
  [
    'a variable whose value no program can be given',
    ['--env', `A=${'$'.repeat(100_000)}`, 'small:1', 'ls'],
    125,
    {
      ...published,
      runtime: 'apptainer',
      error: {
        code: 'WORD_TOO_LONG',
        message:
          'the environment variable APPTAINERENV_A has 200015 bytes, and Linux starts no program with more than 131071',
        hint: 'put it into a file and let the job read that',
      },
    },
  ],
  [
    'a command line that makes no sense',
    ['--bad', 'small:1', 'ls'],
    125,
    {
      ...nothing,
      image: null,
      error: {
        code: 'USAGE',
        message: "unknown option '--bad'; did you mean --bind?",
        hint: 'jcds exec --help',
      },
    },
  ],
];

test.each(failures)('%s', (_title, words, code, status) => {
  const ended = setting.jcds(['exec', '--status-file', file, ...words]);
  const { message, hint } = status.error as { message: string; hint: string };
  expect(ended).toEqual({ code, stdout: '', stderr: failure(message, hint) });
  expect(written()).toEqual({ ...last, outcome: 'failed', exitCode: code, ...status });
});

test('a link that stands there is replaced, not followed', () => {
  for (const words of [['small:1', 'ls'], ['small:2', 'ls'], ['--bad']]) {
    const link = join(setting.work, 'link.json');
    symlinkSync(precious, link);
    setting.jcds(['exec', '--status-file', link, ...words]);
    expect(readFileSync(precious, 'utf8')).toBe('precious');
    expect(JSON.parse(readFileSync(link, 'utf8')).schemaVersion).toBe(2);
    rmSync(link);
  }
});

test('a dry run leaves none, and takes the earlier one away', () => {
  expect(setting.jcds(['exec', '-n', '--status-file', file, 'small:1', 'ls']).code).toBe(0);
  expect(existsSync(file)).toBe(false);
});

test.each([
  [`${absent} dir/status`, 'ENOENT', `ls -ld '${absent} dir'`],
  [setting.home, 'it is no regular file', `ls -ld ${setting.folder}`],
])('%s cannot be written (%s)', (place, reason, hint) => {
  const message = `--status-file ${JSON.stringify(place)} cannot be written (${reason})`;
  const stderr = failure(message, hint);
  expect(setting.jcds(['exec', '--status-file', place, 'small:1', 'ls'])).toEqual({
    code: 125,
    stdout: '',
    stderr,
  });
});

test('a name that is not UTF-8', () => {
  mkdirSync(join(setting.work, 'bytes'));
  setting.sh(`cd bytes && exec "$jcds" exec --status-file "$(printf 'st\\377')" small:1 ls`);
  expect(readdirSync(join(setting.work, 'bytes'), 'latin1')).toEqual(['st\xff']);
});
