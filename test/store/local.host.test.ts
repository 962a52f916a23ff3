import { execFile, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { HostSetting } from '../cli/host-setting.ts';
import { startRegistry } from '../hosts/registry.ts';
import { PLANTS } from '../security/plants.ts';

// Copies that are made of real layouts and registries. The judge is `find`.
const run = promisify(execFile);
const host = new HostSetting();
const OCI = join(host.setting.folder, 'oci');
const NAME = 'a.example/b/debian:1';
const user = host.people.find(({ uid }) => uid !== 0)!;
const storeOf = (person = user) => join(host.home(person), '.local/share/jcds/store');
const pull = (words: readonly string[], person = user, env = {}) =>
  host.jcds(person, ['pull', ...words], { env });

/** Every entry of a directory but for what jcds notes of uses, with all that can be seen of it. */
function entries(directory: string): string {
  return spawnSync(
    'find',
    [directory, '-path', '*/.jcds/used*', '-prune', '-o', '-printf', '%P %y %m %s %T@ %l\\n'],
    { encoding: 'utf8', maxBuffer: 1 << 26 },
  )
    .stdout.split('\n')
    .sort()
    .join('\n');
}

beforeAll(() => {
  // Root's alone where they were made.
  cpSync('/var/cache/jcds-test/images/oci', OCI, { recursive: true });
  spawnSync('chmod', ['-R', 'a+rX', OCI]);
});
afterAll(() => host.remove());

describe('the store', () => {
  beforeEach(() => rmSync(join(host.home(user), '.local'), { recursive: true, force: true }));

  test('of a never published image of a registry: --local makes the copy, and later needs no registry', async () => {
    const registry = await startRegistry();
    const name = `${registry.host}/a/small:1`;
    try {
      await run('skopeo', [
        ...['copy', '-q', '--insecure-policy', '--dest-tls-verify=false'],
        ...[`oci:${OCI}/small`, `docker://${name}`],
      ]);
      const [first, second] = [0, 1].map(() =>
        host.jcds(user, ['exec', '--local', name, 'echo', 'in it'], { cvmfs: host.home(user) }),
      );
      expect([first!.code, first!.stdout]).toEqual([0, 'in it\n']);
      expect(first!.stderr).toContain(`making a local copy of ${name}`);
      expect(second).toEqual({ code: 0, stdout: 'in it\n', stderr: '' });
      expect(pull([name]).stderr).toBe(`jcds: ${name} is there already, and unchanged\n`);
    } finally {
      await registry.close();
    }
    expect(host.jcds(user, ['exec', '--local', name, 'echo', 'in it']).stdout).toBe('in it\n');
  });

  test('has one name for two registries, and none for what is not there', () => {
    pull([`oci:${OCI}/small`, '--as', 'a.example/x:1']);
    const other = host.jcds(user, ['exec', '--local', '--dry-run', 'b.example/x:1', 'true']);
    expect([other.code, other.stderr]).toEqual([
      125,
      expect.stringContaining('there is no local copy of b.example/x:1'),
    ]);
    expect(host.jcds(user, ['exec', '--local', 'a.example/x:1', 'echo', 'yes']).stdout).toBe('yes\n');
  });

  test.each(['000', '077'])('is the same under umask %s', umask => {
    const under = (mask: string, home: string) => {
      const made = join(host.home(user), home);
      const pulled = host.run(user, [
        ...['sh', '-c', `umask ${mask}; exec "$jcds" "$@"`, 'sh'],
        ...['pull', `oci:${OCI}/small`, '--as', NAME, '--store', made],
      ]);
      expect([pulled.code, pulled.stdout]).toEqual([0, expect.stringContaining(made)]);
      const all = entries(made);
      rmSync(made, { recursive: true });
      // Sizes and times are those of now where jcds made the directory, and those of the image elsewhere.
      return all.replace(/^(.*?) (\w) (\d+) \d+ [\d.]+/gm, '$1 $2 $3');
    };
    expect(under(umask, 'other')).toBe(under('022', 'usual'));
  });

  test.each([
    ['world-writable', (store: string) => chmodSync(store, 0o777), 'others may write to it'],
    ['of another user', (store: string) => chownSync(store, 1, 1), 'it belongs to another user'],
  ])('%s is an error that says so', (_what, spoil, reason) => {
    pull([`oci:${OCI}/small`, '--as', NAME]);
    spoil(storeOf());
    const ran = host.jcds(user, ['exec', '--local', NAME, 'true']);
    expect([ran.code, ran.stderr]).toEqual([125, expect.stringContaining(reason)]);
    const pulled = pull([`oci:${OCI}/small`, '--as', NAME]);
    expect([pulled.code, pulled.stderr]).toEqual([1, expect.stringContaining(reason)]);
  });

  test('says what it can whatever stands in the place of its records, and runs the copy', () => {
    pull([`oci:${OCI}/small`, '--as', NAME]);
    const records = join(storeOf(), '.jcds/images');
    const record = join(records, readdirSync(records)[0]!);
    const whole = readFileSync(record);
    for (const [what, plant] of Object.entries(PLANTS)) {
      rmSync(records, { recursive: true });
      mkdirSync(records, { mode: 0o700 });
      writeFileSync(record, whole, { mode: 0o600 });
      plant(record, whole);
      for (const path of [records, record]) lchownSync(path, user.uid, user.gid);
      const listed = host.jcds(user, ['store', 'list']);
      const ran = host.jcds(user, ['exec', '--local', NAME, 'echo', 'ran']);
      expect([what, listed.code, listed.stdout, ran.code, ran.stdout]).toEqual([
        what,
        0,
        expect.stringContaining(NAME),
        0,
        'ran\n',
      ]);
    }
  }, 180_000);
});
