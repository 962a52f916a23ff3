import { spawnSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { HostSetting } from '../cli/host-setting.ts';
import { type Person, surroundingsOf, usableBy } from '../contract/containers.ts';

// A copy under every real runtime. The judges are `find`, and GNU tar over the layers.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
const host = new HostSetting();
const OCI = join(host.setting.folder, 'oci');
const NAME = 'a.example/b/debian:1';
const storeOf = (person: Person) => join(host.home(person), '.local/share/jcds/store');
let release = '';

/** Every entry of a directory but for what jcds notes of uses, with all that can be seen of it. */
function entries(directory: string): string {
  const format = ['-path', '*/.jcds/used*', '-prune', '-o', '-printf', '%P %y %m %s %T@ %l\\n'];
  const found = spawnSync('find', [directory, ...format], { encoding: 'utf8', maxBuffer: 1 << 26 });
  return found.stdout.split('\n').sort().join('\n');
}

beforeAll(() => {
  // Root's alone where it was made.
  cpSync('/var/cache/jcds-test/images/oci/bmn', OCI, { recursive: true });
  spawnSync('chmod', ['-R', 'a+rX', OCI]);
  for (const person of host.people) {
    const { code, stderr } = host.jcds(person, ['pull', `oci:${OCI}`, '--as', NAME]);
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('hint')]);
  }
  const unpack =
    'for layer in "$1"/blobs/sha256/*; do tar -xOf "$layer" ./usr/lib/os-release; done 2>/dev/null';
  release = spawnSync('sh', ['-c', unpack, 'sh', OCI], { encoding: 'utf8' }).stdout;
  expect(release).toContain('Debian');
});
afterAll(() => host.remove());

describe.each(
  host.people.flatMap(person => usableBy(person).map(name => ({ person, name, who: person.name }))),
)('$name for $who', ({ person, name }) => {
  test('runs a copy, and can write to no store', async () => {
    const store = storeOf(person);
    const before = entries(store);
    const around = await surroundingsOf(name, person);
    const attack = `cat /etc/os-release; exec 2>/dev/null; echo x >"$1/new"; echo x >/new; rm -rf "$1"; mv "$1" "$1.away"; mv "\${1%/*}" "\${1%/*}.away"; true`;
    // podman's state has a place of its own here, by XDG_DATA_HOME, where the store would be too.
    const env = { JCDS_STORE: store };
    try {
      const words = ['exec', '--local', '--runtime', name, NAME, 'sh', '-c', attack, 'sh', store];
      const { code, stdout, stderr } = host.jcds(person, words, { around, env });
      expect([code, stdout, stderr]).toEqual([0, release, expect.not.stringContaining('jcds:')]);
    } finally {
      await around.close?.();
    }
    expect(entries(store)).toBe(before);
  });
});
