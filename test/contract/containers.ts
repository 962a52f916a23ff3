import { spawnSync } from 'node:child_process';
import { chownSync, mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Entries } from '../../src/launch/launcher-environment.ts';
import { RUNTIME_NAMES, RUNTIMES, type RuntimeName } from '../../src/runtimes/index.ts';
import { probeContext } from '../../src/runtimes/probe-context.ts';
import type { Runtime, RuntimeHost } from '../../src/runtimes/runtime.ts';
import { type Daemon, startContainerd, startDocker } from '../hosts/daemons.ts';
import { removePodmanState } from './podman-state.ts';

/** Somebody who runs jobs: the ordinary user of the host tests, or root. */
export interface Person {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  /** The command that becomes this person. */
  readonly become: readonly string[];
}

/** A runtime as one person has it on this host. */
export interface Container {
  readonly name: RuntimeName;
  readonly runtime: Runtime;
  readonly person: Person;
  readonly host: RuntimeHost;
  readonly surroundings: Surroundings;
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
const user = process.env.JCDS_TEST_USER ?? 'jcdstest';

/** The real directory of a test image, whatever its link says about /cvmfs. */
export function imageAt(name: string): string {
  const link = spawnSync('readlink', [join(repositories, name)], { encoding: 'utf8' }).stdout.trim();
  return realpathSync(link.replace('/cvmfs/containers.jinr.ru', repositories));
}

/** Everybody whom this test can become. */
export function people(): Person[] {
  const [, , uid, gid, , home] = spawnSync('getent', ['passwd', user], { encoding: 'utf8' })
    .stdout.trim()
    .split(':');
  return [
    {
      name: user,
      uid: Number(uid),
      gid: Number(gid),
      home: home!,
      become: ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--init-groups', '--inh-caps=-all', '--'],
    },
    { name: 'root', uid: 0, gid: 0, home: '/root', become: [] },
  ];
}

/** These rows of the table for every person. A runtime that does not work is a failure, with its reason. */
export async function containers(...names: readonly RuntimeName[]): Promise<Container[]> {
  // All of them at once: each probe waits for its program with a listener of its own.
  process.setMaxListeners(50);
  const all = people().flatMap(person =>
    usableBy(person)
      .filter(name => names.length === 0 || names.includes(name))
      .map(name => ({ person, runtime: RUNTIMES[name] })),
  );
  return Promise.all(all.map(({ person, runtime }) => container(person, runtime)));
}

/** The runtimes that are for this person. */
export function usableBy({ uid }: Person): RuntimeName[] {
  return RUNTIME_NAMES.filter(name => uid === 0 || (RUNTIMES[name] as Runtime).rootOnly !== true);
}

async function container(person: Person, runtime: Runtime): Promise<Container> {
  const name = runtime.name as RuntimeName;
  const surroundings = await surroundingsOf(name, person);
  const variables = {
    PATH: surroundings.path ?? process.env.PATH,
    HOME: person.home,
    ...Object.fromEntries(surroundings.environment),
  };
  const own = probeContext(variables, person.uid);
  const verdict = await runtime.probe({
    ...own,
    run: (file, args, timeout) => {
      const [first = '', ...rest] = [...surroundings.become, file, ...args];
      return own.run(own.which(first) ?? first, rest, timeout);
    },
  });
  if (!verdict.works) throw new Error(`${name} for ${person.name}: ${verdict.reason} (${verdict.cure})`);
  return { name, runtime, person, host: verdict.host, surroundings };
}

/** What this runtime needs around it on this host; to be closed afterwards. */
export async function surroundingsOf(name: RuntimeName, person: Person): Promise<Surroundings> {
  return (await SURROUNDINGS[name]?.(person)) ?? { become: person.become, environment: [] };
}

const SURROUNDINGS: Partial<Record<RuntimeName, (person: Person) => Surroundings | Promise<Surroundings>>> = {
  /** crun wants cgroups of one kind; and podman's state and its lasting process belong to these tests alone. */
  podman: person => {
    const base = mkdtempSync(join(tmpdir(), 'jcds-podman-'));
    chownSync(base, person.uid, person.gid);
    return {
      become: [join(import.meta.dirname, '../hosts/private.sh'), '--cgroup2', '--', ...person.become],
      environment: [
        ['XDG_RUNTIME_DIR', base],
        ['XDG_DATA_HOME', `${base}/data`],
      ],
      close: async () => removePodmanState(base, base),
    };
  },
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

let dockerDaemon: Promise<Daemon> | undefined;
/** Where this machine may have clients of its own, Debian's come first. */
const DEBIANS_OWN = '/usr/bin:/usr/sbin:/bin:/sbin';
