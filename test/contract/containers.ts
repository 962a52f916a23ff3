import { spawnSync } from 'node:child_process';
import { chownSync, mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCaller } from '../../src/job/caller.ts';
import type { Entries } from '../../src/launch/launcher-environment.ts';
import { RUNTIME_NAMES, RUNTIMES, type RuntimeName } from '../../src/runtimes/index.ts';
import { probeContext } from '../../src/runtimes/probe-context.ts';
import type { Runtime, RuntimeHost } from '../../src/runtimes/runtime.ts';
import { type Daemon, startContainerd, startDocker } from '../hosts/daemons.ts';
import { type Person, people, user } from '../hosts/people.ts';
import { aRequest } from '../runtimes/requests.ts';
import { TESTED } from './matrix.ts';
import { removePodmanState } from './podman-state.ts';

export { type Person, people } from '../hosts/people.ts';

/** A runtime as one person has it on this host. */
export interface Container {
  readonly name: RuntimeName;
  readonly runtime: Runtime;
  readonly person: Person;
  readonly host: RuntimeHost;
  readonly surroundings: Surroundings;
  /** Whose job it is, by what. */
  readonly label: string;
  /** The same for names of files. */
  readonly key: string;
  /** The version that it should be. */
  readonly version: string;
}

/** What a runtime finds around it: how one becomes the person there, and variables that the person has besides. */
export interface Surroundings {
  readonly become: readonly string[];
  readonly environment: Entries;
  /** Where the probe looks for programs first. */
  readonly path?: string;
  close?(): Promise<void>;
}

const repositories = `${process.env.JCDS_TEST_ROOT ?? '/srv/jcds-test'}/cvmfs/containers.jinr.ru`;
const HOSTS = join(import.meta.dirname, '../hosts');

/** The real directory of a test image, whatever its link says about /cvmfs. */
export function imageAt(name: string): string {
  const link = spawnSync('readlink', [join(repositories, name)], { encoding: 'utf8' }).stdout.trim();
  return realpathSync(link.replace('/cvmfs/containers.jinr.ru', repositories));
}

/** These rows of the table for every person. A runtime that does not work is a failure, with its reason. */
export async function containers(...names: readonly RuntimeName[]): Promise<Container[]> {
  const all = people().flatMap(person =>
    namedFor(person)
      .filter(name => names.length === 0 || names.includes(name))
      .flatMap(name => TESTED[name].map(version => ({ person, name, version: version! }))),
  );
  // One after another: what starts a daemon holds up this process, and with it the clock of a probe.
  const found: Container[] = [];
  for (const { person, name, version } of all) found.push(await container(person, RUNTIMES[name], version));
  return found;
}

/** The runtimes that are for this person, by all their names. */
export function namedFor({ uid }: Person): RuntimeName[] {
  return RUNTIME_NAMES.filter(name => uid === 0 || (RUNTIMES[name] as Runtime).rootOnly !== true);
}

/** Each once: what the test host has as `singularity` is Apptainer by another name. */
export function usableBy(person: Person): RuntimeName[] {
  return namedFor(person).filter(name => name !== 'singularity');
}

async function container(person: Person, runtime: Runtime, version: string): Promise<Container> {
  const name = runtime.name as RuntimeName;
  // What is not Debian 12's lies in a tree of its own (test/hosts/install.sh podman).
  const isNewer = version !== TESTED[name][0];
  const surroundings = isNewer ? ofPodman(person, inTree(person)) : await surroundingsOf(name, person);
  const label = `${name}${isNewer ? ` ${version}` : ''} for ${person.name}`;
  const variables = {
    PATH: surroundings.path ?? process.env.PATH,
    HOME: person.home,
    ...Object.fromEntries(surroundings.environment),
  };
  // This process is root: what it makes in the home of another would be root's.
  const [first = '', ...words] = [...person.become, 'mkdir', '-p'];
  spawnSync(first, [...words, join(person.home, '.cache/jcds', name)]);
  const own = probeContext(variables, person.uid);
  const verdict = await runtime.probe(
    {
      ...own,
      run: (file, args, timeout) => {
        const [first = '', ...rest] = [...surroundings.become, file, ...args];
        return own.run(own.which(first) ?? first, rest, timeout);
      },
    },
    aRequest({
      image: { path: imageAt('library/small:1'), kind: 'directory', facts: null },
      user: { uid: person.uid, gid: person.gid, name: person.name, groups: [person.gid] },
      umask: process.umask(),
      limits: readCaller(null).limits,
    }),
  );
  if (!verdict.works) throw new Error(`${label}: ${verdict.reason} (${verdict.cure})`);
  return {
    name,
    runtime,
    person,
    host: verdict.host,
    surroundings,
    label,
    key: label.replaceAll(' ', '-'),
    version,
  };
}

/** What this runtime needs around it on this host; to be closed afterwards. */
export async function surroundingsOf(name: RuntimeName, person: Person): Promise<Surroundings> {
  return (await SURROUNDINGS[name]?.(person)) ?? { become: person.become, environment: [] };
}

const SURROUNDINGS: Partial<Record<RuntimeName, (person: Person) => Surroundings | Promise<Surroundings>>> = {
  podman: person => ofPodman(person, [join(HOSTS, 'private.sh'), '--cgroup2', '--', ...person.become]),
  docker: async ({ become }) => {
    dockerDaemon ??= startDocker(user);
    const { socket, close } = await dockerDaemon;
    const environment = [['DOCKER_HOST', `unix://${socket}`]] as const;
    const stop = async () => {
      dockerDaemon = undefined;
      await close();
    };
    return { become, environment, path: DEBIANS_OWN, close: stop };
  },
  containerd: async ({ become }) => {
    const { socket, close } = await startContainerd();
    return { become, environment: [['CONTAINERD_ADDRESS', socket]], close };
  },
};

/** podman's state and its lasting process belong to these tests alone. crun wants cgroups of one kind. */
function ofPodman(person: Person, become: readonly string[]): Surroundings {
  const base = mkdtempSync(join(tmpdir(), 'jcds-podman-'));
  chownSync(base, person.uid, person.gid);
  return {
    become,
    environment: [
      ['XDG_RUNTIME_DIR', base],
      ['XDG_DATA_HOME', `${base}/data`],
    ],
    close: async () => removePodmanState(base, base),
  };
}

/** The tree with the newer podman, where the images are at the same places. */
function inTree({ become }: Person): string[] {
  // Two podmans of different versions must not share their locks, which lie in /dev/shm.
  const lines = `umount -R /sys/fs/cgroup; mount -t cgroup2 none /sys/fs/cgroup; mount -t tmpfs -o mode=1777 none /dev/shm
mkdir -p "$0"; mount --rbind /cvmfs "$0"; exec "$@"`;
  return [join(HOSTS, 'enter.sh'), 'podman', '/bin/sh', '-ec', lines, join(repositories, '..'), ...become];
}

let dockerDaemon: Promise<Daemon> | undefined;
/** Where this machine may have clients of its own, Debian's come first. */
const DEBIANS_OWN = '/usr/bin:/usr/sbin:/bin:/sbin';
