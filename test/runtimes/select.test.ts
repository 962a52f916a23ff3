import {
  appendFileSync,
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { seal, unseal } from '../../src/files/sealed.ts';
import { complaint } from '../../src/runtimes/complaint.ts';
import { RUNTIME_NAMES, RUNTIMES } from '../../src/runtimes/index.ts';
import { probeContext } from '../../src/runtimes/probe-context.ts';
import { type ProbeMemory, probeMemory } from '../../src/runtimes/probe-memory.ts';
import type { ProbeContext, RunRequest, Runtime, RuntimeHost, Verdict } from '../../src/runtimes/runtime.ts';
import { selectRuntime } from '../../src/runtimes/select.ts';
import { elfHeader } from '../hosts/image-files.ts';
import { aRequest } from './requests.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jcds-select-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A program of this name, first on PATH. */
function install(name: string, script: string): string {
  const path = join(folder, 'bin', name);
  mkdirSync(join(folder, 'bin'), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return path;
}

const search = () => probeContext({ PATH: join(folder, 'bin') });
const HOUR = 3_600_000;
const memory = (situation = 'boot 1', hours = 0) =>
  probeMemory(
    { base: join(folder, 'cache'), uid: process.getuid!() },
    'host/1',
    () => 1e12 + hours * HOUR,
    situation,
  );
const host: RuntimeHost = { program: '/x', version: '1', facts: {} };

/** A row whose program is `name` and whose probe answers this; `asked` counts. */
function aRow(name: string, verdict: Verdict, asked: string[] = []): Runtime {
  return {
    ...RUNTIMES.bubblewrap,
    name,
    programs: [name],
    find: () => ({}),
    learns: {},
    probe: async () => {
      asked.push(name);
      return verdict;
    },
  };
}

const works: Verdict = { works: true, host };
const fails: Verdict = { works: false, reason: 'says no', cure: 'ask again' };

/** Replaces a text in a file that holds it. */
function edit(text: string, by: string): (file: string) => void {
  return file => {
    const old = unseal(readFileSync(file))!;
    expect(old).toContain(text);
    writeFileSync(file, seal(old.replace(text, by)));
  };
}

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'no error',
    (thrown: { code: string; message: string; hint: string; exitCode: number }) => ({
      code: thrown.code,
      message: thrown.message,
      hint: thrown.hint,
      exitCode: thrown.exitCode,
    }),
  );
}

describe('the first runtime of the order that works', () => {
  test('is taken, and no later one is asked', async () => {
    const asked: string[] = [];
    const table = { a: aRow('a', fails, asked), b: aRow('b', works, asked), c: aRow('c', works, asked) };
    expect((await selectRuntime(aRequest(), search(), memory(), ['a', 'b', 'c'], table)).runtime.name).toBe(
      'b',
    );
    expect(asked).toEqual(['a', 'b']);
  });

  test('when none works, each says why and what to do', async () => {
    const table = {
      a: aRow('a', fails),
      b: aRow('b', { works: false, reason: 'is broken', cure: 'mend it' }),
    };
    expect(await failure(selectRuntime(aRequest(), search(), memory(), ['a', 'b'], table))).toEqual({
      code: 'NO_RUNTIME',
      message: 'no container runtime of this host can run this job\n  a: says no\n  b: is broken',
      hint: 'a: ask again\nb: mend it',
      exitCode: 125,
    });
  });

  test('a name that no row has', async () => {
    expect(await failure(selectRuntime(aRequest(), search(), memory(), ['rkt']))).toEqual({
      code: 'UNKNOWN_RUNTIME',
      message: 'jcds knows no runtime "rkt"',
      hint: `one of ${RUNTIME_NAMES.join(', ')}`,
      exitCode: 125,
    });
  });
});

describe('what a probe found out is remembered', () => {
  /** How often the first of two runtimes is asked; the second works. */
  const ask = async (verdict: Verdict, kept: ProbeMemory = memory(), changes: Partial<RunRequest> = {}) => {
    const asked: string[] = [];
    const table = { a: aRow('a', verdict, asked), b: aRow('b', works) };
    await selectRuntime(aRequest(changes), search(), kept, ['a', 'b'], table);
    return asked.length;
  };

  test('for the same program in the same situation', async () => {
    const program = install('a', '');
    expect([await ask(works), await ask(works)]).toEqual([1, 0]);
    expect(await ask(works, memory('boot 2'))).toBe(1);
    expect(await ask(works)).toBe(0);
    utimesSync(program, 1, 1);
    expect(await ask(works)).toBe(1);
  });

  test('also that it does not work; but not that it gave no answer, nor that it is not installed', async () => {
    expect([await ask(fails), await ask(fails)]).toEqual([1, 1]);
    install('a', '');
    const silent: Verdict = { works: false, reason: 'did not answer', cure: '', passing: true };
    expect([await ask(silent), await ask(silent)]).toEqual([1, 1]);
    expect([await ask(fails), await ask(fails)]).toEqual([1, 0]);
  });

  test('a day long that it works, and ten minutes that it does not; not from the future', async () => {
    install('a', '');
    expect(await ask(works)).toBe(1);
    expect(await ask(works, memory('boot 1', 23.9))).toBe(0);
    expect(await ask(works, memory('boot 1', -1))).toBe(1);
    expect(await ask(fails, memory('boot 1', 48))).toBe(1);
    expect(await ask(fails, memory('boot 1', 48.15))).toBe(0);
    expect(await ask(fails, memory('boot 1', 48.17))).toBe(1);
  });

  test('apart for contained jobs where jcds makes the root', async () => {
    install('a', '');
    expect([await ask(works), await ask(works, memory(), { contain: true })]).toEqual([1, 1]);
  });

  test('that it fails is found out anew before anybody is told', async () => {
    install('a', '');
    const answers = [fails, { ...fails, reason: 'says no again' }, works];
    const row = { ...aRow('a', fails), probe: async () => answers.shift()! };
    const select = () => selectRuntime(aRequest(), search(), memory(), ['a'], { a: row });
    expect(await failure(select())).toMatchObject({ message: expect.stringContaining('a: says no') });
    expect(await failure(select())).toMatchObject({ message: expect.stringContaining('a: says no again') });
    expect((await select()).runtime).toBe(row);
  });

  test('of what it depends on: another, and it is asked again', async () => {
    install('a', '');
    const asked: string[] = [];
    const row = {
      ...aRow('a', works, asked),
      dependsOn: ({ environment }: ProbeContext) => environment.XDG_RUNTIME_DIR ?? '',
    };
    const select = (directory: string) => {
      const context = { ...search(), environment: { XDG_RUNTIME_DIR: directory } };
      return selectRuntime(aRequest(), context, memory(), ['a'], { a: row });
    };
    for (const directory of ['/run/1', '/run/1', '/run/2']) await select(directory);
    expect(asked).toHaveLength(2);
  });

  test('in a file of the user alone, named by the host, and nothing is left beside it', async () => {
    install('a', '');
    await ask(works);
    expect(readdirSync(join(folder, 'cache'))).toEqual(['runtimes-host_1.json']);
    expect(statSync(join(folder, 'cache')).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, 'cache/runtimes-host_1.json')).mode & 0o777).toBe(0o600);
  });

  test('of at most eight situations', async () => {
    install('a', '');
    for (let boot = 1; boot <= 10; boot++) await ask(works, memory(`boot ${boot}`));
    const asked = await Promise.all([1, 2, 3, 10].map(boot => ask(works, memory(`boot ${boot}`))));
    expect(asked).toEqual([1, 1, 0, 0]);
  });

  test.each<[string, (file: string) => void]>([
    ['not JSON', file => truncateSync(file, 30)],
    ['of another shape', edit('"since"', '"when"')],
    ['of another version', edit('"schema":2', '"schema":1')],
    ['of a version that is no version', edit('"version":"1"', '"version":"1; rm -rf /"')],
    ['longer than any memory', file => appendFileSync(file, ' '.repeat(70_000))],
    ['writable by others', file => chmodSync(file, 0o666)],
    [
      'a link',
      file => {
        renameSync(file, `${file}.real`);
        symlinkSync(`${file}.real`, file);
      },
    ],
  ])('a file that is %s is not believed', async (_, spoil) => {
    install('a', '');
    await ask(works);
    spoil(join(folder, 'cache/runtimes-host_1.json'));
    expect(await ask(works)).toBe(1);
  });

  test('a memory never names a program: that is looked up by PATH for each start', async () => {
    const program = install('a', '');
    const row = { ...aRow('a', { works: true, host: { ...host, program } }) };
    const select = () => selectRuntime(aRequest(), search(), memory(), ['a'], { a: row });
    await select();
    const file = join(folder, 'cache/runtimes-host_1.json');
    expect(readFileSync(file, 'utf8')).not.toContain('"program"');
    edit('"works":true', '"works":true,"program":"/evil","host":{"program":"/evil"}')(file);
    expect((await select()).host).toEqual({ program, version: '1', facts: {}, memories: [file] });
  });

  test('where nothing can be written, every start asks', async () => {
    install('a', '');
    writeFileSync(join(folder, 'cache'), 'a file');
    expect([await ask(works), await ask(works)]).toEqual([1, 1]);
  });
});

describe('what the probes of the table make of a host', () => {
  /** An ordinary user, whose cache directory is theirs whoever runs the test. */
  const ordinary = () => {
    const own = process.getuid!();
    const [uid, cache] = [own === 0 ? 1000 : own, join(folder, 'cache')];
    for (const directory of [cache, join(cache, 'podman'), join(cache, 'docker')]) {
      mkdirSync(directory, { mode: 0o700 });
      if (own === 0) chownSync(directory, uid, uid);
    }
    return { uid, cache };
  };
  const probe = (name: keyof typeof RUNTIMES, uid = 1000) =>
    RUNTIMES[name].probe(
      { ...probeContext({ PATH: join(folder, 'bin') }, uid), which: onlyThere },
      aRequest(),
    );
  beforeEach(() => mkdirSync(join(folder, 'bin'), { recursive: true }));

  const onlyThere = (wanted: string) =>
    readdirSync(join(folder, 'bin')).includes(wanted) ? join(folder, 'bin', wanted) : null;

  test.each(RUNTIME_NAMES)('%s: not installed', async name => {
    expect(await probe(name)).toMatchObject({ works: false, reason: 'is not installed' });
  });

  // A shell tries to read what cannot be executed; a program may also lack its loader or its libraries.
  const foreign = (file: string) => writeFileSync(file, elfHeader(183), { mode: 0o755 });
  const bare = (file: string) =>
    writeFileSync(
      file,
      `#!/bin/sh\necho "$0: error while loading shared libraries: libseccomp.so.2: cannot open shared object file" >&2; exit 127\n`,
      { mode: 0o755 },
    );
  test.each(
    RUNTIME_NAMES.flatMap(name => [
      { name, how: 'made for another architecture', spoil: foreign },
      { name, how: 'without a library', spoil: bare },
    ]),
  )('$name: $how', async ({ name, spoil }) => {
    const [program = ''] = RUNTIMES[name].programs;
    const own = probeContext({ PATH: join(folder, 'bin') }, 0);
    spoil(join(folder, 'bin', program));
    const which = (wanted: string) => onlyThere(wanted) ?? own.which(wanted);
    const found = await RUNTIMES[name].probe({ ...own, cache: join(folder, 'cache'), which }, aRequest());
    expect(found).toMatchObject({
      works: false,
      reason: expect.stringMatching(/^its program is broken: [^\p{Cc}]+$/u),
      cure: 'install it anew, for this machine and its system',
    });
  });

  const version = 'case $1 in --version) echo "apptainer version 1.4.5"; exit ;; esac';

  test('Apptainer whose container came up: only the command was missing', async () => {
    const program = install(
      'apptainer',
      `${version}\necho 'FATAL: stat /jcds-probe: no such file or directory' >&2; exit 255`,
    );
    expect(await probe('apptainer')).toEqual({
      works: true,
      host: { program, version: '1.4.5', facts: { needsUserns: false, isApptainer: true } },
    });
  });

  test('Apptainer as root without all capabilities', async () => {
    const script = `case " $* " in *' --userns '*) echo 'FATAL: stat /jcds-probe: no such file' >&2 ;; *) echo 'ERROR  : Requesting capability set 0x1' >&2 ;; esac; exit 255`;
    install('apptainer', `${version}\n${script}`);
    expect(await probe('apptainer', 0)).toMatchObject({
      works: true,
      host: { facts: { needsUserns: true } },
    });
    expect(await probe('apptainer')).toMatchObject({
      works: false,
      reason: 'cannot start a container: Requesting capability set 0x1',
    });
  });

  test('SingularityCE has its own prefix', async () => {
    install(
      'singularity',
      `case $1 in --version) echo "singularity-ce version 4.1.0"; exit ;; esac\necho /jcds-probe >&2; exit 255`,
    );
    expect(await probe('singularity')).toMatchObject({
      host: { version: '4.1.0', facts: { isApptainer: false } },
    });
  });

  test.each([
    [
      'no user namespaces',
      'bwrap: No permissions to create new namespace, likely because the kernel does not allow non-privileged user namespaces.',
      'ask the administrator for user namespaces',
    ],
    [
      'AppArmor of Ubuntu 24.04',
      'bwrap: setting up uid map: Permission denied',
      'kernel.apparmor_restrict_unprivileged_userns=0',
    ],
    ['something else', 'bwrap: Unknown option --cap-drop', 'run the program by hand to see more'],
  ])('bubblewrap: %s', async (_, said, cure) => {
    install(
      'bwrap',
      `case "$*" in --version) echo 'bubblewrap 0.8.0' ;; *) echo '${said}' >&2; exit 1 ;; esac`,
    );
    const verdict = await probe('bubblewrap');
    expect(verdict).toMatchObject({ works: false, reason: `cannot start a container: ${said}` });
    expect(verdict).toHaveProperty('cure', expect.stringContaining(cure));
  });

  test('unshare without one of its tools', async () => {
    install('unshare', '');
    for (const tool of ['sh', 'mount', 'umount', 'mkdir', 'ln', 'rm', 'pivot_root', 'env']) install(tool, '');
    expect(await probe('unshare')).toMatchObject({ works: false, reason: 'the program setpriv is missing' });
  });

  test.each<[string, string, Partial<Verdict>]>([
    [
      'no user namespaces',
      'cannot clone: No space left on device\nError: cannot re-exec process',
      { reason: 'no user namespaces: cannot clone: No space left on device' },
    ],
    [
      'a full storage, which may be empty again',
      'Error: creating container storage: write /x: no space left on device',
      {
        reason: 'its storage is full: creating container storage: write /x: no space left on device',
        passing: true,
      },
    ],
    [
      'crun beside two kinds of cgroups',
      'Error: OCI runtime error: crun: cgroups in hybrid mode not supported, drop all controllers from cgroupv2',
      { cure: 'install runc, or boot with systemd.unified_cgroup_hierarchy=1' },
    ],
    [
      'limits that root may not raise',
      'Error: crun: setrlimit (RLIM_MEMLOCK): Operation not permitted: OCI permission denied',
      { reason: expect.stringContaining('no CAP_SYS_RESOURCE') as unknown as string },
    ],
    [
      'what only its log says',
      'time="2026-11-22T23:15:32Z" level=error msg="XDG_RUNTIME_DIR directory \\\\"/x\\\\" is not owned by the current user"',
      {
        reason:
          'its runtime directory cannot be used: XDG_RUNTIME_DIR directory "/x" is not owned by the current user',
      },
    ],
    [
      'something else',
      'Error: strange',
      { reason: 'cannot start a container: strange', cure: 'see podman info' },
    ],
    ['nothing', '', { reason: 'cannot start a container: ended with code 125' }],
  ])('podman: %s', async (_, said, verdict) => {
    install(
      'podman',
      `case $1 in --version) echo podman version 4.3.1 ;; *) printf '%b\\n' '${said}' >&2; exit 125 ;; esac`,
    );
    const { uid, cache } = ordinary();
    const found = await RUNTIMES.podman.probe({ ...search(), uid, cache, which: onlyThere }, aRequest());
    expect(found).toMatchObject({ works: false, ...verdict });
  });

  test.each<[string, string, Partial<Verdict>]>([
    [
      'a daemon of another machine',
      'version) echo 24.0.7 ;; run) echo 00000000-1111-2222-3333-444444444444 ;;',
      { reason: 'its daemon runs on another machine, which has other files' },
    ],
    [
      'a rootless daemon',
      'version) echo 24.0.7 ;; info) echo "[name=seccomp,profile=builtin name=rootless name=cgroupns]" ;;',
      { cure: 'jcds run --runtime podman' },
    ],
    ['a daemon that is too old', 'version) echo 19.03.15 ;;', { reason: 'docker 19.03.15 is too old' }],
    [
      'full storage',
      'version) echo 24.0.7 ;; run) echo "docker: Error response from daemon: mkdir /var/lib/docker/x: no space left on device." >&2; echo "See docker run --help." >&2; exit 125 ;;',
      {
        reason: 'its storage is full: mkdir /var/lib/docker/x: no space left on device.',
        passing: true,
      },
    ],
    [
      'no cgroups',
      'version) echo 24.0.7 ;; run) echo "docker: Error response from daemon: cgroups: cgroup mountpoint does not exist: unknown." >&2; exit 125 ;;',
      {
        reason: 'its daemon can make no cgroup: cgroups: cgroup mountpoint does not exist: unknown.',
        cure: 'ask the administrator to mount cgroups; docker info tells what it sees',
      },
    ],
    [
      'podman under the name of docker',
      'version) echo "Error: unknown" >&2; exit 125 ;;',
      { reason: 'cannot start a container: unknown' },
    ],
  ])('docker: %s', async (_, answers, verdict) => {
    install('docker', `case $1 in ${answers} esac`);
    install('tini-static', '');
    const { uid, cache } = ordinary();
    const found = await RUNTIMES.docker.probe({ ...search(), uid, cache, which: onlyThere }, aRequest());
    expect(found).toMatchObject({ works: false, ...verdict });
  });

  test('a podman that is too old', async () => {
    install('podman', 'echo podman version 3.4.4');
    expect(await probe('podman')).toEqual({
      works: false,
      reason: 'podman 3.4.4 is too old',
      cure: 'install podman 4.3 or newer',
    });
  });

  test('a program that never answers', async () => {
    const { run } = probeContext({});
    expect(await run('/bin/sh', ['-c', 'sleep 60'], 50)).toEqual({ code: null, stdout: '', stderr: '' });
    expect(await run('/no/such', [], 50)).toMatchObject({ code: 126 });
  });
});

test('many programs that are asked at once are no leak that Node warns of', async () => {
  const before = process.listenerCount('exit');
  const { run } = probeContext({}, 0);
  const asked = Array.from({ length: 12 }, () => run('/bin/cat', [], 10_000));
  await run('/bin/true', [], 10_000);
  expect(process.listenerCount('exit')).toBeLessThanOrEqual(before + 1);
  await Promise.all(asked);
  expect(process.listenerCount('exit')).toBe(before);
});

describe('what a runtime cannot do', () => {
  test.each(
    RUNTIME_NAMES.flatMap(name =>
      Object.entries(RUNTIMES[name].cannot)
        // Found out when the image is listed: test/situations/cases/shown.host.test.ts.
        .filter(([option]) => option !== 'entries')
        .map(([option, sentence]) => ({ name, option, sentence })),
    ),
  )('$name: $sentence', ({ name, option, sentence }) => {
    const bound = (destination: string) => ({
      binds: [{ source: '/d', destination, mode: 'rw', sourceKind: 'directory', origin: 'user' }] as const,
    });
    const others = {
      bytes: { cwd: '/d\udcff' },
      stdin: { hasInput: true },
      dev: bound('/dev'),
      proc: bound('/proc'),
      pwd: { environment: { policy: 'keep', host: [], set: [['PWD', '/other']] } },
    } as const;
    const asked = others[option as keyof typeof others] ?? { [option]: true };
    expect(complaint(RUNTIMES[name], aRequest(asked))).toBe(sentence);
    expect(complaint(RUNTIMES[name], aRequest())).toBeNull();
  });

  const cannot = { writableTmpfs: 'a cannot write' };
  const request = aRequest({ writableTmpfs: true });
  const select = (table: Record<string, Runtime>) =>
    selectRuntime(request, search(), memory(), Object.keys(table), table);

  test('the next of the order does, and the first is not even asked whether it works', async () => {
    const asked: string[] = [];
    const table = {
      a: { ...aRow('a', works, asked), cannot },
      b: { ...aRow('b', works, asked), cannot: {} },
    };
    expect((await select(table)).runtime.name).toBe('b');
    expect(asked).toEqual(['b']);
  });

  test('is said with who can, where no other was to be taken', async () => {
    const file = aRequest({ image: { path: '/x.sif', kind: 'file', facts: null } });
    expect(await failure(selectRuntime(file, search(), memory(), ['unshare']))).toEqual({
      code: 'UNSUPPORTED_BY_RUNTIME',
      message: 'unshare runs no image that is one file: /x.sif',
      hint: 'jcds run --runtime apptainer (or singularity)',
      exitCode: 125,
    });
  });

  test('is a reason among those of others that do not work', async () => {
    const table = { a: { ...aRow('a', works), cannot }, b: { ...aRow('b', fails), cannot: {} } };
    expect(await failure(select(table))).toEqual({
      code: 'NO_RUNTIME',
      message: 'no container runtime of this host can run this job\n  a: a cannot write\n  b: says no',
      hint: 'a: leave that option out\nb: ask again',
      exitCode: 125,
    });
  });
});
