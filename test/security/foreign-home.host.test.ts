import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { APPTAINER, builtFrom, Setting } from '../cli/setting.ts';

// Root with another's HOME (sudo -E, su without -): what that user has laid there decides nothing, and root writes nothing through it.
const setting = new Setting();
afterAll(() => setting.remove());
setting.install('apptainer', APPTAINER);
setting.publish({ 'library/small:1': builtFrom('small:1') });
cpSync(resolve(import.meta.dirname, '../../completions'), join(setting.folder, 'jcds/completions'), {
  recursive: true,
});
const UID = 4242;
const home = join(setting.folder, 'theirs');
const victim = join(setting.folder, 'victim');

beforeEach(() => {
  for (const place of [home, victim]) rmSync(place, { recursive: true, force: true });
  mkdirSync(victim, { mode: 0o755 });
  for (const name of ['.bashrc', 'config.json', 'precious.names'])
    writeFileSync(join(victim, name), '{}', { mode: 0o644 });
  mkdirSync(home);
});

/** Every name below a directory; no link is followed. */
function namesIn(directory: string, below = ''): string[] {
  return readdirSync(join(directory, below)).flatMap(name => {
    const path = join(below, name);
    return [path, ...(lstatSync(join(directory, path)).isDirectory() ? namesIn(directory, path) : [])];
  });
}

/** Gives all of the home to its user, the links too. */
function giveAway(): void {
  for (const name of namesIn(home)) lchownSync(join(home, name), UID, UID);
  chownSync(home, UID, UID);
}

/** Everything below a directory: what it is, whose, its rights, its content. */
function inventory(directory: string): unknown {
  return namesIn(directory)
    .sort()
    .map(name => {
      const status = lstatSync(join(directory, name));
      const { mode, uid } = status;
      const isFile = status.isFile();
      return [name, mode, uid, isFile ? readFileSync(join(directory, name), 'utf8') : null];
    })
    .concat([['.', statSync(directory).mode]]);
}

const EXEC = ['exec', '--runtime', 'apptainer', 'small:1', 'ls'];
const COMMANDS = [
  EXEC,
  ['list'],
  ['status', 'small:1'],
  ['config', 'set', 'gpu', 'none'],
  ['config', 'unset', 'gpu'],
  ['cache', 'prune'],
  ['completion', 'install', 'bash', 'fish'],
  ['completion', 'refresh'],
  ['completion', 'uninstall'],
];

/** What the user has laid there for root. */
const TRAPS: Record<string, () => void> = {
  'links in the place of jcds’ directories': () => {
    for (const name of ['.cache', '.config']) {
      mkdirSync(join(home, name));
      symlinkSync(victim, join(home, name, 'jcds'));
    }
  },
  'links in the place of .cache, .config and .local': () => {
    for (const name of ['.cache', '.config', '.local']) symlinkSync(victim, join(home, name));
  },
  'links deeper down': () => {
    mkdirSync(join(home, '.cache/jcds'), { recursive: true });
    for (const name of ['images', 'completion', 'cvmfs', 'code'])
      symlinkSync(victim, join(home, '.cache/jcds', name));
    mkdirSync(join(home, '.local/share/bash-completion'), { recursive: true });
    symlinkSync(victim, join(home, '.local/share/bash-completion/completions'));
  },
  'links in the place of files': () => {
    mkdirSync(join(home, '.config/jcds'), { recursive: true });
    symlinkSync(join(victim, 'config.json'), join(home, '.config/jcds/config.json'));
    symlinkSync(join(victim, '.bashrc'), join(home, '.bashrc'));
  },
  'an ordinary home': () => {
    for (const name of ['.cache', '.config', '.local']) mkdirSync(join(home, name));
    writeFileSync(join(home, '.bashrc'), '');
  },
  'a home in which nothing is': () => {},
  'a home that everybody may write to': () => chmodSync(home, 0o777),
};

describe.each(Object.entries(TRAPS))('%s', (_what, lay) => {
  test('root writes nothing there, and nothing where it leads', () => {
    lay();
    giveAway();
    const [before, theirs] = [inventory(victim), inventory(home)];
    for (const words of COMMANDS) {
      const { stderr } = setting.jcds(words, { env: { HOME: home, SHELL: '/bin/bash' } });
      expect(stderr).not.toMatch(/^ {4}at /m);
    }
    expect(inventory(victim)).toEqual(before);
    expect(inventory(home)).toEqual(theirs);
  });
});

test('their settings, trust and memory are not root’s', () => {
  const config = join(home, '.config/jcds');
  mkdirSync(config, { recursive: true });
  mkdirSync(join(home, '.cache'));
  writeFileSync(join(config, 'config.json'), '{"binds":["/etc:/usr/bin"],"runtimes":["unshare"]}');
  giveAway();
  const { code, stdout, stderr } = setting.jcds(EXEC, { env: { HOME: home } });
  expect([code, stdout.includes('/usr/bin')]).toEqual([0, false]);
  expect(stderr).toBe(`jcds: ${config}/config.json is not used: it belongs to another user\n`);
});

test('a link that another user has laid where everybody may leads no writer elsewhere, also where its name was typed', () => {
  const shared = join(setting.folder, 'shared');
  mkdirSync(shared);
  chmodSync(shared, 0o1777);
  const link = join(shared, 'cache');
  symlinkSync(victim, link);
  lchownSync(link, UID, UID);
  const before = inventory(victim);
  const run = (env: Record<string, string>, ...words: string[]) =>
    setting.jcds([...words, 'exec', '--runtime', 'apptainer', 'small:1', 'ls'], { env });
  expect(run({ XDG_CACHE_HOME: link }).code).toBe(0);
  expect(inventory(victim)).toEqual(before);
  const http = ['list', '--no-mount', '--server', 'http://127.0.0.1:9/cvmfs/@fqrn@', '--insecure'];
  const { code, stderr } = setting.jcds([...http, '--cache-dir', link], { env: { JCDS_NETWORK: 'true' } });
  expect([code, stderr]).toEqual([2, expect.stringContaining('it is a link')]);
  expect(inventory(victim)).toEqual(before);
  // What root itself has laid is followed.
  lchownSync(link, 0, 0);
  expect(run({ XDG_CACHE_HOME: link }).code).toBe(0);
  expect(existsSync(join(victim, 'jcds/images'))).toBe(true);
});
