import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { HostSetting } from '../cli/host-setting.ts';
import { type Surroundings, surroundingsOf, usableBy } from '../contract/containers.ts';

// A job that sees the caller's home is not to leave settings and memory for the next jcds: they choose servers, runtimes and binds.
const host = new HostSetting();
/** Not below /tmp, which is shown besides. */
const folder = realpathSync(mkdtempSync('/srv/jcds-own-'));
chmodSync(folder, 0o755);
afterAll(() => {
  host.remove();
  rmSync(folder, { recursive: true });
});
const IMAGE = 'library/small:1';
const OWN = '{"ifMissing": "fail"}\n';

/** Tries all that a program can do to write to the directory $1 or put another in its place, whose parent is to be moved, too. */
const ATTACK = `
d=$1
chmod u+w "\${d%/*}" "\${d%/*/*}" 2>/dev/null
echo evil > "$d/config.json"
echo evil > "$d/new"
mkdir "$d/newer"
rm -rf "$d"
mv "$d" "$d.away" && mkdir "$d" && echo evil > "$d/config.json"
mv "\${d%/*}" "\${d%/*}.away" && mkdir -p "$d" && echo evil > "$d/config.json"
echo attacked
`;

const cells = host.people.flatMap(person =>
  usableBy(person).map(name => ({ person, name, who: person.name })),
);

describe.each(cells)('$name for $who', ({ person, name }) => {
  let around: Surroundings;
  const home = join(folder, person.name);
  const own = (path: string): void => {
    mkdirSync(path, { recursive: true });
    for (let at = path; ![home, host.home(person), folder].includes(at); at = dirname(at))
      chownSync(at, person.uid, person.gid);
  };
  const write = (file: string, text: string): void => {
    own(dirname(file));
    writeFileSync(file, text, { mode: 0o600 });
    chownSync(file, person.uid, person.gid);
  };
  const exec = (options: readonly string[], words: readonly string[], env = {}, cwd = home) =>
    host.jcds(person, ['exec', '--runtime', name, ...options, IMAGE, ...words], {
      ...{ around, cwd },
      env: { HOME: home, ...env },
    });
  const attack = (directory: string, options: readonly string[], env = {}, cwd = home): void => {
    const { code, stdout, stderr } = exec(options, ['sh', '-c', ATTACK, 'sh', directory], env, cwd);
    expect([code, stdout, stderr]).toEqual([0, 'attacked\n', expect.not.stringContaining('jcds:')]);
  };
  const config = join(home, '.config/jcds/config.json');
  const isAsItWas = (file = config) =>
    expect([existsSync(file) && readFileSync(file, 'utf8'), existsSync(join(dirname(file), 'new'))]).toEqual([
      OWN,
      false,
    ]);

  beforeAll(async () => {
    mkdirSync(home, { recursive: true });
    chownSync(home, person.uid, person.gid);
    around = await surroundingsOf(name, person);
  });
  beforeEach(() => {
    for (const left of ['.config', '.config.away', '.cache', '.cache.away', 'dotfiles'])
      rmSync(join(home, left), { recursive: true, force: true });
    write(config, OWN);
  });
  afterAll(() => around.close?.());

  test('in the home, by its own name and by a bind above it', () => {
    attack(dirname(config), []);
    isAsItWas();
    attack(`/elsewhere/${home.slice(home.lastIndexOf('/') + 1)}/.config/jcds`, [
      '-B',
      `${dirname(home)}:/elsewhere`,
    ]);
    isAsItWas();
    attack('/elsewhere', ['-B', `${dirname(config)}:/elsewhere`]);
    isAsItWas();
  });

  test('as the home itself, or what is in one', () => {
    const words = ['sh', '-c', 'echo evil >"$HOME/new"'];
    for (const option of [dirname(config), `${dirname(config)}:/x`]) {
      const { code, stderr } = exec(['--home', option], words);
      expect([code, stderr]).toEqual([125, expect.stringContaining('it is a directory of jcds’ own')]);
    }
    isAsItWas();
  });

  test('what is remembered', () => {
    exec([], ['true']);
    const memory = join(home, '.cache/jcds');
    const { code, stdout } = exec([], ['sh', '-c', ATTACK, 'sh', memory]);
    expect([code, stdout, existsSync(memory), existsSync(join(memory, 'new'))]).toEqual([
      0,
      'attacked\n',
      true,
      false,
    ]);
  });

  test('settings that are not there yet', () => {
    rmSync(join(home, '.config'), { recursive: true });
    attack(dirname(config), []);
    expect(existsSync(config)).toBe(false);
  });

  test('the working directory, where the home is not shown', () => {
    attack(dirname(config), ['--no-home'], {}, home);
    isAsItWas();
    attack(dirname(config), ['--no-home'], {}, join(home, '.config'));
    isAsItWas();
    attack(dirname(config), [], {}, join(home, '.config'));
    isAsItWas();
    attack(dirname(config), ['--no-home'], {}, dirname(config));
    isAsItWas();
  });

  test('an empty home below what is shown holds nothing of what is there', () => {
    const below = join(host.home(person), 'below');
    write(join(below, 'hidden'), OWN);
    const words = ['sh', '-c', 'ls -A "$1"; [ -d "$1" ]', 'sh', below];
    const { code, stdout } = exec(['--no-home'], words, { HOME: below });
    // With Apptainer /tmp is shown as it is, as by hand.
    if (!/^(?:apptainer|singularity)$/.test(name)) expect([code, stdout]).toEqual([0, '']);
  });

  test('where a link of the home leads, and where XDG_CONFIG_HOME leads', () => {
    rmSync(join(home, '.config'), { recursive: true });
    write(join(home, 'dotfiles/config/jcds/config.json'), OWN);
    symlinkSync('dotfiles/config', join(home, '.config'));
    attack(join(home, 'dotfiles/config/jcds'), []);
    isAsItWas(join(home, 'dotfiles/config/jcds/config.json'));
    const elsewhere = join(realpathSync(home), 'dotfiles/config');
    attack(join(elsewhere, 'jcds'), [], { XDG_CONFIG_HOME: elsewhere });
    isAsItWas();
  });

  test('a HOME that is a link in the caller’s directory', () => {
    const above = join(folder, `above-${person.name}`);
    const link = join(above, 'link');
    own(above);
    rmSync(link, { force: true });
    symlinkSync(home, link);
    write(join(home, '.cache/jcds/kept'), OWN);
    for (const cwd of [above, link])
      for (const place of [join(link, '.config/jcds'), join(home, '.config/jcds')]) {
        attack(place, [], { HOME: link }, cwd);
        isAsItWas();
      }
    attack(join(link, '.cache/jcds'), [], { HOME: link }, above);
    isAsItWas(join(home, '.cache/jcds/kept'));
  });

  // The engines do not start without a home of their own.
  const isEngine = ['podman', 'docker', 'containerd'].includes(name);
  test.each(isEngine ? [] : ['closed'])('a home that its owner has %s for writing', () => {
    own(join(home, '.cache/jcds'));
    chmodSync(home, 0o555);
    try {
      attack(dirname(config), [], {}, '/');
      isAsItWas();
    } finally {
      chmodSync(home, 0o755);
    }
  });

  test('a home that others may write to, without settings', () => {
    rmSync(join(home, '.config'), { recursive: true });
    chmodSync(home, 0o777);
    try {
      exec([], ['sh', '-c', ATTACK, 'sh', dirname(config)], {}, '/');
      expect(existsSync(config)).toBe(false);
    } finally {
      chmodSync(home, 0o755);
    }
  });

  // The engines do not start without a home of their own.
  test.each(isEngine ? [] : ['/nonexistent', 'relative', '/dev/null'])(
    'the home of the account, where HOME is %s',
    HOME => {
      const passwd = join(folder, `passwd-${person.name}`);
      const entry = `${person.name}:x:${person.uid}:${person.gid}::${home}:/bin/sh\n`;
      writeFileSync(passwd, entry, { mode: 0o644 });
      write(join(home, '.config/jcds/tokens'), 'git.jinr.ru the-token\n');
      const { code, stdout } = host.jcds(
        person,
        ['exec', '--runtime', name, IMAGE, 'sh', '-c', `${ATTACK}\ncat "$d/tokens"`, 'sh', dirname(config)],
        {
          ...{ around, cwd: '/', env: { HOME } },
          through: ['sh', '-c', 'mount --bind "$0" /etc/passwd && exec "$@"', passwd],
        },
      );
      expect([code, stdout]).toEqual([1, 'attacked\n']);
      isAsItWas();
    },
  );

  test('what another user has laid in the place of the empty directory', () => {
    const common = join(folder, 'common');
    rmSync(common, { recursive: true, force: true });
    mkdirSync(join(common, 'jcds'), { recursive: true });
    chmodSync(common, 0o1777);
    write(join(home, 'dotfiles/secret'), 'secret\n');
    symlinkSync(join(home, 'dotfiles'), join(common, 'jcds/nothing'));
    chownSync(join(common, 'jcds'), 4242, 4242);
    const { stdout } = exec(
      ['--no-home'],
      ['ls', '-A', dirname(config)],
      { XDG_CACHE_HOME: common },
      join(home, '.config'),
    );
    expect(stdout).not.toContain('secret');
  });

  test('what the job may do besides', () => {
    const words =
      'echo 1 > ~/.config/other && mv ~/.config/other ~/.cache/other && mv ~/.cache/other ~/other && ls -A ~/.config/jcds';
    expect(exec([], ['sh', '-c', words])).toMatchObject({ code: 0, stdout: '' });
  });
});
