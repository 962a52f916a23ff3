import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { singularityRecord } from '../hosts/image-files.ts';
import { makeCernRepository, makeOsgRepository } from '../hosts/tree.ts';
import { SHELLS } from '../wrap/stage.ts';
import { ad, type Ended, JobStage, starting } from './job-stage.ts';

// What becomes of a job with an image: its whole outcome, or what it is started with.

const REPOSITORIES = ['--repository', 'containers.jinr.ru', '--repository', 'unpacked.cern.ch'];
const stage = new JobStage(REPOSITORIES);
afterAll(() => stage.remove());
const jinr = join(stage.cvmfs, 'containers.jinr.ru');
const cern = join(stage.cvmfs, 'unpacked.cern.ch');
const FILES = { 'bin/sh': { program: '' }, 'tmp/x': '', 'proc/x': '', 'dev/x': '', 'sys/x': '' };
const image = (from: string) => ({ files: { ...FILES, ...singularityRecord({ from }) } });
const contained = stage.write([...REPOSITORIES, '--contain'], 'contained');
let targets: Record<string, string>;
let cerns: Record<string, string>;
beforeEach(() => {
  rmSync(stage.cvmfs, { recursive: true, force: true });
  targets = makeOsgRepository(jinr, {
    'library/small:1': image('small:1'),
    'library/only-a-file:1': { content: 'hello' },
    'library/outside:1': { link: '/etc' },
    'library/dangling:1': { link: '/cvmfs/containers.jinr.ru/.images/no/such' },
    'a/of-gitlab:1': image('git.jinr.ru:5005/a/of-gitlab:1'),
  });
  cerns = makeCernRepository(cern, { 'registry.hub.docker.com/library/at-cern:1': image('at-cern:1') });
  stage.prepare(ad('JCDSImage = "small:1"'));
});

const entry = (name: string) => join(jinr, name);

/** The whole outcome of a job that was not started. */
function refused(
  code: number,
  word: string,
  text: string,
  hint: string | null,
  told: Partial<Ended['told']> = {},
) {
  return {
    status: code,
    stdout: '',
    stderr: `jcds: ${text}\n${hint === null ? '' : `hint: ${hint}\n`}`,
    started: null,
    told: {
      schemaVersion: 2,
      outcome: 'failed',
      ...{ image: null, repository: 'containers.jinr.ru', path: null, target: null, runtime: null },
      exitCode: code,
      error: { code: word, message: text, hint },
      waitingFor: null,
      ...told,
    },
  };
}

const NO_NAME = 'My.JCDSImage = "registry/repository:tag" in the submit description, or a path below /cvmfs';
/** As they stand between the quotes of the ad, and as a terminal may see them. */
const HOSTILE: Record<string, string> = Object.fromEntries(
  [
    ['$(touch CANARY)'],
    ['`touch CANARY`'],
    ['small:1;touch CANARY'],
    ['small:1 && touch CANARY'],
    ['small:1|touch CANARY'],
    ["small:1'; touch CANARY; '"],
    ['small:1\\"; touch CANARY; \\"'],
    ['\\n touch CANARY\\n'],
    ['${IFS}touch${IFS}CANARY'],
    ['> CANARY'],
    ['--version'],
    ['-'],
    ['--bind=/etc:/cvmfs'],
    ['../../../../etc'],
    ['/cvmfs/containers.jinr.ru/../../etc'],
    ['/etc'],
    ['/cvmfs/containers.jinr.ru'],
    ['*'],
    ['~root'],
    ['small:1 '],
    ['small:1\t', 'small:1 '],
    ['small:1\u001b[31m\u0007', 'small:1?[31m?'],
    ['small:1\u00ff', 'small:1?'],
    ['%s%n%100000d'],
    ['JCDS%NAME%'],
    ['@sha256:x'],
    ['http://x/y:1'],
  ].map(([text = '', shown = text]) => [text, shown]),
);

describe.each(SHELLS)('%s', shell => {
  test.each(Object.entries(HOSTILE))('%j is no name, and nothing is made of it', (template, seen) => {
    const canary = join(stage.folder, 'canary');
    const [text, shown] = [template, seen].map(words => words.replace('CANARY', canary));
    stage.prepare(ad(`JCDSImage = "${text}"`));
    const message = `the image that this job asks for is none: ${shown}`;
    const told = { image: shown!, repository: null };
    expect(stage.start(shell, ['/bin/sh'])).toEqual(
      refused(125, 'INVALID_REFERENCE', message, NO_NAME, told),
    );
    expect(existsSync(canary)).toBe(false);
  });

  test('an image that is not published', () => {
    stage.prepare(ad('JCDSImage = "library/nothing:1"'));
    // Of what was searched the last is named.
    const path = join(cern, 'registry.hub.docker.com/library/nothing:1');
    const ended = stage.start(shell, ['/bin/sh']);
    expect(ended.told?.error).toMatchObject({ code: 'NOT_PUBLISHED' });
    const { message, hint } = ended.told!.error as { message: string; hint: string };
    expect([message.includes('library/nothing:1'), hint.includes('nothing')]).toEqual([true, true]);
    const where = { image: 'library/nothing:1', repository: 'unpacked.cern.ch', path };
    expect(ended).toEqual(refused(125, 'NOT_PUBLISHED', message, hint, where));
  });

  test.each([
    ['library/only-a-file:1', 'BROKEN_PUBLICATION'],
    ['library/dangling:1', 'BROKEN_PUBLICATION'],
    ['library/outside:1', 'LINK_ESCAPES'],
  ])('%s is broken', (name, word) => {
    stage.prepare(ad(`JCDSImage = "${name}"`));
    const ended = stage.start(shell, ['/bin/sh']);
    const { message, hint, code } = ended.told!.error as {
      message: string;
      hint: string | null;
      code: string;
    };
    expect([code, message.includes(name)]).toEqual([word, true]);
    expect(ended).toEqual(refused(125, word, message, hint, { image: name, path: entry(name) }));
  });

  test('a repository that cannot be seen: later, and nothing of what comes after it is believed', () => {
    rmSync(jinr, { recursive: true });
    stage.prepare(ad('JCDSImage = "library/at-cern:1"'));
    const ended = stage.start(shell, ['/bin/sh']);
    const { message, hint } = ended.told!.error as { message: string; hint: string };
    const told = { image: 'library/at-cern:1', path: entry('library/at-cern:1') };
    expect(message).toMatch(
      /^the CVMFS repository containers\.jinr\.ru cannot be seen: .*containers\.jinr\.ru.*No such file or directory$/,
    );
    expect(ended).toEqual(refused(75, 'CVMFS_UNREACHABLE', message, hint, told));
  });

  test('a second repository, in another layout', () => {
    stage.prepare(ad('JCDSImage = "docker.io/library/at-cern:1"'));
    const { told, status } = stage.start(shell, ['/bin/sh']);
    const name = 'registry.hub.docker.com/library/at-cern:1';
    expect(status).toBe(7);
    expect(told).toEqual(
      starting('docker.io/library/at-cern:1', 'unpacked.cern.ch', join(cern, name), cerns[name]!),
    );
  });

  test.each([
    ['git.jinr.ru:5005/a/of-gitlab:1', 7],
    ['a/of-gitlab:1', 7],
    ['quay.io/a/of-gitlab:1', 125],
  ])('%s, whose record names another registry or the same', (name, code) => {
    stage.prepare(ad(`JCDSImage = "${name}"`));
    const { status, told } = stage.start(shell, ['/bin/sh']);
    expect(status).toBe(code);
    if (code === 125)
      expect(told!.error).toMatchObject({
        code: 'REGISTRY_MISMATCH',
        message: expect.stringContaining('was made from git.jinr.ru:5005, not from quay.io') as string,
      });
  });

  test('a tag that moves: the next start has the next image', () => {
    expect(stage.start(shell, ['/bin/sh']).told!.target).toBe(targets['library/small:1']);
    rmSync(entry('library/small:1'));
    const next = makeOsgRepository(jinr, {
      'library/small:1': { ...image('small:2'), hash: 'b'.repeat(64) },
    });
    expect(stage.start(shell, ['/bin/sh']).told!.target).toBe(next['library/small:1']);
  });

  test('a command that is not in the image, in a file that may not be run, in the scratch directory', () => {
    writeFileSync(join(stage.scratch, 'text'), '');
    writeFileSync(join(stage.scratch, 'job.sh'), '', { mode: 0o755 });
    const codes = ['/no/such', join(stage.scratch, 'text'), join(stage.scratch, 'job.sh')].map(
      word => stage.start(shell, [word]).status,
    );
    expect(codes).toEqual([127, 126, 7]);
    // A job that starts in a directory of its own, on a shared file system, sees its scratch directory too.
    const elsewhere = join(stage.folder, 'shared');
    mkdirSync(elsewhere, { recursive: true });
    const { status, started } = stage.start(shell, [join(stage.scratch, 'job.sh')], {
      cwd: elsewhere,
      wrapper: contained,
    });
    expect(status).toBe(7);
    expect(started!.args).toContain(`${stage.scratch}:${stage.scratch}`);
  });

  test('credentials, GPU assignment and the batch system’s variables reach the job', () => {
    const credentials = join(stage.folder, 'credentials');
    mkdirSync(credentials, { recursive: true });
    const proxy = join(stage.folder, 'proxy');
    writeFileSync(proxy, '');
    const own = {
      X509_USER_PROXY: proxy,
      KRB5CCNAME: `DIR:${credentials}`,
      _CONDOR_CREDS: credentials,
      CUDA_VISIBLE_DEVICES: 'GPU-1234',
      _CONDOR_AssignedGPUs: 'GPU-1234',
      HOME: stage.home,
    };
    const { started } = stage.start(shell, ['/bin/sh'], {
      environment: stage.jobEnvironment(own),
      wrapper: contained,
    });
    expect(Object.fromEntries([...started!.environment].filter(([name]) => name in own))).toEqual(own);
    const binds = started!.args.filter((_, at, all) => all[at - 1] === '--bind');
    expect(binds).toContain(`${proxy}:${proxy}:ro`);
    expect(binds.filter(bind => bind.startsWith(`${credentials}:`))).not.toEqual([]);
  });

  test('without a HOME the scratch directory is home', () => {
    const { args } = stage.start(shell, ['/bin/sh']).started!;
    expect(args[args.indexOf('--home') + 1]).toBe(`${stage.scratch}:${stage.scratch}`);
  });

  test('its own variables are not steered by the job’s: it is refused, for good', () => {
    const names = [
      ...new Set(readFileSync(stage.wrapper, 'utf8').match(/\bjcds_[A-Za-z0-9_]*[A-Za-z0-9]\b/g)),
    ];
    const hostile = Object.fromEntries(names.map(name => [name, '$(touch /no/such)']));
    const { status, started, told } = stage.start(shell, ['/bin/sh'], {
      environment: stage.jobEnvironment({ ...hostile, JCDS_CVMFS_ROOT: '/etc', CVMFS_MOUNT_DIR: '/etc' }),
    });
    expect([status, started, told!.target]).toEqual([125, null, targets['library/small:1']]);
    expect(told!.error).toMatchObject({ code: 'OWN_NAME' });
  });

  test('its status never goes through what lies in its place: a link, a pipe', () => {
    const victim = join(stage.folder, 'victim');
    writeFileSync(victim, 'mine');
    symlinkSync(victim, join(stage.scratch, '.jcds-status.json'));
    expect(stage.start(shell, ['/bin/sh']).told).toMatchObject({ outcome: 'starting' });
    expect(readFileSync(victim, 'utf8')).toBe('mine');
    rmSync(join(stage.scratch, '.jcds-status.json'));
    execFileSync('mkfifo', [join(stage.scratch, '.jcds-status.json')]);
    expect(stage.start(shell, ['/bin/sh']).told).toMatchObject({ outcome: 'starting' });
  });

  test('what was told before stays where nothing can be written, and nothing else is left', () => {
    const status = join(stage.scratch, '.jcds-status.json');
    writeFileSync(status, 'before');
    const limited = ['/bin/sh', '-c', 'trap "" XFSZ; ulimit -f 0; exec "$@"', 'sh'];
    stage.run(
      [...limited, ...stage.by(shell, stage.wrapper), '/bin/sh'],
      stage.jobEnvironment(),
      stage.scratch,
    );
    expect(readFileSync(status, 'utf8')).toBe('before');
    expect(stage.start(shell, ['/bin/sh']).told).toMatchObject({ outcome: 'starting' });
    expect(readdirSync(stage.scratch).filter(name => name.startsWith('.jcds'))).toEqual([
      '.jcds-status.json',
    ]);
  });

  test('a status file that cannot be written is no reason to fail otherwise', () => {
    mkdirSync(join(stage.scratch, '.jcds-status.json'));
    const words = [...stage.by(shell, stage.wrapper), '/bin/sh'];
    expect(stage.run(words, stage.jobEnvironment(), stage.scratch).status).toBe(7);
    rmSync(entry('library/small:1'));
    const { status, stderr } = stage.run(words, stage.jobEnvironment(), stage.scratch);
    expect([status, stderr.split('\n').length]).toEqual([125, 3]);
    const { _CONDOR_SCRATCH_DIR: _, ...environment } = stage.jobEnvironment();
    expect(stage.run(words, environment, stage.scratch).status).toBe(125);
  });

  test('an event is told only where the job may chirp', () => {
    const chirp = join(stage.folder, 'libexec/condor_chirp');
    const heard = join(stage.folder, 'heard');
    mkdirSync(dirname(chirp), { recursive: true });
    writeFileSync(chirp, `#!/bin/sh\nprintf '[%s]' "$@" >>'${heard}'\n`, { mode: 0o755 });
    const environment = stage.jobEnvironment({ _CONDOR_LIBEXEC: dirname(chirp) });
    stage.start(shell, ['/bin/sh'], { environment });
    expect(existsSync(heard)).toBe(false);
    stage.prepare(ad('JCDSImage = "small:1"').replace('WantIOProxy = false', 'WantIOProxy = true'));
    stage.start(shell, ['/bin/sh'], { environment });
    rmSync(entry('library/small:1'));
    symlinkSync('/etc', entry('library/small:1'));
    const { stderr } = stage.start(shell, ['/bin/sh'], { environment });
    const [said] = stderr.split('\n');
    const event = `[ulog][jcds: library/small:1 is ${targets['library/small:1']}]`;
    expect(readFileSync(heard, 'utf8')).toBe(`${event}[ulog][${said}]`);
    rmSync(heard);
  });
});

test('an event that nobody takes keeps no job from its start', () => {
  const chirp = join(stage.folder, 'deaf/condor_chirp');
  mkdirSync(dirname(chirp));
  writeFileSync(chirp, '#!/bin/sh\nexec sleep 1000\n', { mode: 0o755 });
  stage.prepare(ad('JCDSImage = "small:1"').replace('WantIOProxy = false', 'WantIOProxy = true'));
  const environment = stage.jobEnvironment({ _CONDOR_LIBEXEC: dirname(chirp) });
  expect(stage.start('dash', ['/bin/sh'], { environment }).status).toBe(7);
});
