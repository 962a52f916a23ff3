import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { HostSetting } from '../cli/host-setting.ts';
import { type Surroundings, surroundingsOf, usableBy } from '../contract/containers.ts';

// XDG_CONFIG_HOME and XDG_CACHE_HOME may name what is not there yet, and what is missing above it, too: whoever makes it first decides what
// later jcds believe. A job that is shown the place must not be the first.
const host = new HostSetting();
/** Not below /tmp, which is shown besides. */
const folder = realpathSync(mkdtempSync('/srv/jcds-missing-'));
chmodSync(folder, 0o755);
afterAll(() => {
  host.remove();
  rmSync(folder, { recursive: true });
});

/** Makes what is missing, and writes there. */
const ATTACK = 'for d in "$@"; do mkdir -p "$d"; echo evil >"$d/evil"; done; echo attacked';

/** The variables, by the directory that is shown. */
const WAYS: Readonly<Record<string, (shown: string) => readonly [config: string, cache: string]>> = {
  'several directories': shown => [`${shown}/new/a/config`, `${shown}/new/b/cache`],
  'names with more slashes than one': shown => [`${shown}//new-config//`, `${shown}//new-cache//`],
  'a name that goes back': shown => [`/usr/..${shown}/new/config`, `/usr/..${shown}/new/cache`],
};

describe.each(host.people)('$name', person => {
  const home = join(folder, person.name);
  const shared = `/tmp/${folder.slice('/srv/'.length)}-${person.name}`;
  const places = Object.entries(WAYS).flatMap(([what, named]) =>
    [home, shared].map(shown => ({ what, where: shown === home ? 'the home' : '/tmp', named: named(shown) })),
  );
  const circumstances = ([config, cache]: readonly [string, string]) => ({
    cwd: home,
    env: { HOME: home, XDG_CONFIG_HOME: config, XDG_CACHE_HOME: cache },
  });
  const expectHeld = (named: readonly string[], stdout: string): void => {
    expect(stdout).toBe('attacked\n');
    for (const directory of named)
      expect([existsSync(`${directory}/jcds`), existsSync(`${directory}/jcds/evil`)]).toEqual([true, false]);
  };
  beforeEach(() => {
    for (const path of [home, shared]) rmSync(path, { recursive: true, force: true });
    mkdirSync(home);
    chownSync(home, person.uid, person.gid);
  });
  afterAll(() => rmSync(shared, { recursive: true, force: true }));

  describe.each(usableBy(person))('%s', name => {
    let around: Surroundings;
    beforeAll(async () => {
      around = await surroundingsOf(name, person);
    });
    afterAll(() => around.close?.());

    // The same for all, before the runtime is asked: each way once.
    test.each([places[0]!, places[3]!, places[4]!])('$what in $where', ({ named }) => {
      const attack = ['sh', '-c', ATTACK, 'sh', ...named.map(path => `${path}/jcds`)];
      const words = ['exec', '--runtime', name, 'library/small:1', ...attack];
      expectHeld(named, host.jcds(person, words, { around, ...circumstances(named) }).stdout);
    });
  });

  describe.each(['apptainer', 'bubblewrap'])('a script for %s', runtime => {
    test.each(places)('$what in $where', ({ named }) => {
      const script = join(folder, `script-${person.name}`);
      rmSync(script, { force: true });
      const attack = ['sh', '-c', ATTACK, 'sh', ...named.map(path => `${path}/jcds`)];
      const words = ['wrap', '--runtime', runtime, 'library/small:1', ...attack];
      const { stdout } = host.jcds(person, words, { cwd: '/', env: { HOME: home } });
      expect(stdout).toMatch(/^#!/);
      const run = host.run(person, ['sh', '-c', stdout, script], circumstances(named));
      expectHeld(named, run.stdout);
    });
  });
});
