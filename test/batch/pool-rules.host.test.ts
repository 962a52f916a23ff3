import {
  appendFileSync,
  chmodSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Setting } from '../cli/setting.ts';
import { people } from '../hosts/people.ts';
import { Pool } from '../hosts/pool.ts';
import { machine, outcome, shellJob, submitByHand } from './pool-outcome.ts';

// Whose end a job's was, in a real pool: what a machine did to a job, and what the job did itself.

const PAGE = readFileSync(resolve(import.meta.dirname, '../../docs/htcondor.md'), 'utf8');
const IMAGE = 'library/debian:12';
const setting = new Setting();
let pool: Pool;
const inPool = (...parts: string[]) => join(pool.folder, ...parts);
const apptainer = () => join(pool.tree, 'usr/bin/apptainer');
let real: string;

beforeAll(async () => {
  pool = await Pool.start(people()[0]!);
  real = readlinkSync(apptainer());
  const words = ['--root', pool.tree, '--prefix', '/opt/jcds/libexec', '--config', pool.configuration];
  const { code } = setting.jcds(['condor', 'install', '--period', '1h', '--cvmfs-root', '/cvmfs', ...words]);
  expect(code).toBe(0);
  // It looks when it is told to, so that what it told before a fault stays told.
  configure('STARTD_CRON_JCDS_RECONFIG_RERUN = True', 'UPDATE_INTERVAL = 3');
  await look('true apptainer');
}, 300_000);

afterAll(async () => {
  if (pool !== undefined) runtime(real);
  await pool?.close();
  setting.remove();
}, 60_000);

function configure(...lines: string[]): void {
  appendFileSync(join(pool.tree, pool.configuration), lines.map(line => `${line}\n`).join(''));
}

/** Lets the machine look, and waits until it has told this. */
async function look(wanted: string): Promise<void> {
  await pool.asRoot(['condor_reconfig']);
  expect(await pool.until(machine('JCDSWrapper', 'JCDSRuntimes'), wanted, 90)).toBe(wanted);
}

/** What stands in the place of Apptainer; null: nothing. */
function runtime(target: string | null): void {
  if (lstatSync(apptainer(), { throwIfNoEntry: false }) !== undefined) rmSync(apptainer());
  if (target !== null) symlinkSync(target, apptainer());
}

/** Submits by hand, and waits until the job is held or has ended; answers its code, or what it is held for. */
const came = async (name: string, script: string, ...lines: string[]) =>
  outcome(pool, await submitByHand(pool, name, shellJob(name, script, ...lines)));
const said = (file: string) => readFileSync(inPool(file), 'utf8');

/** A job that waits, of which the negotiator has looked at the machine and refused it. */
const refused = (id: string) => [
  ...['condor_q', id, '-af', 'JobStatus', 'LastRejMatchTime =!= undefined', 'NumShadowStarts'],
];

const IN_IMAGE = `My.JCDSImage = "${IMAGE}"`;

test.concurrent('what the author wrote reaches the job; a code of its own is its own, 75 and 255 too', {
  timeout: 200_000,
}, async () => {
  const script = 'echo $(DOLLAR)PYTHONPATH $(DOLLAR)PATH; cat /etc/debian_version; exit 75';
  const written = 'environment = "PYTHONPATH=/my/py PATH=/my:/bin"';
  expect(await came('own', script, IN_IMAGE, written)).toBe('75');
  expect(said('own.out')).toMatch(/^\/my\/py \/my:\/bin\n12\.\d+\n$/);
  expect(await came('other', 'exit 255', IN_IMAGE)).toBe('255');
});

test.concurrent('what a person must mend is held for a person; two images are refused', {
  timeout: 200_000,
}, async () => {
  expect(await came('none', 'true', 'My.JCDSImage = "library/nothing:1"')).toMatch(
    /^held 3 125 library\/nothing:1 is not published/,
  );
  const two = await came('two', 'true', IN_IMAGE, 'universe = docker', 'docker_image = debian');
  expect(two).toBe(`the job names two images: My.JCDSImage = ${IMAGE}, and debian`);
});

test.concurrent('a shell beside the image is refused', { timeout: 200_000 }, async () => {
  writeFileSync(inPool('shell.sub'), shellJob('shell', 'true', IN_IMAGE));
  const { stderr } = await pool.run(['condor_submit', '-interactive', 'shell.sub']);
  expect(stderr).toContain('an interactive job would be a shell outside of its image');
});

test.concurrent('a bind of another host is left out, and said', { timeout: 200_000 }, async () => {
  const binds = 'environment = "APPTAINER_BIND=/gone/with/the/login-node,/etc/condor"';
  expect(await came('bind', 'cat /etc/debian_version; ls /etc/condor', IN_IMAGE, binds)).toBe('0');
  expect(said('bind.out')).toMatch(/^12\.\d+\n(?:\S+\n)*config\.d\n/);
  expect(said('bind.err')).toBe(
    'jcds: /gone/with/the/login-node does not exist: not shown in the container\n',
  );
});

test.concurrent('a program that is missing ends a job without an image with 127, as the page says', {
  timeout: 200_000,
}, async () => {
  const lines = ['executable = /no/such', 'transfer_executable = false', 'queue', ''];
  expect(await outcome(pool, await submitByHand(pool, 'missing', lines.join('\n')))).toBe('127');
});

test.concurrent('without file transfer each job has a status of its own, and none is in the submit directory', {
  timeout: 200_000,
}, async () => {
  const script = 'ls -A $(DOLLAR)_CONDOR_SCRATCH_DIR | grep json';
  const lines = ['should_transfer_files = no', 'output = untransferred.$(Process)'];
  const description = shellJob('two-jobs', script, IN_IMAGE, ...lines).replace(/queue$/m, 'queue 2');
  const id = await submitByHand(pool, 'two-jobs', description);
  expect(await outcome(pool, id)).toBe('0\n0');
  for (const process of [0, 1])
    expect(said(`untransferred.${process}`)).toBe(`.jcds-status.${id}.${process}.json\n`);
  const left = readdirSync(pool.folder).filter(name => name.startsWith('.'));
  expect(left.filter(name => name.includes('wrapper') || name.includes(`.${id}.`))).toEqual([]);
});

test.concurrent('by the page’s lines for hand: a signal ends a job for good, also after a try that ended with 75', {
  timeout: 200_000,
}, async () => {
  const [, byHand = ''] = /\n(on_exit_hold = [^`]*)requirements = [^`]*\n```/.exec(PAGE)!;
  const script = 'test ! -e tried || kill -9 $$(DOLLARDOLLAR); touch tried; exit 75';
  const lines = byHand.replace('60 * ', '1 * ').trim().split('\n');
  const job = shellJob('signal', script, 'should_transfer_files = no', ...lines);
  const id = await submitByHand(pool, 'signal', job);
  const ended = ['condor_history', id, '-af', 'ExitBySignal', 'ExitSignal', 'NumJobStarts', 'ExitCode'];
  expect(await pool.until(ended, 'true 9 2 75', 90)).toBe('true 9 2 75');
});

test('a runtime that starts nothing, or is gone, is the machine’s fault: held, to be tried again', {
  timeout: 200_000,
}, async () => {
  const broken = join(pool.tree, 'opt/jcds/broken');
  writeFileSync(broken, '#!/bin/sh\necho "FATAL: container creation failed" >&2\nexit 255\n');
  chmodSync(broken, 0o755);
  runtime('/opt/jcds/broken');
  expect(await came('broken', 'true', IN_IMAGE)).toMatch(/^held 3 75 apptainer did not start the job/);
  runtime(null);
  expect(await came('gone', 'true', IN_IMAGE)).toMatch(
    /^held 3 75 no container runtime .*; *apptainer: is not installed/,
  );
});

test('a machine that tells of no runtime gets no job of anybody, and gets it when it tells of one again', {
  timeout: 200_000,
}, async () => {
  runtime(null);
  await look('true');
  const id = await submitByHand(pool, 'waiting', shellJob('waiting', 'exit 5', IN_IMAGE));
  expect(await pool.until(refused(id), '1 true undefined')).toBe('1 true undefined');
  runtime(real);
  await look('true apptainer');
  expect(await outcome(pool, id)).toBe('5');
});

test('a machine that lacks a script of the pool, or looked long ago, gets no such job', {
  timeout: 200_000,
}, async () => {
  const scripts = join(pool.tree, 'opt/jcds/libexec');
  renameSync(join(scripts, 'jcds-after'), join(scripts, 'elsewhere'));
  await look('false apptainer');
  renameSync(join(scripts, 'elsewhere'), join(scripts, 'jcds-after'));
  await look('true apptainer');
  const old = '#!/bin/sh\n/opt/jcds/libexec/jcds-machine-ad "$@" | sed "s/^JCDSTime = .*/JCDSTime = 1000/"\n';
  writeFileSync(join(scripts, 'old-look'), old, { mode: 0o755 });
  configure('STARTD_CRON_JCDS_EXECUTABLE = /opt/jcds/libexec/old-look');
  await pool.asRoot(['condor_reconfig']);
  expect(await pool.until(machine('JCDSWrapper', 'JCDSTime'), 'true 1000', 90)).toBe('true 1000');
  const id = await submitByHand(pool, 'stale', shellJob('stale', 'exit 6', IN_IMAGE));
  expect(await pool.until(refused(id), '1 true undefined')).toBe('1 true undefined');
  configure('STARTD_CRON_JCDS_EXECUTABLE = /opt/jcds/libexec/jcds-machine-ad');
  await pool.asRoot(['condor_reconfig']);
  expect(await outcome(pool, id)).toBe('6');
});

test('a wrapper that comes later: no machine says that it has jcds’, and jobs go by the container universe', {
  timeout: 200_000,
}, async () => {
  configure('USER_JOB_WRAPPER = /opt/jcds/wrapper.sh');
  await look('false apptainer');
  const id = await submitByHand(pool, 'nowhere', shellJob('nowhere', 'true', IN_IMAGE));
  const { code, stdout, stderr } = await pool.run(
    [setting.program, 'condor', 'submit', IMAGE, '--', 'cat', '/etc/debian_version'],
    { PATH: '/usr/bin:/bin', JCDS_NODE: pool.node, JCDS_NETWORK: 'false' },
  );
  expect({ code, said: stderr.includes("since no machine of this pool has jcds' job wrapper") }).toEqual({
    code: 0,
    said: true,
  });
  const cluster = /cluster (\d+)/.exec(stdout)![1]!;
  expect(await outcome(pool, cluster)).toBe('0');
  expect(said(`jcds.${cluster}.out`)).toMatch(/^12\.\d+\n$/);
  expect(await pool.until(refused(id), '1 true undefined')).toBe('1 true undefined');
});
