import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HostSetting } from '../cli/host-setting.ts';
import { type Surroundings, surroundingsOf } from '../contract/containers.ts';
import { PLANTS } from './plants.ts';

// What jcds keeps for podman and docker becomes the root of a container: whoever can write it chooses what the next job runs.
const host = new HostSetting();
afterAll(() => host.remove());
const IMAGE = 'library/small:1';
const EVIL = '#!/bin/busybox sh\necho EVIL\n';
const cells = host.people.flatMap(person =>
  (['podman', 'docker'] as const).map(name => ({ person, name, who: person.name })),
);
const user = host.people.find(({ uid }) => uid !== 0)!;

describe.each(cells)('$name for $who', ({ person, name }) => {
  let around: Surroundings;
  const home = host.home(person);
  const store = person.uid === 0 ? `/var/lib/jcds/${name}` : join(home, '.cache/jcds', name);
  beforeAll(async () => {
    around = await surroundingsOf(name, person);
  });
  afterAll(() => around.close?.());
  const exec = (words: readonly string[], env = {}) =>
    host.jcds(person, ['exec', '--runtime', name, IMAGE, ...words], { around, env });
  const kept = () => readdirSync(store).filter(entry => !entry.includes('.'));
  const plant = (path: string, text: string): void => {
    writeFileSync(path, text, { mode: 0o755 });
    chownSync(path, person.uid, person.gid);
  };

  test('what is not as jcds made it is made anew', () => {
    const usual = exec(['/bin/cat', '/etc/passwd']);
    expect([usual.code, usual.stderr]).toEqual([0, '']);
    const before = kept().map(entry => [entry, lstatSync(join(store, entry)).ino]);
    for (const entry of kept()) {
      const root = join(store, entry, 'root');
      rmSync(join(root, 'bin'), { force: true, recursive: true });
      mkdirSync(join(root, 'bin'));
      chownSync(join(root, 'bin'), person.uid, person.gid);
      plant(join(root, 'bin/cat'), EVIL);
      plant(join(store, entry, 'text0'), 'root::0:0:evil:/:/bin/sh\n');
    }
    expect(exec(['/bin/cat', '/etc/passwd'])).toEqual(usual);
    for (const entry of kept()) plant(join(store, entry, 'root/ld.so.preload'), EVIL);
    expect(exec(['/bin/cat', '/etc/passwd'])).toEqual(usual);
    expect(exec(['/bin/ls', '/ld.so.preload']).code).not.toBe(0);
    // What is right stays.
    const after = kept().map(entry => [entry, lstatSync(join(store, entry)).ino]);
    expect(exec(['true']).code).toBe(0);
    expect(kept().map(entry => [entry, lstatSync(join(store, entry)).ino])).toEqual(after);
    expect(before.length).toBeGreaterThan(0);
  });

  test('a link in the place of the directory leads nobody elsewhere', () => {
    const elsewhere = join(home, `elsewhere-${name}`);
    mkdirSync(elsewhere);
    chownSync(elsewhere, person.uid, person.gid);
    rmSync(store, { recursive: true, force: true });
    symlinkSync(elsewhere, store);
    const { code, stderr } = exec(['true']);
    expect([code, stderr]).toEqual([125, expect.stringContaining('it is a link, or no directory')]);
    expect([readdirSync(elsewhere), readlinkSync(store)]).toEqual([[], elsewhere]);
    rmSync(store);
  });

  test('another’s cache directory is neither used nor written to', () => {
    const other = host.people.find(({ uid }) => uid !== person.uid)!;
    const shared = join(host.home(other), `shared-${name}`);
    for (const place of [shared, join(shared, 'jcds'), join(shared, 'jcds', name)]) {
      mkdirSync(place);
      chownSync(place, other.uid, other.gid);
    }
    chmodSync(host.home(other), 0o755);
    const { code, stderr } = exec(['true'], { XDG_CACHE_HOME: shared });
    if (person.uid === 0) expect([code, stderr]).toEqual([0, '']);
    else expect([code, stderr]).toEqual([125, expect.stringContaining('belongs to another user')]);
    expect(readdirSync(join(shared, 'jcds', name))).toEqual([]);
  });
});

test.each(Object.entries(PLANTS))('what is kept for podman, %s, is made anew', async (_what, plant) => {
  const store = join(host.home(user), '.cache/jcds/podman');
  const around = await surroundingsOf('podman', user);
  const words = ['exec', '--runtime', 'podman', IMAGE, 'cat', '/etc/passwd', '/etc/group'];
  const right = host.jcds(user, words, { around });
  expect([right.code, right.stderr]).toEqual([0, '']);
  for (const entry of readdirSync(store))
    for (const name of readdirSync(join(store, entry)).filter(text => text.startsWith('text'))) {
      const file = join(store, entry, name);
      plant(file, readFileSync(file));
      chownSync(join(store, entry), user.uid, user.gid);
      for (const left of readdirSync(join(store, entry)))
        lchownSync(join(store, entry, left), user.uid, user.gid);
    }
  expect(host.jcds(user, words, { around })).toEqual(right);
  await around.close?.();
});

test('root writes nothing into the home of another', () => {
  const root = host.people.find(({ uid }) => uid === 0)!;
  rmSync(join(host.home(user), '.cache'), { recursive: true, force: true });
  host.jcds(root, ['exec', '--dry-run', '--runtime', 'podman', IMAGE, 'true'], {
    env: { HOME: host.home(user) },
  });
  expect(existsSync(join(host.home(user), '.cache'))).toBe(false);
});
