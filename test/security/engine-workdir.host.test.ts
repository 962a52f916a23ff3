import { chownSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { HostSetting } from '../cli/host-setting.ts';
import { builtFrom } from '../cli/setting.ts';
import { type Surroundings, surroundingsOf, usableBy } from '../contract/containers.ts';
import { makeOsgRepository } from '../hosts/tree.ts';

// Engines make a working directory that is missing: in a directory of the host as root, or as a subordinate id of the user.
const host = new HostSetting();
afterAll(() => host.remove());
const REPOSITORY = `workdir-${process.pid}.jinr.ru`;
const repository = join(process.env.JCDS_TEST_ROOT ?? '/srv/jcds-test', 'cvmfs', REPOSITORY);
const ENGINES = ['podman', 'docker', 'containerd'] as const;
const cells = host.people.flatMap(person =>
  usableBy(person)
    .filter(name => ENGINES.some(engine => engine === name))
    .map(name => ({ person, name, who: person.name })),
);

describe.each(cells)('$name for $who', ({ person, name }) => {
  const home = host.home(person);
  const victim = join(home, 'victim');
  const missing = (at: string) => ({
    code: 125,
    stdout: '',
    stderr: `jcds: the working directory "${at}" is not in the container\nhint: jcds run --workdir DIR, or show it: --bind DIR\n`,
  });
  let around: Surroundings;
  let image: string;
  beforeAll(async () => {
    around = await surroundingsOf(name, person);
  });
  afterAll(async () => {
    rmSync(repository, { recursive: true, force: true });
    await around.close?.();
  });
  beforeEach(() => {
    rmSync(repository, { recursive: true, force: true });
    const files = { 'opt/b/c/in-the-image': '', 'opt/d/in-the-image': '' };
    [image = ''] = Object.values(
      makeOsgRepository(repository, { 'library/workdir:1': builtFrom('workdir:1', files) }),
    );
    host.jcds(person, ['cache', 'prune', '-q']);
    rmSync(victim, { recursive: true, force: true });
    for (const place of [victim, join(victim, 'there')]) {
      mkdirSync(place);
      chownSync(place, person.uid, person.gid);
    }
  });
  const made = () => readdirSync(victim, { recursive: true });
  const run = (at: string, ...options: string[]) =>
    host.jcds(
      person,
      [
        ...['exec', '--runtime', name, '--repository', REPOSITORY, ...options],
        ...['--workdir', at, 'workdir:1', 'pwd', '-P'],
      ],
      { around },
    );
  const there = (at: string) => ({ code: 0, stdout: `${at}\n`, stderr: '' });

  test('a directory of the host that is missing is refused, and not made', () => {
    for (const at of [`${victim}/new`, `${victim}/new/below`]) expect(run(at)).toEqual(missing(at));
    expect(run('/mnt/new', '-B', `${victim}:/mnt`)).toEqual(missing('/mnt/new'));
    expect(made()).toEqual(['there']);
    expect(run(`${victim}/there`)).toEqual(there(`${victim}/there`));
    expect(run('/mnt/there', '-B', `${victim}:/mnt`)).toEqual(there('/mnt/there'));
  });

  test('links of the host count as they lead inside', () => {
    symlinkSync('there', join(victim, 'link'));
    symlinkSync('/mnt/new', join(victim, 'out'));
    expect(run(`${victim}/link`)).toEqual(there(`${victim}/there`));
    const out = `${victim}/out/below`;
    expect(run(out, '-B', `${victim}/there:/mnt`)).toEqual(missing(out));
    expect(readdirSync(join(victim, 'there'))).toEqual([]);
  });

  test('a link of the image that leads into a directory of the host', () => {
    symlinkSync(victim, join(image, 'opt/link'));
    expect(run('/opt/link/new')).toEqual(missing('/opt/link/new'));
    expect(made()).toEqual(['there']);
    expect(run('/opt/link/there')).toEqual(there(`${victim}/there`));
  });

  test('a directory of the image that has become such a link', () => {
    expect(run('/opt/b/c')).toEqual(there('/opt/b/c'));
    renameSync(join(image, 'opt/b'), join(image, 'opt/before'));
    symlinkSync(victim, join(image, 'opt/b'));
    expect(run('/opt/b/c')).toMatchObject({
      code: 125,
      stderr: expect.stringMatching(/^jcds: the image has changed since it was read/),
    });
    expect(run('/opt/b/c')).toEqual(missing('/opt/b/c'));
    expect(made()).toEqual(['there']);
  });

  test('the image’s own, by a link of its own', () => {
    symlinkSync('d', join(image, 'opt/link'));
    expect(run('/opt/link')).toEqual(there('/opt/d'));
    expect(run('/opt/link/new')).toEqual(missing('/opt/link/new'));
  });
});
