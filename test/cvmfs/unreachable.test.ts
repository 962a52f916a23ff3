import { realpathSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { carefulLook } from '../../src/cvmfs/careful-look.ts';
import { type MountPoint, mountedType, mountPoints } from '../../src/cvmfs/mount-points.ts';
import { cvmfsRoot } from '../../src/cvmfs/root.ts';
import { type Obstruction, unreachableReason } from '../../src/cvmfs/unreachable.ts';
import { plant, temporaryDirectory } from '../rootfs/tree-on-disk.ts';
import { named, row } from './look-setting.ts';

const R = 'r.cern.ch';
const path = `/cvmfs/${R}`;
const ASK = 'ask the administrator of this host';
const errno = (name: string): Obstruction => ({ code: 'ERRNO', errno: name, path });

// What each failure of a client looks like: facts measured with CernVM-FS 2.12.
test.each<[Obstruction, string, string, string]>([
  [
    { code: 'HUNG', path, seconds: 20 },
    'HUNG',
    `${path} gave no answer within 20 s`,
    `its client or the network hangs: try again later, wait longer with --cvmfs-timeout, or ${ASK}`,
  ],
  [
    { code: 'NOT_KNOWN', path },
    'NOT_KNOWN',
    `${path} is mounted on demand, and this host's CVMFS client could not mount it`,
    `its client may lack the configuration or key of ${R}: cvmfs_config showconfig ${R}, or ${ASK}`,
  ],
  [
    errno('ENOTCONN'),
    'DISCONNECTED',
    `the CVMFS client that served ${path} has died (ENOTCONN)`,
    `as root: umount -l ${path}, then mount it anew: mount -t cvmfs ${R} ${path} (an automounter does that by itself); or ${ASK}`,
  ],
  [
    { code: 'HUNG', path, seconds: 3.99998651 },
    'HUNG',
    `${path} gave no answer within 4 s`,
    `its client or the network hangs: try again later, wait longer with --cvmfs-timeout, or ${ASK}`,
  ],
  [
    errno('EIO'),
    'INPUT_OUTPUT',
    `${path} could not be read (EIO)`,
    `its servers, this site's proxy or the disk of its cache may be at fault: try again later; the client's own counters tell: cvmfs_config stat -v ${R}`,
  ],
  [
    errno('ESTALE'),
    'INPUT_OUTPUT',
    `${path} could not be read (ESTALE)`,
    `its servers, this site's proxy or the disk of its cache may be at fault: try again later; the client's own counters tell: cvmfs_config stat -v ${R}`,
  ],
  [
    errno('ELOOP'),
    'LINK_LOOP',
    `${path} is too many links deep (ELOOP), which an automounter says when it cannot mount`,
    `see what is wrong with: cvmfs_config probe ${R}; or ${ASK}`,
  ],
  [
    errno('EACCES'),
    'DENIED',
    `you may not look into ${path} (EACCES)`,
    `ls -ld ${path}; ${ASK} if it should be open to you`,
  ],
  [
    errno('EMFILE'),
    'SYSTEM_ERROR',
    `looking at ${path} failed (EMFILE)`,
    `see what is wrong with: cvmfs_config probe ${R}; or ${ASK}`,
  ],
])('%j', (met, code, detail, hint) => {
  expect(unreachableReason(met, R)).toEqual({ code, detail, hint });
});

const MOUNTS = `22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
30 22 0:5 / /cvmfs rw,relatime - autofs /etc/auto.cvmfs rw,fd=6
31 30 0:40 / /cvmfs/a\\040b\\134c ro,nosuid,nodev master:1 shared:2 - fuse cvmfs2 ro
32 22 0:41 / /srv rw - tmpfs tmpfs rw
33 32 0:42 / /srv ro - squashfs /dev/loop0 ro
broken line
`;
test('the list of mounts is read with its escapes; the last one on a directory counts', () => {
  const mounts = mountPoints(MOUNTS);
  expect(mountedType('/cvmfs', mounts)).toBe('autofs');
  expect(mountedType('/cvmfs/a b\\c', mounts)).toBe('fuse');
  expect(mountedType('/srv', mounts)).toBe('squashfs');
  expect(mountedType('/srv/x', mounts)).toBeNull();
  expect(mountPoints().some(({ directory }) => directory === '/')).toBe(true);
});

/** A look with a list of mounts made up for it. */
function looked(root: string, mounts: Pick<MountPoint, 'directory' | 'type'>[]) {
  return carefulLook(
    root,
    [row(R)],
    () => {},
    () => mounts.map(mount => ({ ...mount, source: 'none', device: '0:1', root: '/' })),
  ).find(named('nosuch:1'));
}

test('what is mounted decides only where a directory is empty or absent', () => {
  const root = realpathSync(temporaryDirectory());
  const reason = (mounts: { directory: string; type: string }[]) => {
    const publication = looked(root, mounts);
    return publication.state === 'unreachable' ? publication.reason.code : publication.state;
  };
  const automounter = { directory: root, type: 'autofs' };
  const mounted = { directory: join(root, R), type: 'fuse' };
  expect([reason([]), reason([automounter])]).toEqual(['NOT_MOUNTED', 'NOT_KNOWN']);
  plant(root, { [R]: null });
  expect([reason([]), reason([automounter]), reason([mounted])]).toEqual([
    'NOT_MOUNTED',
    'NOT_MOUNTED',
    'missing',
  ]);
  plant(root, { [`${R}/.images/x`]: 'x' });
  expect([reason([]), reason([automounter]), reason([mounted])]).toEqual(['missing', 'missing', 'missing']);
});

test('where the root is a link, the real directory of the repository is asked for', () => {
  const real = realpathSync(temporaryDirectory());
  const root = join(temporaryDirectory(), 'cvmfs');
  plant(real, { [R]: null });
  symlinkSync(real, root);
  expect(looked(root, [{ directory: join(real, R), type: 'fuse' }]).state).toBe('missing');
});

test.each([
  [{}, '/cvmfs'],
  [{ configured: '/a/' }, '/a'],
  [{ configured: 'b/../c' }, '/work/c'],
  [{ configured: '' }, '/cvmfs'],
  [{ environment: { CVMFS_MOUNT_DIR: '/m/', CVMFS_BASE: '/b' } }, '/m'],
  [{ environment: { CVMFS_MOUNT_DIR: '', CVMFS_BASE: '/b' } }, '/b'],
  [{ environment: { CVMFS_MOUNT_DIR: 'relative' } }, '/cvmfs'],
  [{ configured: '/a', environment: { CVMFS_MOUNT_DIR: '/m' } }, '/a'],
  [{ configured: 'x', cwd: null }, '/x'],
])('with %j CVMFS is at %s', (requested, expected) => {
  expect(cvmfsRoot({ configured: null, environment: {}, cwd: '/work', ...requested })).toBe(expected);
});
