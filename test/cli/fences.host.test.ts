import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { RUNTIME_NAMES, RUNTIMES } from '../../src/runtimes/index.ts';
import { USERNS_CURE } from '../../src/runtimes/userns.ts';
import { namedFor, surroundingsOf } from '../contract/containers.ts';
import { HostSetting } from './host-setting.ts';
import { failure } from './setting.ts';

// Hosts that forbid something: real runtimes, real kernels, real permissions.
const host = new HostSetting();
afterAll(() => host.remove());
const user = host.people.find(({ uid }) => uid !== 0)!;
const IMAGE = 'library/small:1';
const exec = ['exec', IMAGE, 'echo', 'ran'];
const ran = { code: 0, stdout: 'ran\n', stderr: '' };

/** Lines of shell that root runs before, in a mount namespace of its own. */
function before(lines: string): string[] {
  return ['unshare', '--mount', '--propagation', 'private', 'sh', '-ec', `${lines}\nexec "$@"`, 'sh'];
}

describe('runtimes', () => {
  test('without user namespaces each says why it does not work, and one cure is told once', () => {
    const { code, stdout, stderr } = host.jcds(user, exec, {
      through: [resolve(import.meta.dirname, 'no-namespaces.sh')],
    });
    expect([code, stdout]).toEqual([125, '']);
    const [first, ...lines] = stderr.trimEnd().split('\n');
    expect(first).toBe('jcds: no container runtime of this host can run this job');
    const all = RUNTIME_NAMES.map(name => `  ${name}: `);
    expect(lines.slice(0, all.length).map((line, index) => line.startsWith(all[index]!))).not.toContain(
      false,
    );
    // A daemon makes its containers itself, and this host has none running.
    const alone = RUNTIME_NAMES.filter(name => name !== 'docker' && name !== 'containerd');
    for (const name of alone)
      expect(lines[RUNTIME_NAMES.indexOf(name)]).toMatch(/: .*(?:namespaces|No space left)/);
    expect(lines[all.length]).toBe(`hint: ${alone.join(', ')}: ${USERNS_CURE}`);
  });

  const names = Object.values(RUNTIMES)
    .flatMap(({ programs }) => programs)
    .join(' ');
  const hide = (programs: string) =>
    `for d in /usr/local/sbin /usr/local/bin /usr/sbin /usr/bin /sbin /bin; do for n in ${programs}; do
      [ ! -e "$d/$n" ] || mount --bind /dev/null "$d/$n"; done; done`;

  test.each(host.people)('where none is installed each says so: $name', person => {
    const { code, stdout, stderr } = host.jcds(person, exec, { through: before(hide(names)) });
    expect([code, stdout]).toEqual([125, '']);
    const missing = RUNTIME_NAMES.map(name => `  ${name}: is not installed\n`).join('');
    expect(stderr).toMatch(
      new RegExp(
        `^jcds: no container runtime of this host can run this job\n${missing}hint: apptainer: install Apptainer, or load the site module that has it\n`,
      ),
    );
  });

  test('an image file where only unshare is left', () => {
    const words = ['exec', '--repository', 'singularity.galaxyproject.org', 'small:1.0--h1a2b3c4_0', 'true'];
    const others = names.replace(' unshare', '');
    const { code, stderr } = host.jcds(user, words, { through: before(hide(others)) });
    expect(code).toBe(125);
    expect(stderr).toContain(
      '  apptainer: is not installed\n' +
        '  singularity: is not installed\n' +
        '  unshare: unshare runs no image that is one file: /cvmfs/singularity.galaxyproject.org/all/small:1.0--h1a2b3c4_0\n',
    );
  });

  test('what was found out is forgotten when the host changes', () => {
    expect(host.jcds(user, exec)).toEqual(ran);
    expect(host.jcds(user, exec, { through: [resolve(import.meta.dirname, 'no-namespaces.sh')] }).code).toBe(
      125,
    );
    expect(host.jcds(user, exec)).toEqual(ran);
  });
});

describe('images', () => {
  test('closed to this user', () => {
    const image = '/cvmfs/containers.jinr.ru/broken/unreadable:1';
    const { code, stdout, stderr } = host.jcds(user, ['exec', 'broken/unreadable:1', 'sh']);
    expect([code, stdout]).toEqual([125, '']);
    expect(stderr).toMatch(new RegExp(`^jcds: ${image} is published, but .*\nhint: .*\n$`));
  });

  test.each([
    ['noshell:1', ['cat', '/etc/hosts'], 0, ''],
    [
      'noshell:1',
      ['sh'],
      127,
      failure(
        '"sh" is not in the image library/noshell:1',
        'the image has no shell; name one of its programs: jcds exec library/noshell:1 /PROGRAM',
      ),
    ],
    [
      'arm64:1',
      ['cat'],
      126,
      failure(
        '/bin/cat in the image library/arm64:1 cannot be executed: it is made for arm64 and this host runs amd64',
        'ask for an image of this architecture: jcds run --platform linux/amd64 library/arm64:1',
      ),
    ],
    ['bare:1', ['true'], 0, ''],
    [
      'abslinks:1',
      ['hostonly'],
      127,
      failure(
        '"hostonly" is not in the image library/abslinks:1',
        'look what is there: jcds shell library/abslinks:1',
      ),
    ],
  ])('library/%s %j', (name, words, code, stderr) => {
    const ended = host.jcds(user, ['exec', '-q', `library/${name}`, ...words]);
    expect([ended.code, ended.stderr]).toEqual([code, stderr]);
  });
});

describe('files of the caller', () => {
  test('a configuration that this user may not read', () => {
    const settings = join(host.home(user), '.config');
    const file = join(settings, 'jcds/config.json');
    mkdirSync(join(file, '..'), { recursive: true });
    chownSync(settings, user.uid, user.gid);
    writeFileSync(file, '{}', { mode: 0o600 });
    // No settings to read is no failure to start.
    expect(host.jcds(user, exec)).toEqual({ ...ran, stderr: `jcds: ${file} is not used: EACCES\n` });
    writeFileSync(file, '{}');
    chmodSync(file, 0o644);
    expect(host.jcds(user, exec)).toEqual(ran);
  });

  test('a home, and a cache with it, that is read-only', () => {
    const home = join(host.setting.folder, 'read-only');
    mkdirSync(home, { recursive: true });
    const through = before(`mount -t tmpfs -o ro tmpfs '${home}'`);
    expect(host.jcds(user, exec, { through, env: { HOME: home }, cwd: '/tmp' })).toEqual(ran);
    chmodSync(home, 0o555);
    for (const person of host.people)
      expect(host.jcds(person, exec, { env: { HOME: home }, cwd: '/' })).toEqual(ran);
  });

  test.each(namedFor(user))(
    'a working directory that this user may not enter, or that is gone: %s',
    async name => {
      const around = await surroundingsOf(name, user);
      onTestFinished(() => around.close?.());
      const closed = join(host.setting.folder, `closed-${name}`);
      mkdirSync(closed, { mode: 0o700 });
      const words = ['exec', '--runtime', name, IMAGE, 'sh', '-c', 'pwd; echo "${PWD-}"'];
      const inHome = { code: 0, stdout: `${host.home(user)}\n`.repeat(2), stderr: '' };
      expect(host.jcds(user, words, { around, cwd: closed })).toEqual(inHome);
      const gone = ['sh', '-c', 'mkdir gone && cd gone && rmdir ../gone && exec "$jcds" "$@"', 'sh'];
      const { stderr, ...rest } = host.run(user, [...gone, ...words], { around });
      expect(rest).toEqual({ code: 0, stdout: inHome.stdout });
      expect(stderr.replace(/^.*getcwd\(\) failed.*\n/gm, '')).toBe('');
    },
  );

  test('a bind source and a status file that this user may not reach', () => {
    const closed = join(host.setting.folder, 'private');
    mkdirSync(closed, { mode: 0o700 });
    expect(host.jcds(user, ['exec', '-B', `${closed}/data`, IMAGE, 'true'])).toEqual({
      code: 125,
      stdout: '',
      stderr: failure(
        `the directory to bind, "${closed}/data", cannot be seen (EACCES)`,
        `ls -ld ${closed}/data`,
      ),
    });
    expect(host.jcds(user, ['exec', '--status-file', `${closed}/status`, IMAGE, 'true'])).toEqual({
      code: 125,
      stdout: '',
      stderr: failure(`--status-file "${closed}/status" cannot be written (EACCES)`, `ls -ld ${closed}`),
    });
    expect(readdirSync(closed)).toEqual([]);
  });
});

describe('the site', () => {
  // Only a directory can be mounted on; one that these tests have made goes again.
  const wasThere = existsSync('/etc/jcds');
  beforeAll(() => {
    mkdirSync('/etc/jcds', { recursive: true });
  });
  afterAll(() => {
    if (!wasThere) rmdirSync('/etc/jcds');
  });
  const site = (settings: unknown) => {
    const directory = join(host.setting.folder, 'site');
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, 'config.json'), JSON.stringify(settings));
    return before(`mount --bind '${directory}' /etc/jcds`);
  };

  test('what it enforces beats options and variables; its other keys are defaults', () => {
    const through = site({
      envPolicy: 'hep',
      enforced: { repositories: ['unpacked.cern.ch'], binds: ['/usr:/eos'] },
    });
    const words = ['exec', '-n', '--json', '--repository', 'containers.jinr.ru', 'library/debian:12', 'true'];
    const { code, stdout } = host.jcds(user, words, {
      through,
      env: { JCDS_REPOSITORIES: 'containers.jinr.ru' },
    });
    const plan = JSON.parse(stdout);
    expect([code, plan.image.repository, plan.environment.policy]).toEqual([0, 'unpacked.cern.ch', 'hep']);
    expect(plan.binds).toContainEqual(
      expect.objectContaining({ source: '/usr', destination: '/eos', origin: 'configuration' }),
    );
    expect(plan.settings.repositories.from).toBe('/etc/jcds/config.json (enforced)');
  });

  test('runtimes that it keeps out of batch are not used there, whatever a user says', () => {
    const through = site({ enforced: { batchExcludes: ['podman', 'docker', 'containerd'] } });
    const words = ['exec', '--runtime', 'podman', IMAGE, 'true'];
    const env = { SLURM_JOB_ID: '1', JCDS_BATCH_EXCLUDES: '' };
    expect(host.jcds(user, words, { through, env })).toEqual({
      code: 125,
      stdout: '',
      stderr: failure(
        'no container runtime of this host can run this job\n  podman: is kept out of batch jobs by the setting batchExcludes',
        'podman: jcds config get batchExcludes, and ask who set it',
      ),
    });
    expect(host.jcds(user, exec, { through, env })).toEqual(ran);
  });

  test('a broken file of the site stops every job', () => {
    const stderr = failure(
      '/etc/jcds/config.json, line 1: gpu must be one of auto, nvidia, rocm, none',
      'jcds help configuration',
    );
    expect(host.jcds(user, exec, { through: site({ gpu: 7 }) })).toEqual({ code: 125, stdout: '', stderr });
  });
});
