import {
  chownSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { HostSetting } from '../cli/host-setting.ts';
import { builtFrom } from '../cli/setting.ts';
import { type Surroundings, surroundingsOf, usableBy } from '../contract/containers.ts';
import { makeOsgRepository } from '../hosts/tree.ts';

// A hostile publisher puts a link in the place of a directory or file that jcds has remembered, and that something is mounted at or
// below. An engine would follow it, and make the place where it leads: on the host, as root, under the publisher's name.
const host = new HostSetting();
afterAll(() => host.remove());
const REPOSITORY = `ways-${process.pid}.jinr.ru`;
const repository = join(process.env.JCDS_TEST_ROOT ?? '/srv/jcds-test', 'cvmfs', REPOSITORY);
const FILES = ['etc/passwd', 'etc/group', 'etc/hosts', 'etc/hostname', 'etc/resolv.conf', 'etc/localtime'];

function publish(): string {
  rmSync(repository, { recursive: true, force: true });
  const files = Object.fromEntries(
    [...FILES, 'opt/a/f', 'opt/b/c/in-the-image', 'var/tmp/in-the-image', 'var/spool/in-the-image'].map(
      file => [file, file === 'etc/passwd' ? 'root:x:0:0:root:/root:/bin/sh\n' : '\n'],
    ),
  );
  return Object.values(makeOsgRepository(repository, { 'library/ways:1': builtFrom('ways:1', files) }))[0]!;
}

/** Apptainer follows links by itself, as by hand, and as the user: docs/security.md says so. */
const isLedAstray = (name: string) => /^(?:apptainer|singularity)$/.test(name);
const cells = host.people.flatMap(person =>
  usableBy(person)
    .filter(name => !isLedAstray(name))
    .map(name => ({ person, name, who: person.name })),
);

describe.each(cells)('$name for $who', ({ person, name }) => {
  const victim = join(host.home(person), 'victim');
  const given = join(host.home(person), 'given');
  /** What the user sees, and cannot write to. */
  const roots = join(host.setting.folder, `roots-${person.name}`);
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
    image = publish();
    host.jcds(person, ['cache', 'prune', '-q']);
    for (const place of [victim, given, roots]) {
      rmSync(place, { recursive: true, force: true });
      mkdirSync(place);
      if (place !== roots) chownSync(place, person.uid, person.gid);
    }
    writeFileSync(join(given, 'file'), 'hello\n');
  });
  const made = () => [victim, roots].flatMap(place => readdirSync(place));
  const run = (options: readonly string[]) =>
    host.jcds(person, ['exec', '--runtime', name, '--repository', REPOSITORY, ...options, 'ways:1', 'true'], {
      around,
    });

  const cases: [what: string, entry: string, target: string, options: string[]][] = [
    ['a directory that is shown unasked', 'var/tmp', `${victim}/made`, []],
    ['one that leads into a bind', 'var/tmp', '/mnt/made', ['-B', `${roots}:/mnt`]],
    ['a file', 'opt/a/f', `${victim}/made`, ['-B', `${given}/file:/opt/a/f`]],
    ['what is above a place', 'opt/b', victim, ['-B', `${given}:/opt/b/c`]],
    ['the same by bubblewrap’s name of the host', 'opt/b', `/oldroot${victim}`, ['-B', `${given}:/opt/b/c`]],
    ['a file that engines write', 'etc/hostname', `${victim}/made`, []],
  ];
  test.each(cases)('%s', (_what, entry, target, options) => {
    expect(run(options)).toEqual({ code: 0, stdout: '', stderr: '' });
    renameSync(join(image, entry), `${image}.before`);
    symlinkSync(target, join(image, entry));
    const changed = run(options);
    expect(made()).toEqual([]);
    if (changed.code !== 0) {
      // Those that build the root look when it is built, where that does not fail before.
      expect(changed.stderr).toMatch(
        /^jcds: (?:the image has changed since it was read|(?:unshare|charliecloud): .* in the container:)/,
      );
      expect(changed.code).toBe(125);
    }
    // It reads the image anew.
    const { code, stderr } = run(options);
    expect(made()).toEqual([]);
    if (code !== 0) expect(stderr).toMatch(/^jcds: nothing can be shown at/);
  });

  test('a bind over a directory of the image: no name of the image is made in it, and nothing as root', () => {
    writeFileSync(join(image, 'etc/of-the-publisher'), '');
    // A place is needed there, so that every name stands for itself.
    rmSync(join(image, 'etc/localtime'));
    expect(run(['-B', `${given}:/etc`])).toEqual({ code: 0, stdout: '', stderr: '' });
    const made = readdirSync(given).filter(name => name !== 'file');
    expect(['hostname', 'hosts', 'resolv.conf']).toEqual(expect.arrayContaining(made));
    for (const name of made) expect(statSync(join(given, name)).uid).toBe(person.uid);
  });
});
