import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HostSetting } from '../cli/host-setting.ts';
import { type Surroundings, surroundingsOf, usableBy } from '../contract/containers.ts';

// Jobs of root have no capability, but files of root's are theirs to write: those by which the kernel runs programs on the host
// (core_pattern, modprobe, binfmt_misc, release_agent), or is switched off. Apptainer and Singularity show them as
// they are: docs/security.md says so.
const host = new HostSetting();
afterAll(() => host.remove());
const root = host.people.find(({ uid }) => uid === 0)!;
const IMAGE = 'library/small:1';

/** Nothing is written: a file that can be opened for it is told. */
const ATTACK = `
try() { for f do [ ! -e "$f" ] || ! (: >>"$f") 2>/dev/null || echo "open: $f"; done; }
try /proc/sys/kernel/core_pattern /proc/sys/kernel/modprobe /proc/sys/fs/binfmt_misc/register /proc/sys/vm/drop_caches
try /proc/sysrq-trigger /proc/irq/default_smp_affinity /sys/kernel/uevent_helper /sys/kernel/mm/transparent_hugepage/enabled
try /sys/power/state /sys/fs/cgroup/*/release_agent /sys/fs/cgroup/cgroup.procs /sys/fs/cgroup/*/cgroup.procs
mkdir -p /tmp/p
for how in '' '-r' '-rp'; do
  busybox unshare -m $how sh -c 'mount -t proc proc /tmp/p; try() { (: >>"$1") 2>/dev/null && echo "open by a new mount: $1"; }
    try /tmp/p/sys/kernel/core_pattern; umount -l /proc/sys; try /proc/sys/kernel/core_pattern
    mount -o remount,bind,rw /proc/sys; try /proc/sys/kernel/core_pattern' </dev/null 2>/dev/null
done
cat /proc/sys/kernel/ostype`;

describe.each(
  usableBy(root)
    .filter(name => name !== 'apptainer' && name !== 'singularity')
    .map(name => [name] as const),
)('%s', name => {
  let around: Surroundings;
  beforeAll(async () => {
    around = await surroundingsOf(name, root);
  });
  afterAll(() => around.close?.());

  test.each([[[]], [['--contain']]])(
    'a job of root reaches the host by no file of the kernel %j',
    options => {
      const words = ['exec', '--runtime', name, ...options, IMAGE, 'sh', '-c', ATTACK];
      expect(host.jcds(root, words, { around })).toEqual({ code: 0, stdout: 'Linux\n', stderr: '' });
    },
  );
});

test('a script for bubblewrap', () => {
  const script = join(host.home(root), 'script');
  const wrapped = host.jcds(root, ['wrap', '--runtime', 'bubblewrap', '-o', script, IMAGE]);
  expect(wrapped.code).toBe(0);
  expect(host.run(root, [script, 'sh', '-c', ATTACK])).toEqual({ code: 0, stdout: 'Linux\n', stderr: '' });
});
