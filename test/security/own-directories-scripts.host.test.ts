import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { HostSetting } from '../cli/host-setting.ts';

// As own-directories.host.test.ts, by scripts of `jcds wrap`: they hold these directories read-only, or refuse to show them.
const host = new HostSetting();
/** Not below /tmp, which is shown besides. */
const folder = realpathSync(mkdtempSync('/srv/jcds-own-'));
afterAll(() => {
  host.remove();
  rmSync(folder, { recursive: true });
});
const person = host.people.find(({ uid }) => uid !== 0)!;
const home = join(folder, 'home');
const link = join(folder, 'link');
const own = (path: string): void => {
  mkdirSync(path, { recursive: true, mode: 0o755 });
  for (let at = path; at !== folder; at = dirname(at)) chownSync(at, person.uid, person.gid);
};
const TOKEN = 'glpat-SECRET';
const config = join(home, '.config/jcds');
const cache = join(home, '.cache/jcds');
const store = join(home, '.local/share/jcds/store');
const other = join(folder, 'xdg');

beforeEach(() => {
  rmSync(home, { recursive: true, force: true });
  rmSync(other, { recursive: true, force: true });
  rmSync(link, { force: true });
  chownSync(folder, person.uid, person.gid);
  for (const path of [config, store, join(cache, 'images'), join(other, 'jcds')]) own(path);
  for (const directory of [config, join(other, 'jcds')]) {
    writeFileSync(join(directory, 'tokens'), `git.jinr.ru ${TOKEN}\n`, { mode: 0o600 });
    chownSync(join(directory, 'tokens'), person.uid, person.gid);
  }
  symlinkSync(home, link);
});

/** Writes to every directory that is named, and reads what tokens there are. */
const ATTACK = 'for d in "$@"; do echo evil >"$d/evil"; cat "$d/tokens"; done; echo attacked';

interface Way {
  readonly options?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly places: readonly string[];
}
const WAYS: Readonly<Record<string, Way>> = {
  'the home': { places: [config, cache, store] },
  'a bind of what is above the store': {
    options: ['-B', `${dirname(store)}:/d`],
    places: ['/d/store'],
  },
  'a bind of the very directories': {
    options: ['-B', `${config}:/c`, '-B', `${cache}/images:/i`],
    places: ['/c', '/i'],
  },
  'a bind by a link': {
    options: ['-B', `${link}:/h`],
    places: ['/h/.config/jcds', '/h/.cache/jcds', '/h/.local/share/jcds/store'],
  },
  'a home by a link': { options: ['--home', `${link}:/x`], places: ['/x/.config/jcds', '/x/.cache/jcds'] },
  'a home that is one': { options: ['--home', `${config}:/x`], places: ['/x'] },
  'binds of the site': {
    env: { APPTAINER_BIND: `${folder}:/hh,${config}:/cc` },
    places: ['/hh/home/.config/jcds', '/cc'],
  },
  'a bind of the site above': { env: { APPTAINER_BIND: `${folder}:/hh` }, places: ['/hh/home/.config/jcds'] },
  'the caller’s directory, without a home: itself': { options: ['--no-home'], cwd: config, places: [config] },
  'the caller’s directory, without a home: above': {
    options: ['--no-home'],
    cwd: dirname(config),
    places: [config],
  },
  'the caller’s directory above the home': { cwd: folder, places: [config, cache] },
  'variables that are relative count as unset': {
    env: { XDG_CONFIG_HOME: 'rel', XDG_CACHE_HOME: 'rel2', JCDS_TOKEN_FILE: 'tok' },
    places: [config, cache],
  },
  'XDG_CONFIG_HOME in the caller’s directory': {
    cwd: other,
    env: { XDG_CONFIG_HOME: other },
    places: [join(other, 'jcds')],
  },
};

describe.each(['apptainer', 'bubblewrap'])('%s', runtime => {
  test.each(Object.entries(WAYS))('%s', (_, { options = [], env = {}, cwd = home, places }) => {
    const circumstances = { cwd, env: { HOME: home, ...env } };
    const script = join(folder, 'script');
    rmSync(script, { force: true });
    const words = ['wrap', '--runtime', runtime, ...options, '-o', script, 'library/small:1', 'sh', '-c'];
    const written = host.jcds(person, [...words, ATTACK, 'sh', ...places], circumstances);
    expect([written.code, written.stderr]).toEqual([0, '']);
    const { code, stdout, stderr } = host.run(person, [script], circumstances);
    if (code !== 0) expect([code, stdout, stderr]).toEqual([125, '', expect.stringContaining('jcds exec')]);
    else expect(stdout).toBe('attacked\n');
    for (const directory of [config, cache, store, join(cache, 'images'), join(other, 'jcds')])
      expect(existsSync(join(directory, 'evil'))).toBe(false);
  });

  test('no directory on a long way to them can be renamed', () => {
    const deep = join(home, 'conf/etc/x');
    own(join(deep, 'jcds'));
    const circumstances = { cwd: home, env: { HOME: home, XDG_CONFIG_HOME: deep, XDG_CACHE_HOME: deep } };
    const script = join(folder, 'script');
    rmSync(script, { force: true });
    const rename = 'mv ~/conf ~/conf.old; mkdir -p "$1/jcds"; echo evil >"$1/jcds/evil"; echo attacked';
    const words = [
      'wrap',
      '--runtime',
      runtime,
      '-o',
      script,
      'library/small:1',
      'sh',
      '-c',
      rename,
      'sh',
      deep,
    ];
    expect(host.jcds(person, words, circumstances)).toMatchObject({ code: 0 });
    expect(host.run(person, [script], circumstances)).toMatchObject({ code: 0, stdout: 'attacked\n' });
    expect([existsSync(join(home, 'conf.old')), existsSync(join(deep, 'jcds/evil'))]).toEqual([false, false]);
  });
});
