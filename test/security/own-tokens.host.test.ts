import { chownSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HostSetting } from '../cli/host-setting.ts';
import { type Surroundings, surroundingsOf, usableBy } from '../contract/containers.ts';

// The tokens that jcds keeps for forges lie in the home directory, which a job sees: but not them, by none of their names.
const host = new HostSetting();
afterAll(() => host.remove());
const IMAGE = 'library/small:1';
const TOKEN = 'the-token-of-the-caller';

const cells = host.people.flatMap(person =>
  usableBy(person).map(name => ({ person, name, who: person.name })),
);

describe.each(cells)('$name for $who', ({ person, name }) => {
  let around: Surroundings;
  const home = host.home(person);
  const kept = join(home, 'kept');
  const other = `${home}-other`;
  beforeAll(async () => {
    around = await surroundingsOf(name, person);
    mkdirSync(join(home, '.config/jcds'), { recursive: true });
    mkdirSync(kept, { recursive: true });
    mkdirSync(other, { recursive: true });
    chownSync(other, person.uid, person.gid);
    for (const place of ['.config', '.config/jcds', 'kept'])
      chownSync(join(home, place), person.uid, person.gid);
    for (const file of [join(home, '.config/jcds/tokens'), join(kept, 'mine')]) {
      writeFileSync(file, `git.jinr.ru ${TOKEN}\n`, { mode: 0o600 });
      chownSync(file, person.uid, person.gid);
    }
    if (!existsSync(join(home, 'link'))) symlinkSync('kept/mine', join(home, 'link'));
  });
  afterAll(() => around.close?.());

  const read = [
    'sh',
    '-c',
    'cat ~/.config/jcds/tokens ~/kept/mine /elsewhere/jcds/tokens /elsewhere/mine; echo done',
  ];
  const use = ['--runtime', name];

  test.each(['is not there', 'is replaced'])(
    'a token file that %s when the job starts, and comes while it runs',
    was => {
      if (was === 'is not there') rmSync(join(home, '.config/jcds/tokens'));
      // The job says "ready", and waits for a line: the file is written, as an editor does, before it gets one.
      const script = `
      cd "$(mktemp -d)" && mkfifo in out
      "$jcds" exec --runtime ${name} ${IMAGE} sh -c 'echo ready; read line <in; cat ~/.config/jcds/tokens; echo done' </dev/null >out &
      exec 4<out
      read -r line <&4 && echo "$line"
      echo 'git.jinr.ru ${TOKEN}' >~/.config/jcds/new && chmod 600 ~/.config/jcds/new
      mv ~/.config/jcds/new ~/.config/jcds/tokens
      echo go >in
      cat <&4`;
      const { code, stdout } = host.run(person, ['sh', '-c', script], { around });
      expect([code, stdout]).toEqual([0, 'ready\ndone\n']);
      expect(readFileSync(join(home, '.config/jcds/tokens'), 'utf8')).toContain(TOKEN);
    },
  );

  test('the usual place, in the home and in another directory that is bound', () => {
    const words = ['exec', ...use, '-B', `${join(home, '.config')}:/elsewhere`, IMAGE, ...read];
    const { code, stdout } = host.jcds(person, words, { around });
    expect([code, stdout.match(new RegExp(TOKEN, 'g'))?.length, stdout.endsWith('done\n')]).toEqual([
      0,
      1,
      true,
    ]);
  });

  test.each([['.config'], ['.config/jcds']])(
    'the working directory %s, where the home is not shown',
    place => {
      const words = ['exec', ...use, '--no-home', IMAGE, 'sh', '-c', 'cat tokens jcds/tokens; echo done'];
      const cwd = join(home, place);
      // Not below the home either: the working directory alone shows it.
      for (const HOME of [home, other])
        expect(
          host.jcds(person, words, { around, cwd, env: { HOME, XDG_CONFIG_HOME: join(home, '.config') } }),
        ).toMatchObject({ code: 0, stdout: 'done\n' });
    },
  );

  test('JCDS_TOKEN_FILE, by a link', () => {
    const more = ['-B', `${kept}:/elsewhere`, '-B', `${home}:/elsewhere/ro:ro`];
    const words = [
      'exec',
      ...use,
      ...more,
      IMAGE,
      'sh',
      '-c',
      `${read[2]} 2>&1; cat /elsewhere/ro/.config/jcds/tokens`,
    ];
    const { code, stdout } = host.jcds(person, words, {
      around,
      env: { JCDS_TOKEN_FILE: join(home, 'link') },
    });
    expect([code, stdout]).toEqual([1, 'done\n']);
  });
});

describe.each(
  host.people.flatMap(person =>
    ['apptainer', 'bubblewrap'].map(name => ({ person, name, who: person.name })),
  ),
)('a script for $name, for $who', ({ person, name }) => {
  test('the usual place', () => {
    const home = host.home(person);
    const script = join(home, `script-${name}`);
    expect(host.jcds(person, ['wrap', '--runtime', name, '-o', script, IMAGE]).code).toBe(0);
    const { code, stdout } = host.run(person, [script, 'sh', '-c', 'cat ~/.config/jcds/tokens; echo done']);
    expect([code, stdout]).toEqual([0, 'done\n']);
    const other = 'echo x >~/.config/jcds/new; ls -A ~/.config/jcds; echo done';
    expect(host.run(person, [script, 'sh', '-c', other])).toMatchObject({ code: 0, stdout: 'done\n' });
    expect(existsSync(join(home, '.config/jcds/new'))).toBe(false);
  });
});
