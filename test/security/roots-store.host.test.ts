import { existsSync, mkdirSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ROOTS_STORE } from '../../src/runtimes/engine-files.ts';
import { HostSetting } from '../cli/host-setting.ts';
import { type Surroundings, surroundingsOf, usableBy } from '../contract/containers.ts';

// What containerd starts for root, with all capabilities, lies below /var/lib: no job of root, which has none, is to write there.
const host = new HostSetting();
const root = host.people.find(({ uid }) => uid === 0)!;
const IMAGE = 'library/small:1';
const isMade = !existsSync(ROOTS_STORE);
/** Of a name that nothing else has: this is the real directory. */
const MARK = `jcds-test-${process.pid}`;
const marks = (): string[] => [ROOTS_STORE, join(ROOTS_STORE, 'containerd')].map(at => join(at, MARK));
const clean = (): void => {
  for (const mark of marks()) rmSync(mark, { recursive: true, force: true });
};
beforeAll(() => mkdirSync(join(ROOTS_STORE, 'containerd'), { recursive: true, mode: 0o700 }));
beforeEach(clean);
afterAll(() => {
  clean();
  host.remove();
  if (isMade && readdirSync(join(ROOTS_STORE, 'containerd')).length === 0) {
    rmdirSync(join(ROOTS_STORE, 'containerd'));
    rmdirSync(ROOTS_STORE);
  }
});

/** Says what it could do to the directory $1, which it leaves where it is. */
const ATTACK = `
d=$1 m=$2
[ -d "$d/containerd" ] && echo seen
for at in "$d/$m" "$d/containerd/$m"; do { mkdir "$at" && echo "made $at"; } 2>/dev/null; done
for at in "$d" "\${d%/*}"; do { mv "$at" "$at.$m" && echo "moved $at" && mv "$at.$m" "$at"; } 2>/dev/null; done
echo attacked`;
const attack = (at: string) => ['sh', '-c', ATTACK, 'sh', at, MARK];

const ways: [what: string, cwd: string, options: string[], place: string][] = [
  ['the caller’s directory above it', '/var/lib', [], ROOTS_STORE],
  ['the directory itself', ROOTS_STORE, [], ROOTS_STORE],
  ['what is in it', '/', ['-B', `${ROOTS_STORE}/containerd:/x/containerd`], '/x'],
  ['a bind above it', '/', ['-B', '/var:/elsewhere'], '/elsewhere/lib/jcds'],
  ['the whole host', '/', ['-B', '/:/elsewhere'], `/elsewhere${ROOTS_STORE}`],
];
const unharmed = { code: 0, stdout: 'seen\nattacked\n' };

describe.each(usableBy(root))('%s', name => {
  let around: Surroundings;
  beforeAll(async () => {
    around = await surroundingsOf(name, root);
  });
  afterAll(() => around.close?.());

  test.each(ways)('%s', (_what, cwd, options, place) => {
    const words = ['exec', '--runtime', name, ...options, IMAGE, ...attack(place)];
    expect(host.jcds(root, words, { around, cwd })).toMatchObject(unharmed);
    expect(marks().filter(mark => existsSync(mark))).toEqual([]);
  });
});

describe.each(['apptainer', 'bubblewrap'])('a script for %s', runtime => {
  test.each(ways)('%s', (_what, cwd, options, place) => {
    const script = join(host.home(root), 'script');
    rmSync(script, { force: true });
    const words = ['wrap', '--runtime', runtime, ...options, '-o', script, IMAGE, ...attack(place)];
    expect(host.jcds(root, words, { cwd })).toMatchObject({ code: 0, stderr: '' });
    const { code, stdout, stderr } = host.run(root, [script], { cwd });
    if (code === 125) expect(stderr).toMatch(/^jcds: a script cannot show jcds' own directory/);
    else expect({ code, stdout }).toEqual(unharmed);
    expect(marks().filter(mark => existsSync(mark))).toEqual([]);
  });
});

/** A host on which no engine was used by root yet. */
const FRESH = 'mount -t tmpfs tmpfs /var/lib; cd /var/lib; "$@" </dev/null; echo "left: $(ls -A jcds)"';
const MAKE = 'mkdir -p /var/lib/jcds/containerd; echo evil >/var/lib/jcds/evil; echo attacked';

describe('a store that is not there yet is made before the job could make it', () => {
  const through = ['sh', '-c', FRESH, 'sh'];
  const left = { code: 0, stdout: 'attacked\nleft: \n' };

  test.each(['apptainer', 'bubblewrap', 'unshare', 'charliecloud'])('%s', name => {
    const words = ['exec', '--runtime', name, IMAGE, 'sh', '-c', MAKE];
    expect(host.jcds(root, words, { through })).toMatchObject(left);
  });

  test.each(['apptainer', 'bubblewrap'])('a script for %s', runtime => {
    const script = join(host.home(root), 'fresh-script');
    rmSync(script, { force: true });
    host.jcds(root, ['wrap', '--runtime', runtime, '-o', script, IMAGE, 'sh', '-c', MAKE]);
    expect(host.run(root, [script], { through })).toMatchObject(left);
  });
});
