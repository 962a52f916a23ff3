import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { containerd } from '../../src/runtimes/containerd.ts';
import { probeContext } from '../../src/runtimes/probe-context.ts';
import { type Container, containers, people } from '../contract/containers.ts';
import { ended, says, Workplace } from '../contract/workplace.ts';
import { type Daemon, startContainerd } from '../hosts/daemons.ts';
import { aRequest } from './requests.ts';

const [ordinary, root] = people() as [ReturnType<typeof people>[0], ReturnType<typeof people>[0]];
let daemon: Daemon;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jcds-containerd-'));
  chmodSync(folder, 0o777);
  daemon = await startContainerd();
});
afterAll(async () => {
  await daemon.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The socket of a daemon that was killed. */
function leftBehind(): string {
  const path = join(mkdtempSync(join(tmpdir(), 'jcds-socket-')), 'socket');
  const code =
    'require("net").createServer().listen(process.argv[1], () => process.kill(process.pid, "SIGKILL"))';
  spawnSync(process.execPath, ['-e', code, path]);
  return path;
}

/** What is changed about this host: programs that come first on PATH, and names that are nowhere. */
interface Change {
  readonly person?: typeof root;
  readonly uid?: number;
  readonly socket?: string;
  readonly programs?: Readonly<Record<string, string>>;
  readonly without?: string;
}

function verdict({ person = root, uid = 0, socket = daemon.socket, programs = {}, without }: Change) {
  const path = mkdtempSync(join(folder, 'bin-'));
  chmodSync(path, 0o777);
  for (const [name, text] of Object.entries(programs)) writeFileSync(join(path, name), text, { mode: 0o755 });
  const variables = { PATH: `${path}:/usr/bin:/usr/sbin`, HOME: path, CONTAINERD_ADDRESS: socket };
  const own = probeContext(variables, uid);
  const run: typeof own.run = (file, args, timeout) => {
    const [first = '', ...rest] = [...person.become, file, ...args];
    return own.run(own.which(first) ?? first, rest, timeout);
  };
  const which = (name: string) => (name === without ? null : own.which(name));
  return containerd.probe({ ...own, which, run }, aRequest());
}

test('its files lie where root alone writes, whatever the environment says', () => {
  const { store } = containerd.find!(probeContext({ HOME: folder, XDG_CACHE_HOME: folder }, 0)) as {
    store: string;
  };
  expect(store).toBe('/var/lib/jcds/containerd');
});

test('works for root', async () => {
  expect(await verdict({})).toMatchObject({
    works: true,
    host: { version: expect.stringMatching(/^1\.6\./) },
  });
});

test.each<[string, Change, string, string, true?]>([
  ['not installed', { without: 'ctr' }, 'is not installed', 'install containerd'],
  ['not root', { uid: 1001 }, 'is for root only', 'jcds run --runtime podman, or as root'],
  ['no runc', { without: 'runc' }, 'it has no OCI runtime', 'install runc'],
  [
    'no daemon',
    { socket: '/nowhere/socket' },
    'its daemon is not running, or does not answer: there is no /nowhere/socket',
    'start it: systemctl start containerd',
    true,
  ],
  [
    'a socket at which nobody listens',
    { socket: `unix://${leftBehind()}` },
    'its daemon is not running, or does not answer: failed to dial',
    'start it: systemctl start containerd',
    true,
  ],
  [
    'a user who is not root of this host',
    { person: ordinary },
    '/var/lib/jcds/containerd cannot be written to',
    'start jcds as root of the host',
  ],
  [
    'a socket that refuses',
    {
      programs: {
        ctr: '#!/bin/sh\ncase $* in *" list "*) echo "ctr: failed to dial \\"/s\\": connect: permission denied" >&2; exit 1 ;; esac\nexec /usr/bin/ctr "$@"',
      },
    },
    'its daemon does not talk to this user: failed to dial',
    'start jcds as root of the host, or use podman',
    true,
  ],
  [
    'too old',
    { programs: { ctr: '#!/bin/sh\necho ctr github.com/containerd/containerd 1.4.13~ds1-1' } },
    'containerd 1.4.13~ds1-1 is too old',
    'install containerd 1.6 or newer',
  ],
  ['broken', { programs: { ctr: '\x7fELF' } }, 'its program is broken:', 'install it anew'],
  [
    'a broken runc',
    { programs: { runc: '#!/bin/sh\necho \'{"level":"error","msg":"it is broken"}\'; exit 1' } },
    'cannot start a container: failed to create shim task: OCI runtime create failed',
    'see ctr version',
  ],
  [
    'a description of another form',
    {
      programs: {
        runc: '#!/bin/sh\nexec /usr/sbin/runc "$@"',
        ctr: '#!/bin/sh\ncase $* in *" run "*) echo "ctr: jcds: the description of the container is not as expected: unknown" >&2; exit 1 ;; esac\nexec /usr/bin/ctr "$@"',
      },
    },
    'its description of a container is not the one that jcds knows',
    'report the version of containerd',
  ],
])('%s', async (_, change, reason, cure, passing) => {
  const found = await verdict(change);
  expect(found).toMatchObject({
    works: false,
    reason: expect.stringContaining(reason),
    cure: expect.stringContaining(cure),
  });
  expect('passing' in found).toBe(passing === true);
});

test('a daemon that accepts and never answers', async () => {
  const socket = join(folder, 'silent');
  const server = createServer(() => {}).listen(socket);
  await once(server, 'listening');
  try {
    expect(await verdict({ socket })).toMatchObject({
      works: false,
      reason: expect.stringMatching(/^its daemon is not running, or does not answer: /),
      passing: true,
    });
  } finally {
    server.close();
  }
});

test.each([
  ['no cgroups', 'umount -R /sys/fs/cgroup', 'its daemon can make no cgroup:', 'mount cgroups,'],
  [
    'storage full',
    'mkdir "$HOME/state" && mount -t tmpfs -o size=12k none "$HOME/state"',
    'its storage is full:',
    'make room below /var/lib/containerd and /run/containerd',
  ],
])('a daemon with %s', async (_, change, reason, cure) => {
  const other = await startContainerd(change);
  try {
    expect(await verdict({ socket: other.socket })).toMatchObject({
      works: false,
      reason: expect.stringContaining(reason),
      cure: expect.stringContaining(cure),
    });
  } finally {
    await other.close();
  }
});

describe('what a killed run leaves', () => {
  let it: Container;
  const work = new Workplace();
  beforeAll(async () => {
    [it] = (await containers('containerd')) as [Container];
  });
  afterAll(async () => {
    work.remove();
    await it.surroundings.close?.();
  });
  const left = () => {
    const socket = new Map(it.surroundings.environment).get('CONTAINERD_ADDRESS')!;
    const { stdout } = spawnSync('/usr/bin/ctr', ['-a', socket, '-n', 'jcds', 'containers', 'list', '-q']);
    return String(stdout).trim().split('\n').filter(Boolean);
  };

  test('stays while the job runs, and is gone after the next run', async () => {
    const gate = join(work.directory, 'gate');
    mkdirSync(gate);
    const child = work.spawn(it, {
      words: ['/bin/sh', '-c', 'echo ready; while [ -e gate ]; do sleep 0.05; done; echo >end'],
    });
    const end = ended(child);
    await says(child, 'ready');
    child.kill('SIGKILL');
    await end;
    const [id] = left();
    expect(id).toMatch(RegExp(`^jcds-${child.pid}-`));
    expect(await work.sh(it, 'echo next')).toMatchObject({ code: 0, stdout: 'next\n', stderr: '' });
    expect(left()).toEqual([id]);
    rmSync(gate, { recursive: true });
    // The job has ended once a run finds nothing left.
    await expect
      .poll(async () => [(await work.sh(it, ':')).stderr, left()], { timeout: 20_000 })
      .toEqual(['', []]);
  });
});
