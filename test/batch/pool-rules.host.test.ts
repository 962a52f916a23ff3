import {
  appendFileSync,
  chmodSync,
  lstatSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Setting } from '../cli/setting.ts';
import { people } from '../contract/containers.ts';
import { Pool } from '../hosts/pool.ts';

// Whose end a job's was, in a real pool: what a machine did to a job, and what the job did itself.

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
  const { code } = setting.jcds(['condor', 'install', '--period', '10s', '--cvmfs-root', '/cvmfs', ...words]);
  expect(code).toBe(0);
  await pool.asRoot(['condor_reconfig']);
  expect(await pool.until(machine('JCDSWrapper', 'JCDSRuntimes'), 'true apptainer', 120)).toBe(
    'true apptainer',
  );
}, 300_000);

afterAll(async () => {
  if (pool !== undefined) runtime(real);
  await pool?.close();
  setting.remove();
}, 60_000);

const machine = (...attributes: string[]) => [
  ...['condor_status', '-constraint', 'PartitionableSlot', '-af', ...attributes],
];

/** What stands in the place of Apptainer. */
function runtime(target: string): void {
  if (lstatSync(apptainer(), { throwIfNoEntry: false }) !== undefined) rmSync(apptainer());
  symlinkSync(target, apptainer());
}

/** Submits by hand, and waits until the job is held or has ended; answers its code, or what it is held for. */
async function outcome(name: string, script: string, ...lines: string[]): Promise<string> {
  const description = [
    ...['executable = /bin/sh', 'transfer_executable = false', 'should_transfer_files = yes'],
    `arguments = "-c '${script}'"`,
    ...[`output = ${name}.out`, `error = ${name}.err`, ...lines, 'queue', ''],
  ];
  writeFileSync(inPool(`${name}.sub`), description.join('\n'));
  const { code, stdout, stderr } = await pool.run(['condor_submit', '-terse', `${name}.sub`]);
  if (code !== 0) return /^ERROR: (?!Failed to commit)(.*)$/m.exec(stderr)?.[1] ?? stderr;
  const id = /^(\d+)\./.exec(stdout)![1]!;
  await pool.until(['condor_q', id, '-constraint', 'JobStatus < 4', '-af', 'ClusterId'], '', 90);
  const held = await pool.run(['condor_q', id, '-af', 'HoldReasonCode', 'HoldReasonSubCode', 'HoldReason']);
  await pool.run(['condor_rm', id]);
  if (held.stdout !== '') return `held ${held.stdout.trim()}`;
  return (await pool.run(['condor_history', id, '-af', 'ExitCode'])).stdout.trim();
}

const IN_IMAGE = `My.JCDSImage = "${IMAGE}"`;

test('what the author wrote reaches the job; a code of its own is its own, 75 and 255 too', {
  timeout: 200_000,
}, async () => {
  const script = 'echo $(DOLLAR)PYTHONPATH $(DOLLAR)PATH; cat /etc/debian_version; exit 75';
  const written = 'environment = "PYTHONPATH=/my/py PATH=/my:/bin"';
  expect(await outcome('own', script, IN_IMAGE, written)).toBe('75');
  expect(readFileSync(inPool('own.out'), 'utf8')).toMatch(/^\/my\/py \/my:\/bin\n12\.\d+\n$/);
  expect(await outcome('other', 'exit 255', IN_IMAGE)).toBe('255');
});

test('what a person must mend is held for a person; two images and a shell beside the image are refused', {
  timeout: 200_000,
}, async () => {
  expect(await outcome('none', 'true', 'My.JCDSImage = "library/nothing:1"')).toMatch(
    /^held 3 125 library\/nothing:1 is not published/,
  );
  const two = await outcome('two', 'true', IN_IMAGE, 'universe = docker', 'docker_image = debian');
  expect(two).toBe(`the job names two images: My.JCDSImage = ${IMAGE}, and debian`);
  const { stderr } = await pool.run(['condor_submit', '-interactive', 'own.sub']);
  expect(stderr).toContain('an interactive job would be a shell outside of its image');
});

test('a runtime that starts nothing, or is gone, is the machine’s fault: held, to be tried again', {
  timeout: 200_000,
}, async () => {
  const broken = join(pool.tree, 'opt/jcds/broken');
  writeFileSync(broken, '#!/bin/sh\necho "FATAL: container creation failed" >&2\nexit 255\n');
  chmodSync(broken, 0o755);
  runtime('/opt/jcds/broken');
  expect(await outcome('broken', 'true', IN_IMAGE)).toMatch(/^held 3 75 apptainer did not start the job/);
  runtime(real);
});

test('a wrapper that comes later: no machine says that it has jcds’, and no job goes there', {
  timeout: 200_000,
}, async () => {
  appendFileSync(join(pool.tree, pool.configuration), 'USER_JOB_WRAPPER = /opt/jcds/wrapper.sh\n');
  await pool.asRoot(['condor_reconfig']);
  expect(await pool.until(machine('JCDSWrapper'), 'false', 90)).toBe('false');
});
