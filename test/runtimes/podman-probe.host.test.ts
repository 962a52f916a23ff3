import { chownSync, existsSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { readCaller } from '../../src/job/caller.ts';
import { podman } from '../../src/runtimes/podman.ts';
import { probeContext } from '../../src/runtimes/probe-context.ts';
import type { RunRequest } from '../../src/runtimes/runtime.ts';
import { people } from '../contract/containers.ts';
import { removePodmanState } from '../contract/podman-state.ts';
import { aRequest } from './requests.ts';

const ordinary = people()[0]!;
const folders: string[] = [];
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jcds-podman-'));
  folders.push(folder);
  const places = ['run', '.cache', '.cache/jcds', '.cache/jcds/podman'].map(name => join(folder, name));
  for (const path of places) mkdirSync(path, { mode: 0o700 });
  for (const path of [folder, ...places]) chownSync(path, ordinary.uid, ordinary.gid);
});
afterAll(() => {
  for (const one of folders) removePodmanState(one, join(one, 'run'));
});

const ONE_KIND_OF_CGROUPS = 'umount -R /sys/fs/cgroup; mount -t cgroup2 none /sys/fs/cgroup';

/** The verdict for the ordinary user on this host, changed by root in a mount namespace of its own. */
function verdict(change: string, changes: Partial<RunRequest> = {}) {
  const own = probeContext(
    {
      PATH: process.env.PATH,
      HOME: folder,
      XDG_RUNTIME_DIR: join(folder, 'run'),
      XDG_DATA_HOME: join(folder, 'data'),
    },
    ordinary.uid,
  );
  const script = `${change}\nexec "$@"`;
  const before = ['--mount', '--propagation', 'private', 'sh', '-c', script, 'sh', ...ordinary.become];
  const run: typeof own.run = (file, args, timeout) =>
    own.run('/usr/bin/unshare', [...before, file, ...args], timeout);
  return podman.probe({ ...own, run }, aRequest({ limits: readCaller(null).limits, ...changes }));
}

/** A host with systemd has one kind; others may have both side by side, which crun refuses. */
const hasBothKinds = existsSync('/sys/fs/cgroup/unified');

test('with cgroups as this host has them: where crun refuses them, runc does it', async () => {
  const facts = hasBothKinds
    ? { namesRunc: true, isRunc: true, cgroups: true }
    : { namesRunc: false, isRunc: false, cgroups: false };
  expect(await verdict(':')).toMatchObject({ works: true, host: { version: '4.3.1', facts } });
});

test('with cgroups of one kind, crun makes none', async () => {
  expect(await verdict(ONE_KIND_OF_CGROUPS)).toMatchObject({
    works: true,
    host: { facts: { namesRunc: false, isRunc: false, cgroups: false } },
  });
});

const NO_CRUN = 'mount --bind /dev/null /usr/bin/crun';
const NO_RUNC = 'mount --bind /dev/null /usr/sbin/runc';

test.each([
  [
    'no subordinate ids',
    [ONE_KIND_OF_CGROUPS, 'mount --bind /dev/null /etc/subuid; mount --bind /dev/null /etc/subgid'],
    'the user has no subordinate ids, or newuidmap is not installed: cannot find UID/GID for user',
    'usermod --add-subuids',
  ],
  [
    'no newuidmap',
    [ONE_KIND_OF_CGROUPS, 'mount --bind /dev/null /usr/bin/newuidmap'],
    'the user has no subordinate ids, or newuidmap is not installed: command required',
    'install uidmap',
  ],
  [
    'storage full',
    [ONE_KIND_OF_CGROUPS, 'mkdir "$D/data"; mount -t tmpfs -o size=16k,mode=777 none "$D/data"'],
    'its storage is full: creating buckets for DB:',
    'podman system prune',
  ],
  ['no cgroup', ['umount -R /sys/fs/cgroup'], 'no cgroups are mounted: ', 'mount cgroup2 at /sys/fs/cgroup'],
  [
    'no OCI runtime',
    [NO_CRUN, NO_RUNC],
    'it has no OCI runtime: default OCI runtime "crun" not found',
    'install crun',
  ],
  [
    'no conmon',
    ['mount --bind /dev/null /usr/bin/conmon'],
    'its conmon is missing or too old',
    'install conmon',
  ],
  [
    'a runtime directory of somebody else',
    ['chown root: "$D/run"'],
    'its runtime directory cannot be used',
    'unset XDG_RUNTIME_DIR',
  ],
])('%s', async (_, changes, reason, cure) => {
  expect(await verdict([`D=${folder}`, ...changes].join('\n'))).toMatchObject({
    works: false,
    reason: expect.stringContaining(reason),
    cure: expect.stringContaining(cure),
  });
});
