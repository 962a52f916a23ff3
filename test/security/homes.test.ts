import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { APPTAINER, builtFrom, Setting } from '../cli/setting.ts';
import { ANSWER_LINES, everyCommandIsHere, WRITE_LINES } from './commands.ts';

// Every command in a home in which nothing can be kept: an answer is the same as in an ordinary one, what is to be written there is
// one line and its code, and there is never a stack trace.
const setting = new Setting();
afterAll(() => setting.remove());
setting.install('apptainer', APPTAINER);
setting.publish({ 'library/small:1': builtFrom('small:1') });
cpSync(resolve(import.meta.dirname, '../../completions'), join(setting.folder, 'jcds/completions'), {
  recursive: true,
});
const out = join(setting.folder, 'out');
mkdirSync(out);
chmodSync(out, 0o777);

/** Root may write everywhere: then somebody else runs jcds. */
const somebody = process.getuid!() === 0 ? { uid: 4242, gid: 4242 } : {};

function jcds(
  words: readonly string[],
  home: string,
): { code: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(setting.program, [...words], {
    cwd: '/',
    env: setting.environment({ HOME: home }),
    encoding: 'utf8',
    timeout: 30_000,
    ...somebody,
  });
  return { code: status, stdout, stderr };
}

const made = (name: string, prepare: (home: string) => void = () => {}): string => {
  const home = join(setting.folder, name);
  mkdirSync(home);
  prepare(home);
  return home;
};

/** An ordinary home of whoever runs jcds. */
const ordinary = made('ordinary', home => chmodSync(home, 0o777));

const FOREIGN: [what: string, home: string, reason: RegExp] = [
  'whose directories belong to somebody else',
  made('foreign', home => {
    for (const name of ['.config', '.cache', '.local'])
      mkdirSync(join(home, name, 'jcds'), { recursive: true });
  }),
  /EACCES|it belongs to another user/,
];

/** Homes, and the system's word where something is to be written below them. */
const HOMES: [what: string, home: string, reason: RegExp][] = [
  [
    'that cannot be written',
    made('closed', home => chmodSync(home, 0o555)),
    /EACCES|it belongs to another user/,
  ],
  ['that is not there', '/nonexistent/home', /ENOENT/],
  ['that is /', '/', /EACCES|it belongs to another user/],
  ['that is /dev/null', '/dev/null', /ENOTDIR/],
  ['of root', '/root', /EACCES/],
  [
    'whose .config and .cache are files',
    made('files', home => {
      for (const name of ['.config', '.cache', '.local']) writeFileSync(join(home, name), '');
      chmodSync(home, 0o755);
    }),
    /ENOTDIR/,
  ],
  // Only root can make what belongs to somebody else.
  ...(process.getuid!() === 0 ? [FOREIGN] : []),
];

/** What differs with the home, and with the moment. */
const plain = (text: string, home: string): string =>
  text
    .replaceAll(new RegExp(`(?<![~}])${home === '/' ? '' : home}/(?=\\.(?:local|cache|config))`, 'g'), '~/')
    .replaceAll(/JCDSTime = \d+/g, 'JCDSTime')
    .replaceAll(/^jcds: \S+ is not used: .*\n/gm, '');

/** What lies where nobody else may look is no "there is none". */
const HIDDEN: Readonly<Record<string, { readonly code: number; readonly stderr: string }>> = {
  auth: {
    code: 1,
    stderr:
      'jcds: the token file ~/.config/jcds/tokens cannot be read (EACCES)\nhint: ls -l ~/.config/jcds/tokens\n',
  },
  store: {
    code: 1,
    stderr:
      'jcds: the store of local copies ~/.local/share/jcds/store cannot be used: ~/.local: EACCES\nhint: look at it with: ls -ld ~/.local/share/jcds/store; another place: JCDS_STORE=DIRECTORY\n',
  },
};

const answers = new Map<string, ReturnType<typeof jcds>>();

/** What a command answers in an ordinary home. */
function usual(words: readonly string[]): ReturnType<typeof jcds> {
  const line = words.join(' ');
  const known = answers.get(line) ?? jcds(words, ordinary);
  answers.set(line, known);
  return known;
}

/** Root's own jobs with HOME=/ may have left these on this host. */
const PLACES = ['/nonexistent', '/.cache', '/.config'];
const before = PLACES.filter(existsSync);

everyCommandIsHere();

describe.each(HOMES)('in a home %s', (_what, home, reason) => {
  test.each(ANSWER_LINES.map(words => [words.join(' '), words] as const))('%s', (line, words) => {
    const [right, here] = [usual(words), jcds(words, home)];
    expect(here.stderr).not.toMatch(/^ {4}at /m);
    const { code, stderr } = right;
    const hidden = home === '/root' ? HIDDEN[words[0]!] : undefined;
    expect({ code: here.code, stderr: plain(here.stderr, home) }).toEqual(
      hidden ?? { code, stderr: plain(stderr, ordinary) },
    );
    // The job's own line holds its home, which the row of the runtime decides.
    if (/^(?:exec|run|shell)/.test(words[0]!)) expect(here.stdout === '').toBe(right.stdout === '');
    // It tells which files of the home cannot be read; whether jobs can run is the same.
    else if (words[0] === 'doctor') expect(here.stdout).toMatch(/\njcds run can work here\.\n$/);
    // A script is for every home.
    else if (/^(?:completion|wrap|condor wrapper)/.test(line)) expect(here.stdout).toBe(right.stdout);
    else expect(plain(here.stdout, home)).toBe(plain(right.stdout, ordinary));
  });

  test.each(WRITE_LINES)('%j says so in a line, and ends with %i', (words, code) => {
    const { code: ended, stdout, stderr } = jcds(words, home);
    expect(ended).toBe(code);
    const said = stdout + stderr;
    expect(said).toMatch(reason);
    expect(
      said
        .trimEnd()
        .split('\n')
        .filter(line => !/^hint: |is not used: /.test(line)),
    ).toHaveLength(1);
  });

  test('what is written elsewhere is written', () => {
    const [status, script] = [join(out, 'status.json'), join(out, 'script')];
    const run = ['exec', '--status-file', status, '--runtime', 'apptainer', 'small:1', 'ls'];
    expect([jcds(run, home).code, existsSync(status)]).toEqual([0, true]);
    const wrap = ['wrap', '--force', '-o', script, '--runtime', 'apptainer', 'small:1', 'ls'];
    expect([jcds(wrap, home).code, existsSync(script)]).toEqual([0, true]);
  });

  test('completion uninstall removes nothing, and says what it could not see', () => {
    const { code, stdout, stderr } = jcds(['completion', 'uninstall', 'fish'], home);
    expect([code === 0 ? /nothing to remove/ : reason, stderr]).toEqual([
      expect.toSatisfy(said => (said as RegExp).test(stdout)),
      '',
    ]);
  });

  test('cache prune removes nothing, and says where it looked', () => {
    const { code, stdout, stderr } = jcds(['cache', 'prune'], home);
    expect(stderr).not.toMatch(/^ {4}at /m);
    if (code === 0) expect(stdout).toMatch(/^removed from .*: nothing/);
    else
      expect([code, stderr]).toEqual([
        1,
        expect.stringMatching(/^jcds: nothing was removed from .*\nhint: /),
      ]);
  });
});

test('nothing was made in the home of somebody else, nor a home', () => {
  expect(PLACES.filter(existsSync)).toEqual(before);
});
