import { chownSync, existsSync, lstatSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HostSetting } from '../cli/host-setting.ts';
import { builtFrom } from '../cli/setting.ts';
import { usableBy } from '../contract/containers.ts';
import { makeOsgRepository } from '../hosts/tree.ts';

// What jcds itself tells Apptainer to show is made by it where a link of the image leads: nothing of that may be on the host.
const host = new HostSetting();
const REPOSITORY = `unasked-${process.pid}.jinr.ru`;
const repository = join(process.env.JCDS_TEST_ROOT ?? '/srv/jcds-test', 'cvmfs', REPOSITORY);
/** Not in /tmp, which such an image has elsewhere. */
const homeOf = (who: string) => join(repository, `../../unasked-${process.pid}-${who}`);
afterAll(() => {
  host.remove();
  for (const { name } of host.people) rmSync(homeOf(name), { recursive: true, force: true });
  rmSync(repository, { recursive: true, force: true });
});
const cells = host.people.flatMap(person =>
  usableBy(person)
    .filter(name => name === 'apptainer')
    .map(name => ({ person, name, who: person.name })),
);
const links = (home: string): Record<string, readonly [path: string, target: string]> => ({
  config: ['tmp', `${home}/.config/jcds/config.json`],
  tmp: ['tmp', `${home}/made`],
  data: ['tmp', '/data/made'],
  cvmfs: ['cvmfs', `${home}/made`],
});
const nameOf = (who: string, name: string) => `library/${who}-${name}:1`;
beforeAll(() => {
  const names = host.people.flatMap(({ name }) => Object.keys(links('')).map(link => nameOf(name, link)));
  const made = makeOsgRepository(
    repository,
    Object.fromEntries(names.map(name => [name, builtFrom('unasked:1')])),
  );
  for (const person of host.people)
    for (const [name, [path, target]] of Object.entries(links(homeOf(person.name)))) {
      const image = made[nameOf(person.name, name)]!;
      rmSync(join(image, path), { recursive: true, force: true });
      symlinkSync(target, join(image, path));
    }
});

describe.each(cells)('$name for $who', ({ person, name }) => {
  const home = homeOf(person.name);
  mkdirSync(home, { recursive: true });
  chownSync(home, person.uid, person.gid);
  const run = (image: string, ...options: string[]) =>
    host.jcds(
      person,
      [
        ...['exec', '--runtime', name, '--repository', REPOSITORY, ...options],
        ...[nameOf(person.name, image).slice('library/'.length), 'sh', '-c', '[ -e /tmp/. ] || echo without'],
      ],
      { cwd: '/', env: { HOME: home } },
    );

  test.each(['tmp', 'config'])('a /tmp that leads into the home (%s) is left out, as by hand', image => {
    expect(run(image)).toEqual({ code: 0, stdout: 'without\n', stderr: '' });
    expect(existsSync(join(home, 'made'))).toBe(false);
    expect(lstatSync(join(home, '.config/jcds/config.json'), { throwIfNoEntry: false })).toBeUndefined();
  });

  test('a contained /tmp that leads into a bind', () => {
    const data = join(home, 'data');
    mkdirSync(data, { recursive: true });
    chownSync(data, person.uid, person.gid);
    expect(run('data', '--contain', '-B', `${data}:/data`)).toEqual({
      ...{ code: 0, stdout: 'without\n', stderr: '' },
    });
    expect(readdirSync(data)).toEqual([]);
  });

  test('a /cvmfs that leads into the home', () => {
    const { code, stderr } = run('cvmfs');
    expect([code, stderr]).toEqual([125, expect.stringMatching(/^jcds: .*"\/cvmfs".*link of the image/)]);
    expect(existsSync(join(home, 'made'))).toBe(false);
  });
});
