import { chownSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
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
  beforeAll(async () => {
    around = await surroundingsOf(name, person);
    mkdirSync(join(home, '.config/jcds'), { recursive: true });
    mkdirSync(kept, { recursive: true });
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

  test('the usual place, in the home and in another directory that is bound', () => {
    const words = ['exec', ...use, '-B', `${join(home, '.config')}:/elsewhere`, IMAGE, ...read];
    const { code, stdout } = host.jcds(person, words, { around });
    expect([code, stdout.match(new RegExp(TOKEN, 'g'))?.length, stdout.endsWith('done\n')]).toEqual([
      0,
      1,
      true,
    ]);
  });

  test('JCDS_TOKEN_FILE, by a link', () => {
    const words = ['exec', ...use, '-B', `${kept}:/elsewhere`, IMAGE, ...read];
    const { code, stdout } = host.jcds(person, words, {
      around,
      env: { JCDS_TOKEN_FILE: join(home, 'link') },
    });
    expect([code, stdout.match(new RegExp(TOKEN, 'g'))?.length, stdout.endsWith('done\n')]).toEqual([
      0,
      1,
      true,
    ]);
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
  });
});
