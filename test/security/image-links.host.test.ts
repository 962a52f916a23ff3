import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { HostSetting } from '../cli/host-setting.ts';
import { builtFrom } from '../cli/setting.ts';
import { type Surroundings, surroundingsOf, usableBy } from '../contract/containers.ts';
import { makeOsgRepository } from '../hosts/tree.ts';

// A hostile publisher: entries of the image are links out of it, or become such after jcds has read and remembered them as
// directories. With --contain --no-home no job reaches a file of its caller's home by them.
const host = new HostSetting();
afterAll(() => host.remove());
// Beside the test images: daemons see no other CVMFS.
const REPOSITORY = `hostile-${process.pid}.jinr.ru`;
const repository = join(process.env.JCDS_TEST_ROOT ?? '/srv/jcds-test', 'cvmfs', REPOSITORY);
/** Every kind of entry: at the root, below a directory that jcds opens for places that the image lacks, and a file. */
const ENTRIES = ['media', 'opt', 'usr/share', 'etc/issue.d', 'etc/motd', 'srv', 'var/lib'] as const;
const SECRET = 'the-secret-of-the-caller';

function publish(): string {
  rmSync(repository, { recursive: true, force: true });
  const files = Object.fromEntries(
    ENTRIES.map(entry => [entry === 'etc/motd' ? entry : `${entry}/in-the-image`, 'harmless\n']),
  );
  const real = makeOsgRepository(repository, {
    'library/hostile:1': builtFrom('hostile:1', files),
  });
  return Object.values(real)[0]!;
}

/** Puts a link in the place of an entry. */
function change(image: string, entry: string, target: string): void {
  const place = join(image, entry);
  chmodSync(join(place, '..'), 0o755);
  if (lstatSync(place, { throwIfNoEntry: false }) !== undefined)
    renameSync(place, `${image}.${entry.replace('/', '-')}`);
  symlinkSync(target, place);
}

const cells = host.people.flatMap(person =>
  usableBy(person).map(name => ({ person, name, who: person.name })),
);

describe.each(cells)('$name for $who', ({ person, name }) => {
  let around: Surroundings;
  let image: string;
  const secret = join(host.home(person), 'secret');
  beforeAll(async () => {
    around = await surroundingsOf(name, person);
    writeFileSync(secret, SECRET, { mode: 0o600 });
    chownSync(secret, person.uid, person.gid);
    mkdirSync(join(host.home(person), 'in-the-image'), { recursive: true });
  });
  afterAll(() => around.close?.());
  beforeEach(() => {
    image = publish();
    host.jcds(person, ['cache', 'prune', '-q']);
  });
  afterEach(() => rmSync(repository, { recursive: true, force: true }));

  const TRY = `for e in "$@"; do cat "/$e" "/$e/secret" "/$e$SECRET" "/$e/../secret"; done 2>/dev/null; echo done`;
  const run = () =>
    host.jcds(
      person,
      [
        ...[
          'exec',
          '--repository',
          REPOSITORY,
          '--contain',
          '--no-home',
          '--runtime',
          name,
          '--env',
          `SECRET=${secret}`,
          'hostile:1',
        ],
        ...['sh', '-c', TRY, 'sh', ...ENTRIES],
      ],
      { around, cwd: '/' },
    );

  test.each(['media', 'etc/issue.d', 'etc/motd'])(
    '%s was no link when it was read',
    entry => {
      const first = run();
      expect([first.code, first.stderr]).toEqual([0, '']);
      expect(first.stdout).toContain('done');
      change(image, entry, entry === 'etc/motd' ? secret : host.home(person));
      // The one who has remembered a directory refuses, forgets, and then shows a link that leads nowhere.
      const second = run();
      expect(second.stdout + second.stderr).not.toContain(SECRET);
      expect([0, 125]).toContain(second.code);
      if (second.code === 125)
        expect(second.stderr).toMatch(/^jcds: the image has changed since it was read/);
      const third = run();
      expect(third.stdout + third.stderr).not.toContain(SECRET);
      expect([third.code, third.stdout.includes('done')]).toEqual([0, true]);
    },
    60_000,
  );

  test('links from the beginning, at any entries, to anywhere', () => {
    const targets = [
      host.home(person),
      secret,
      '/',
      '..',
      '../../../../../../../..',
      `/proc/self/root${host.home(person)}`,
      '/proc/self/cwd',
      '/tmp',
      '/dev/fd/../cwd',
    ];
    const links = fc.uniqueArray(fc.tuple(fc.constantFrom(...ENTRIES), fc.constantFrom(...targets)), {
      selector: ([entry]) => entry,
      minLength: 1,
    });
    fc.assert(
      fc.property(links, chosen => {
        image = publish();
        for (const [entry, target] of chosen) change(image, entry, target);
        host.jcds(person, ['cache', 'prune', '-q']);
        const { stdout, stderr } = run();
        expect(stdout + stderr).not.toContain(SECRET);
        expect(stdout + stderr).not.toBe('');
      }),
      { numRuns: 4 },
    );
  }, 120_000);
});
