import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { imageAt, people } from '../contract/containers.ts';
import { removePodmanState } from '../contract/podman-state.ts';
import { installProgram } from '../standalone/install-program.ts';

// Which runtime works here: whole starts by an ordinary user on hosts that are not quite ordinary. The judge is the
// runtime by hand.
const [user] = people() as [ReturnType<typeof people>[0]];
const work = mkdtempSync(join(tmpdir(), 'jcds-working-'));
const home = join(work, 'home');
const runtimeDirectory = join(work, 'run');

beforeAll(() => {
  installProgram(work);
  chmodSync(work, 0o755);
  for (const path of [home, runtimeDirectory]) {
    mkdirSync(path, { mode: 0o700 });
    chownSync(path, user.uid, user.gid);
  }
});
afterAll(() => removePodmanState(work, runtimeDirectory));

interface Host {
  /** What root changes before, in a mount namespace of its own. */
  readonly change?: string;
  /** What the user is in. */
  readonly inside?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

function run({ change = ':', inside = [], environment = {} }: Host, command: readonly string[]) {
  const script = `${change}\nexec "$@"`;
  const words = ['--mount', '--propagation', 'private', 'sh', '-c', script, 'sh', ...user.become, ...inside];
  const { status, stdout, stderr } = spawnSync('unshare', [...words, ...command], {
    cwd: '/',
    encoding: 'utf8',
    env: {
      PATH: `${process.execPath.replace(/\/node$/, '')}:/usr/local/bin:/usr/sbin:/usr/bin:/bin`,
      HOME: home,
      XDG_RUNTIME_DIR: runtimeDirectory,
      JCDS_CVMFS_ROOT: `${process.env.JCDS_TEST_ROOT ?? '/srv/jcds-test'}/cvmfs`,
      ...environment,
    },
  });
  return { code: status, stdout, stderr };
}

const exec = (runtime: string, host: Host, ...command: string[]) =>
  run(host, [join(work, 'bin/jcds'), 'exec', '--runtime', runtime, 'library/debian:12', ...command]);

describe('a mount below /usr, in a user namespace, as cvmfsexec makes them', () => {
  const host = {
    change: 'mount --bind /usr/local /usr/local',
    inside: ['unshare', '--user', '--mount', '--map-current-user'],
  };

  test('does not keep apptainer from the image', () => {
    const image = imageAt('library/debian:12');
    expect(run(host, ['apptainer', '-s', 'exec', image, 'echo', 'by hand']).stdout).toBe('by hand\n');
    expect(exec('apptainer', host, 'echo', 'ok')).toEqual({ code: 0, stdout: 'ok\n', stderr: '' });
  });

  test.each(['unshare', 'bubblewrap', 'charliecloud'])('nor %s', runtime => {
    expect(exec(runtime, host, 'echo', 'ok')).toEqual({ code: 0, stdout: 'ok\n', stderr: '' });
  });
});

describe('limits on processes and podman', () => {
  const limits = (most: string) => ({ inside: ['prlimit', `--nproc=${most}`, '--'] });
  test('above kernel.pid_max: the job has podman’s own, which is that; else the caller’s', () => {
    const pids = spawnSync('cat', ['/proc/sys/kernel/pid_max'], { encoding: 'utf8' }).stdout.trim();
    const most = String(Math.min(40_000, Number(pids)));
    const { code, stdout, stderr } = exec(
      'podman',
      limits('40000'),
      'grep',
      'processes',
      '/proc/self/limits',
    );
    expect({ code, stderr, limits: stdout.match(/\d+/g) }).toEqual({
      code: 0,
      stderr: '',
      limits: [most, most],
    });
  });

  test('below it: the caller’s', () => {
    const { stdout } = exec('podman', limits('20000'), 'grep', 'processes', '/proc/self/limits');
    expect(stdout.match(/\d+/g)).toEqual(['20000', '20000']);
  });
});

test('a runtime directory that podman cannot use is forgotten with the variable that named it', () => {
  const elses = { environment: { XDG_RUNTIME_DIR: '/root' } };
  for (const _ of ['found out', 'remembered']) {
    const { code, stderr } = exec('podman', elses, 'echo', 'ok');
    expect({ code, stderr }).toEqual({
      code: 125,
      stderr: expect.stringContaining('podman: its runtime directory cannot be used: '),
    });
  }
  expect(exec('podman', {}, 'echo', 'ok')).toEqual({ code: 0, stdout: 'ok\n', stderr: '' });
});

test('user namespaces that have been forbidden since: jcds says so, and not the runtime', () => {
  const lines =
    'job() { setpriv --ambient-caps=-all "$@"; }; job "$@" && echo 0 >/proc/sys/user/max_user_namespaces && job "$@"';
  const own = ['unshare', '--user', '--mount', '--map-current-user', '--keep-caps', 'sh', '-c', lines, 'sh'];
  for (const runtime of ['apptainer', 'unshare', 'bubblewrap', 'charliecloud']) {
    const { code, stdout, stderr } = exec(runtime, { inside: own }, 'echo', 'ok');
    expect({ code, stdout, stderr }).toEqual({
      code: 125,
      stdout: 'ok\n',
      stderr: expect.stringMatching(
        `^jcds: no container runtime of this host can run this job\n  ${runtime}: cannot start a container: `,
      ),
    });
    expect(stderr).toContain('user.max_user_namespaces above 0');
  }
});
