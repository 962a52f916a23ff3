import { commandText } from '../../command-text.ts';

/** What decides how a repository can be mounted on this host. Plain data; `mount-facts.ts` finds it out. */
export interface MountFacts {
  readonly repository: string;
  /** The CVMFS root in use. */
  readonly root: string;
  readonly isLinux: boolean;
  readonly isRoot: boolean;
  /** Whether this is the inside of a container. */
  readonly isContainer: boolean;
  /** As `uname -m` says it. */
  readonly machine: string;
  /** ID and ID_LIKE of /etc/os-release. */
  readonly distribution: readonly string[];
  /** Whether a FUSE file system can be mounted at all: /dev/fuse can be opened. */
  readonly hasFuse: boolean;
  /** Whether a user may mount one in a namespace of their own: `unshare -rm` works, and Linux is 4.18 or newer. */
  readonly hasUserMounts: boolean;
  /** Those of PROGRAMS that are on PATH. */
  readonly programs: ReadonlySet<string>;
  /** URLs, as CVMFS_SERVER_URL takes them. */
  readonly servers: readonly string[];
  /** As CVMFS_HTTP_PROXY takes them. */
  readonly proxies: string;
  /** Where its domain's keys are, or are usually put. */
  readonly keysDirectory: string;
  /** A file with a key of its domain on this host; null: none is known. */
  readonly key: string | null;
}

/** What is looked for on PATH. */
export const PROGRAMS = [
  'cvmfs2',
  'fusermount',
  'fusermount3',
  'git',
  'curl',
  'rpm2cpio',
  'cpio',
  'apt-get',
  'dnf',
  'yum',
] as const;

/** One way to a mount. */
export interface Way {
  /** What it takes, as the beginning of a line. */
  readonly needs: string;
  /** To be typed as it stands, after which `then` works. */
  readonly command: string;
}

/** Domains that the client's own default configuration knows. */
const CONFIGURED = ['cern.ch', 'opensciencegrid.org', 'egi.eu'];

/**
 * The ways to a mount that are possible here, the least effort first. Each command ends in the job itself. Pure.
 * @param job the words that start it, quoted: `jcds run IMAGE`
 */
export function waysToMount(facts: MountFacts, job: string): readonly Way[] {
  if (!facts.isLinux) return [];
  const { programs, hasFuse, isContainer, isRoot, root } = facts;
  const hasClient = programs.has('cvmfs2');
  const ways = [
    hasClient && hasFuse && isRoot ? mountAsRoot(facts, job) : null,
    hasClient && hasFuse && !isRoot ? privateMount(facts, job) : null,
    hasClient || !hasFuse || !facts.hasUserMounts ? null : cvmfsexec(facts, job),
    hasClient || !hasFuse ? null : packages(facts, job),
    isContainer && !hasFuse
      ? {
          needs: 'on the host of this container',
          command: `${commandText('docker', 'run', '-v', `/cvmfs:${root}:shared`)} …`,
        }
      : null,
  ];
  return ways.filter(way => way !== null);
}

function mountAsRoot({ root, repository }: MountFacts, job: string): Way {
  const place = commandText(`${root}/${repository}`);
  return {
    needs: 'as root',
    command: `mkdir -p ${place} && mount -t cvmfs ${commandText(repository)} ${place} && ${job}`,
  };
}

/** The client of this host, started by an ordinary user, on a directory of that user. */
function privateMount(facts: MountFacts, job: string): Way | null {
  const { servers, programs, proxies } = facts;
  const repository = commandText(facts.repository);
  if (!programs.has('fusermount') && !programs.has('fusermount3')) return null;
  if (servers.length === 0 || facts.key === null) return null;
  const lines = [
    '"CVMFS_CACHE_BASE=$HOME/.cache/cvmfs"',
    '"CVMFS_RELOAD_SOCKETS=$HOME/.cache/cvmfs"',
    'CVMFS_CLAIM_OWNERSHIP=yes',
    commandText(`CVMFS_HTTP_PROXY="${proxies}"`),
    ...configuration(facts),
  ];
  return {
    needs: 'without root, with the client of this host',
    command: [
      `mkdir -p ~/cvmfs/${repository} ~/.cache/cvmfs`,
      `printf '%s\\n' ${lines.join(' ')} >~/.cache/cvmfs/${repository}.conf`,
      `cvmfs2 -o config="$HOME/.cache/cvmfs/${repository}.conf" ${repository} ~/cvmfs/${repository}`,
      `JCDS_CVMFS_ROOT=~/cvmfs ${job}`,
    ].join(' && '),
  };
}

/** A client of one's own, in a user namespace: https://github.com/cvmfs/cvmfsexec. */
function cvmfsexec(facts: MountFacts, job: string): Way {
  const { repository, programs } = facts;
  const missing = ['git', 'curl', 'rpm2cpio', 'cpio'].filter(name => !programs.has(name));
  const make = [
    'cd cvmfsexec',
    `./makedist ${machineType(facts)}default`,
    ...configureBelow('dist/etc/cvmfs', facts),
  ];
  return {
    needs: `without root${missing.length === 0 ? '' : `, once ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} installed`}${withKey(facts)}`,
    command: [
      'git clone https://github.com/cvmfs/cvmfsexec',
      `(${make.join(' && ')})`,
      `cvmfsexec/cvmfsexec ${commandText(repository)} -- ${job}`,
    ].join(' && '),
  };
}

/** makedist knows Red Hat's and SUSE's systems; on others Red Hat's programs run too. */
function machineType({ distribution, machine }: MountFacts): string {
  const isKnown = distribution.some(name => name === 'rhel' || name === 'suse');
  return isKnown ? '' : `-m rhel9-${machine} `;
}

/** The client's own packages: https://cvmfs.readthedocs.io/en/stable/cpt-quickstart.html. */
function packages(facts: MountFacts, job: string): Way | null {
  const { programs, isRoot, repository, root } = facts;
  const sudo = isRoot ? '' : 'sudo ';
  const release = 'https://ecsft.cern.ch/dist/cvmfs/cvmfs-release/cvmfs-release-latest';
  const yum = programs.has('dnf') ? 'dnf' : 'yum';
  const install = programs.has('apt-get')
    ? [
        `curl -O ${release}_all.deb`,
        `${sudo}dpkg -i cvmfs-release-latest_all.deb`,
        `${sudo}apt-get update`,
        `${sudo}apt-get install -y cvmfs`,
      ]
    : programs.has(yum)
      ? [`${sudo}${yum} install -y ${release}.noarch.rpm`, `${sudo}${yum} install -y cvmfs`]
      : null;
  if (install === null) return null;
  const place = commandText(`${root}/${repository}`);
  const configure = ["printf 'CVMFS_CLIENT_PROFILE=single\\n' >/etc/cvmfs/default.local"].concat(
    configureBelow('/etc/cvmfs', facts),
  );
  const mount = [`mkdir -p ${place}`, `mount -t cvmfs ${commandText(repository)} ${place}`];
  const asRoot = [...configure, ...mount].join(' && ');
  return {
    needs: `as root${withKey(facts)}`,
    command: [...install, isRoot ? asRoot : `sudo sh -c ${commandText(asRoot)}`, job].join(' && '),
  };
}

/** What the client has to be told of a repository that its default configuration does not know. */
function configureBelow(directory: string, facts: MountFacts): string[] {
  const { repository, key } = facts;
  const domain = domainOf(repository);
  if (CONFIGURED.includes(domain)) return [];
  const keys = `${directory}/keys/${domain}`;
  const lines = configuration({ ...facts, keysDirectory: `/etc/cvmfs/keys/${domain}` });
  return [
    ...(key === `${keys}/${key?.slice(key.lastIndexOf('/') + 1)}`
      ? []
      : [commandText('mkdir', '-p', keys), commandText('cp', key ?? 'KEY.pub', `${keys}/`)]),
    `printf '%s\\n' ${lines.join(' ')} >${commandText(`${directory}/config.d/${repository}.conf`)}`,
  ];
}

function configuration({ servers, keysDirectory }: MountFacts): string[] {
  const urls = servers.length === 0 ? 'http://SERVER/cvmfs/@fqrn@' : servers.join(';');
  return [commandText(`CVMFS_SERVER_URL="${urls}"`), commandText(`CVMFS_KEYS_DIR=${keysDirectory}`)];
}

/** What only the operators can give. */
function withKey({ repository, key, servers }: MountFacts): string {
  if (CONFIGURED.includes(domainOf(repository))) return '';
  const asked = [
    ...(key === null ? ['its key as KEY.pub'] : []),
    ...(servers.length === 0 ? ['SERVER'] : []),
  ];
  return asked.length === 0 ? '' : `, with ${asked.join(' and ')} from the operators of ${repository}`;
}

function domainOf(repository: string): string {
  return repository.slice(repository.indexOf('.') + 1);
}
