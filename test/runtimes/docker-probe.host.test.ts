import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { docker } from '../../src/runtimes/docker.ts';
import { ROOT_IMAGES } from '../../src/runtimes/docker-probe.ts';
import { probeContext } from '../../src/runtimes/probe-context.ts';
import { people } from '../contract/containers.ts';
import { type Daemon, startDocker } from '../hosts/daemons.ts';
import { aRequest } from './requests.ts';

const [ordinary, root] = people() as [ReturnType<typeof people>[0], ReturnType<typeof people>[0]];
let daemon: Daemon;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jcds-docker-'));
  daemon = await startDocker('root');
});
afterAll(async () => {
  await daemon.close();
  rmSync(folder, { recursive: true, force: true });
});

function verdict(person: typeof root, socket: string) {
  const own = probeContext(
    { PATH: '/usr/bin:/bin', HOME: folder, DOCKER_HOST: `unix://${socket}` },
    person.uid,
  );
  const run: typeof own.run = (file, args, timeout) => {
    const [first = '', ...rest] = [...person.become, file, ...args];
    return own.run(own.which(first) ?? first, rest, timeout);
  };
  return docker.probe({ ...own, run }, aRequest());
}

test('a daemon that does not talk to this user', async () => {
  expect(await verdict(ordinary, daemon.socket)).toMatchObject({
    works: false,
    reason: expect.stringMatching(/^its daemon does not talk to this user: .*permission denied/i),
    cure: expect.stringContaining('group docker'),
    passing: true,
  });
});

test('no daemon', async () => {
  expect(await verdict(root, join(folder, 'nobody'))).toMatchObject({
    works: false,
    reason: expect.stringMatching(/^its daemon is not running: cannot connect/i),
    cure: 'start it: systemctl start docker',
    passing: true,
  });
});

test('storage full', async () => {
  const other = await startDocker(
    'root',
    'mkdir "$HOME/data" && mount -t tmpfs -o size=700k none "$HOME/data"',
  );
  try {
    // Only the daemon sees its storage.
    const data = `/proc/${readFileSync(other.socket.replace(/socket$/, 'pid'), 'utf8')}/root${other.socket.replace(/socket$/, 'data')}`;
    spawnSync('dd', ['if=/dev/zero', `of=${data}/fill`, 'bs=4k'], { stdio: 'ignore' });
    expect(await verdict(root, other.socket)).toMatchObject({
      works: false,
      reason: expect.stringMatching(/^its storage is full: .*no space left on device/),
      cure: 'make room: docker system df, docker system prune',
      passing: true,
    });
  } finally {
    await other.close();
  }
});

test('a daemon that has gone since: its client’s words stand behind a line of jcds', async () => {
  const found = await verdict(root, daemon.socket);
  if (!found.works) throw new Error(found.reason);
  const { file, args } = docker.invocation(aRequest(), found.host);
  const socket = `unix://${join(folder, 'nobody')}`;
  const { stderr, status } = spawnSync(file, args.map(String), {
    encoding: 'utf8',
    env: { PATH: '/usr/bin:/bin', DOCKER_HOST: socket },
  });
  expect({ status, lines: stderr.split('\n').slice(0, 2) }).toEqual({
    status: 125,
    lines: [
      'jcds: docker: its daemon does not answer:',
      `Cannot connect to the Docker daemon at ${socket}. Is the docker daemon running?`,
    ],
  });
});

describe('the images without files', () => {
  const client = (...args: string[]) =>
    spawnSync('/usr/bin/docker', ['-H', `unix://${daemon.socket}`, ...args], { encoding: 'utf8' });

  test('are made by the probe, once, and hold nothing but links', async () => {
    expect(await verdict(root, daemon.socket)).toMatchObject({ works: true, host: { version: /^20\.10/ } });
    const ids = () =>
      client('images', '--no-trunc', '--format', '{{.Tag}} {{.ID}}').stdout.split('\n').sort();
    const before = ids();
    expect(before.map(line => line.split(' ')[0])).toEqual(['', 'merged', 'plain']);
    expect(await verdict(root, daemon.socket)).toMatchObject({ works: true });
    expect(ids()).toEqual(before);
    const archive = client('create', '--name', 'look', ROOT_IMAGES.merged, 'x').status;
    const listed = spawnSync('sh', ['-c', `docker -H unix://${daemon.socket} export look | tar -tv`], {
      encoding: 'utf8',
      env: { PATH: '/usr/bin:/bin' },
    }).stdout;
    client('rm', 'look');
    expect(archive).toBe(0);
    expect([...listed.matchAll(/ (\S+ -> usr\/\S+)$/gm)].map(([, link]) => link).sort()).toEqual(
      ['bin', 'lib', 'lib64', 'sbin'].map(name => `${name} -> usr/${name}`),
    );
  });

  test('are not made anew by a run', async () => {
    const found = await verdict(root, daemon.socket);
    if (!found.works) throw new Error(found.reason);
    client('rmi', ROOT_IMAGES.plain);
    const memory = join(folder, 'memory');
    writeFileSync(memory, '');
    const { file, args } = docker.invocation(aRequest(), { ...found.host, memories: [memory] });
    const { stderr, status } = spawnSync(file, args.map(String), {
      encoding: 'utf8',
      env: { PATH: '/usr/bin:/bin', DOCKER_HOST: `unix://${daemon.socket}` },
    });
    expect(status).toBe(125);
    expect(stderr).toBe(
      'jcds: docker has lost its image jcds-root:plain\nhint: the same command again makes it anew\n',
    );
    expect(existsSync(memory)).toBe(false);
    expect(client('images', '-q', ROOT_IMAGES.plain).stdout).toBe('');
  });
});
