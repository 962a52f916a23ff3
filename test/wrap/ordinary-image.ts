import { elfHeader, type ImageFiles, singularityRecord } from '../hosts/image-files.ts';

const DIRECTORIES =
  'boot cvmfs dev home media mnt opt proc root run srv sys tmp usr/bin usr/lib usr/sbin var/tmp var/lib';
const LINKS: Readonly<Record<string, string>> = {
  '.exec': '.singularity.d/actions/exec',
  '.run': '.singularity.d/actions/run',
  '.shell': '.singularity.d/actions/shell',
  '.test': '.singularity.d/actions/test',
  bin: 'usr/bin',
  environment: '.singularity.d/env/90-environment.sh',
  lib: 'usr/lib',
  lib64: 'usr/lib64',
  sbin: 'usr/sbin',
  singularity: '.singularity.d/runscript',
  'etc/localtime': '/usr/share/zoneinfo/Etc/UTC',
  'etc/os-release': '../usr/lib/os-release',
  'etc/rmt': '/usr/sbin/rmt',
};
const ETC =
  'adduser.conf bash.bashrc debian_version environment fstab hosts login.defs motd profile resolv.conf shells';
const PASSWD = `root:x:0:0:root:/root:/bin/bash
daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
`;

/** What `apptainer build --sandbox` makes of Debian's image, by its names: all that a written script can depend on. */
export function ordinaryImage(env: Readonly<Record<string, string>> = {}): ImageFiles {
  return {
    ...Object.fromEntries(DIRECTORIES.split(' ').map(name => [name, { directory: 0o755 }])),
    ...Object.fromEntries(Object.entries(LINKS).map(([name, link]) => [name, { link }])),
    ...Object.fromEntries(ETC.split(' ').map(name => [`etc/${name}`, ''])),
    'etc/passwd': PASSWD,
    'etc/group': 'root:x:0:\nusers:x:100:\nnogroup:x:65534:\n',
    'usr/bin/sh': { program: elfHeader(process.arch === 'arm64' ? 183 : 62) },
    ...singularityRecord({
      from: 'debian:12',
      env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', ...env },
    }),
  };
}
