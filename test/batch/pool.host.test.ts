import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Program, World } from '../cli/request-setting.ts';
import { people } from '../contract/containers.ts';
import { type HangableMount, mountHangable } from '../hosts/hang.ts';
import { singularityRecord, smallImage } from '../hosts/image-files.ts';
import { Pool } from '../hosts/pool.ts';
import { makeCernRepository } from '../hosts/tree.ts';
import { BMN } from '../requests/setup.ts';

// A real pool of one machine, configured by nothing but what `jcds condor install` writes.

const REPOSITORY = 'containers.jinr.ru';
const DYING = 'dying.jinr.ru';
const PERIOD = 3;
const SMALL = 'git.jinr.ru:5005/nica/small:1';
const program = new Program();
let pool: Pool;
let world: World;
let cvmfs: string;
let mount: HangableMount;

/** Relative links, so that it may stand anywhere; its names hold the registry. */
function publish(repository: string, name: string): void {
  makeCernRepository(repository, { [name]: { files: smallImage(singularityRecord({ from: name })) } });
}

const environment = () => ({
  ...world.environment({ JCDS_CVMFS_ROOT: cvmfs, HOME: world.home }),
  JCDS_NODE: pool.node,
  PATH: '/usr/bin:/bin',
});
const submit = (...words: string[]) => pool.run([program.file, 'condor', 'submit', ...words], environment());
const inPool = (file: string) => join(pool.folder, file);
const output = (file: string) => readFileSync(inPool(file), 'utf8');

beforeAll(async () => {
  const [user] = people();
  pool = await Pool.start(user!);
  world = await World.make(program);
  spawnSync('chmod', ['-R', 'a+rX', program.folder, world.folder]);
  spawnSync('chown', ['-R', `${user!.uid}:${user!.gid}`, world.folder]);
  cvmfs = inPool('cvmfs');
  writeFileSync(inPool('job.sh'), '#!/bin/sh\ncat in.txt\nls /bin/busybox\nexit "$1"\n', { mode: 0o755 });
  writeFileSync(inPool('in.txt'), 'input\n');
  publish(join(cvmfs, REPOSITORY), SMALL);
  publish(inPool('contents'), SMALL);
  mkdirSync(join(cvmfs, DYING));
  mount = await mountHangable(join(cvmfs, DYING), inPool('contents'), pool.through);
  const installed = spawnSync(
    program.file,
    [
      ...['condor', 'install', '--root', pool.tree, '--prefix', '/opt/jcds/libexec'],
      ...['--config', pool.configuration, '--period', `${PERIOD}s`, '--cvmfs-timeout', '1'],
      ...['--cvmfs-root', cvmfs, '--repository', REPOSITORY, '--repository', DYING],
    ],
    // Root believes and writes nothing in the home of another.
    { encoding: 'utf8', env: world.environment({ HOME: program.folder }) },
  );
  expect(installed.status).toBe(0);
  await pool.asRoot(['condor_reconfig']);
  for (const name of [REPOSITORY, DYING]) await told(name, 'true undefined');
  // Another file of tests may have the pool.
}, 300_000);

afterAll(async () => {
  await mount?.close();
  await pool?.close();
  await world?.remove();
  program.remove();
});

/** Waits until the machine tells this of a repository. */
async function told(repository: string, wanted: string): Promise<void> {
  const suffix = repository.replaceAll('.', '_');
  const words = ['condor_status', '-constraint', 'PartitionableSlot', '-af', `HAS_CVMFS_${suffix}`];
  expect(await pool.until([...words, `JCDSReason_${suffix}`], wanted)).toBe(wanted);
}

/** The number of a cluster that was submitted. HTCondor 25 has advice on standard error. */
function clusterOf({ code, stdout, stderr }: { code: unknown; stdout: string; stderr: string }): string {
  expect({ code, complaint: /(?:jcds: (?!by )|ERROR|WARNING).*/.exec(stderr)?.[0] ?? null }).toEqual({
    code: 0,
    complaint: null,
  });
  return /cluster (\d+)/.exec(stdout)![1]!;
}

const ATTRIBUTES = ['ExitCode', 'HoldReasonSubCode', 'JCDSName', 'WantContainer'];
const ended = (id: string) =>
  pool.until(['condor_q', id, '-constraint', 'JobStatus != 5', '-af', 'ClusterId'], '');
const inHistory = (id: string, ...attributes: string[]) =>
  pool.run(['condor_history', id, '-af', ...(attributes.length > 0 ? attributes : ATTRIBUTES)]);

test.concurrent('the machine tells what it can run', async () => {
  const { stdout } = await pool.run([
    ...['condor_status', '-constraint', 'PartitionableSlot', '-af', 'JCDSRuntimes', 'JCDSWrapper'],
    ...['JCDSMounted_containers_jinr_ru', 'JCDSLifetime', 'time() - JCDSTime < JCDSLifetime'],
  ]);
  expect(stdout).toBe('apptainer true true 900 true\n');
});

const WAYS = ['container', 'wrapper'];
const row = (way: string) => `${SMALL} ${way === 'container' ? 'true' : 'undefined'}`;
const HOSTILE = ['a b', '', "it's", '"q"', '$(HOME)', '$$(Arch)', '$ENV(HOME)', '\\', ';exit 9', '-x', 'ж'];

test.concurrent.each(WAYS)(
  'via the %s: a command, with arguments of every kind',
  { timeout: 90_000 },
  async way => {
    const id = clusterOf(
      await submit('--via', way, SMALL, '--', 'sh', '-c', 'printf "<%s>" "$@"; exit 3', 'sh', ...HOSTILE),
    );
    expect(await ended(id)).toBe('');
    expect((await inHistory(id)).stdout).toBe(`3 undefined ${row(way)}\n`);
    expect(output(`jcds.${id}.out`)).toBe(HOSTILE.map(word => `<${word}>`).join(''));
  },
);

test.concurrent.each(WAYS)(
  'via the %s: a description keeps what it says; a program is sent along',
  { timeout: 90_000 },
  async way => {
    writeFileSync(
      inPool(`${way}.sub`),
      [
        'executable = job.sh',
        'arguments = $(Process)',
        'should_transfer_files = YES',
        'transfer_input_files = in.txt',
        `output = ${way}.$(Process).out`,
        'requirements = Arch == "X86_64"',
        'on_exit_hold = ExitCode == 1',
        'queue 2',
        '',
      ].join('\n'),
    );
    const id = clusterOf(await submit('--via', way, SMALL, `${way}.sub`));
    expect(await ended(id)).toBe('');
    expect((await inHistory(id)).stdout).toBe(`0 undefined ${row(way)}\n`);
    const held = await pool.run(['condor_q', id, '-af', 'ProcId', 'HoldReasonCode', 'HoldReasonSubCode']);
    expect(held.stdout).toBe('1 3 0\n');
    expect(output(`${way}.0.out`)).toBe('input\n/bin/busybox\n');
  },
);

test.concurrent('what HTCondor cannot start on a machine is not back there at once', {
  timeout: 90_000,
}, async () => {
  const name = 'git.jinr.ru:5005/nica/gone:1';
  publish(join(cvmfs, REPOSITORY), name);
  const id = clusterOf(await submit('--via', 'container', '-a', 'hold = true', name, '--', 'true'));
  rmSync(join(cvmfs, REPOSITORY, name));
  await pool.run(['condor_release', id]);
  const words = ['condor_q', id, '-af', 'JobStatus', 'NumShadowStarts'];
  expect(await pool.until([...words, 'LastRejMatchTime > EnteredCurrentStatus'], '1 1 true')).toBe(
    '1 1 true',
  );
});

test.concurrent('a job that names an image by itself gets the same rules from the configuration', async () => {
  writeFileSync(
    inPool('named.sub'),
    `executable = /bin/sh\ntransfer_executable = false\narguments = "-c 'echo $(DOLLAR)JCDS_IMAGE; exit 3'"\noutput = named.out\nMy.JCDSImage = "${SMALL}"\nqueue\n`,
  );
  const id = clusterOf(await pool.run(['condor_submit', 'named.sub']));
  expect(await ended(id)).toBe('');
  expect((await inHistory(id, 'ExitCode', 'JCDSTells')).stdout).toBe('3 true\n');
  expect(output('named.out')).toBe(`${SMALL}\n`);
});

test('a machine whose mount hangs is left out within a period, and taken again when it answers', {
  timeout: 90_000,
}, async () => {
  await told(DYING, 'true undefined');
  const words = ['--repository', DYING, '-a', 'hold = true', SMALL, '--', 'echo', 'here'];
  const id = clusterOf(await submit(...words));
  await mount.stop();
  await told(DYING, 'false HUNG');
  await told(REPOSITORY, 'true undefined');
  await pool.run(['condor_release', id]);
  // The negotiator has looked at the only machine, and refused it.
  const refused = ['condor_q', id, '-af', 'JobStatus', 'LastRejMatchTime =!= undefined', 'NumJobStarts'];
  expect(await pool.until(refused, '1 true 0')).toBe('1 true 0');
  await mount.resume();
  await told(DYING, 'true undefined');
  expect(await ended(id)).toBe('');
  expect(output(`jcds.${id}.out`)).toBe('here\n');
  await mount.kill();
  await told(DYING, 'false ENOTCONN');
});

test('--wait: on hold until the operators have published it, then released and run', async () => {
  const running = pool.start(
    [program.file, 'condor', 'submit', '--wait', BMN, '--', 'echo', 'at last'],
    environment(),
  );
  await running.said('waiting for the operators to merge');
  const held = ['condor_q', '-constraint', 'HoldReasonCode == 15', '-af', 'ClusterId'];
  const id = (await pool.run(held)).stdout.trim();
  world.forge.merge(world.forge.requests[0]!);
  publish(join(cvmfs, REPOSITORY), BMN);
  const { code, stdout } = await running.ended;
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: `cluster ${id} released: ${join(cvmfs, REPOSITORY, BMN)}\n`,
  });
  expect(await ended(id)).toBe('');
  expect(output(`jcds.${id}.out`)).toBe('at last\n');
  expect((await inHistory(id, 'JCDSPin')).stdout).toMatch(/\/\.flat\/[0-9a-f]{2}\/[0-9a-f]+\n$/);
});

test('what condor_submit refuses is said with its words and its code', async () => {
  const { code, stdout, stderr } = await submit(SMALL, 'absent.sub');
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^jcds: condor_submit ended with 1: ERROR: .*absent\.sub.*No such file/);
});
