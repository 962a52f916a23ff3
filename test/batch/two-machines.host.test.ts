import { appendFileSync, chownSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Setting } from '../cli/setting.ts';
import { people } from '../contract/containers.ts';
import { type HangableMount, mountHangable } from '../hosts/hang.ts';
import { singularityRecord, smallImage } from '../hosts/image-files.ts';
import { Pool } from '../hosts/pool.ts';
import { makeCernRepository } from '../hosts/tree.ts';
import { setAttributes } from '../status/setting.ts';

// A second startd beside the pool's own: one machine whose mount hangs, or whose client is behind, and one that is well.

const REPOSITORY = 'containers.jinr.ru';
const IMAGE = 'git.jinr.ru:5005/nica/small:1';
const LIBEXEC = '/opt/jcds/libexec';
const EXECUTE = 'var/lib/condor/execute';
const setting = new Setting();
let pool: Pool;
let mount: HangableMount;
const inPool = (...parts: string[]) => join(pool.folder, ...parts);

beforeAll(async () => {
  pool = await Pool.start(people()[0]!);
  makeCernRepository(inPool('well', REPOSITORY), {
    [IMAGE]: { files: smallImage(singularityRecord({ from: IMAGE })) },
  });
  // What it mounts is what there is now, and stays so.
  setAttributes(inPool('well', REPOSITORY), { revision: '2' });
  mount = await mountHangable(inPool('ill', REPOSITORY), inPool('well', REPOSITORY), pool.through);
  jcds(
    ...['install', '--root', pool.tree, '--prefix', LIBEXEC, '--config', pool.configuration],
    ...['--period', '3s', '--cvmfs-timeout', '1', '--cvmfs-root', inPool('ill')],
  );
  jcds(
    ...['machine-ad', '--script', '--force', '-o', join(pool.tree, LIBEXEC, 'second')],
    ...['--cvmfs-timeout', '1', '--cvmfs-root', inPool('well')],
  );
  addStartd();
  await mount.stop();
  await pool.asRoot(['condor_reconfig']);
}, 300_000);

afterAll(async () => {
  await mount?.close();
  await pool?.close();
  rmSync(join(pool.tree, `${EXECUTE}2`), { recursive: true, force: true });
  setting.remove();
});

function jcds(...words: string[]): void {
  const { code } = setting.jcds(['condor', ...words]);
  expect(code).toBe(0);
}

/** The master starts it when it reads the configuration again. */
function addStartd(): void {
  const execute = join(pool.tree, `${EXECUTE}2`);
  const { uid, gid } = statSync(join(pool.tree, EXECUTE));
  mkdirSync(execute, { recursive: true });
  chownSync(execute, uid, gid);
  appendFileSync(
    join(pool.tree, pool.configuration),
    `DAEMON_LIST = MASTER COLLECTOR NEGOTIATOR SCHEDD STARTD STARTD_SECOND
STARTD_SECOND = $(SBIN)/condor_startd
STARTD_SECOND_ARGS = -f -local-name second
second.STARTD_NAME = second
second.STARTD_LOG = $(LOG)/StartLog.second
second.STARTD_ADDRESS_FILE = $(LOG)/.startd_second_address
second.EXECUTE = /${EXECUTE}2
second.STARTD_CRON_JCDS_EXECUTABLE = ${LIBEXEC}/second
`,
  );
}

const submit = (name: string, ...words: string[]) =>
  pool.run([setting.program, 'condor', 'submit', '--json', '--via', 'container', name, ...words], {
    ...{ PATH: '/usr/bin:/bin', JCDS_NODE: pool.node, JCDS_NETWORK: 'false' },
    JCDS_CVMFS_ROOT: inPool('well'),
  });
const where = (constraint: string) => [
  ...['condor_status', '-constraint', `PartitionableSlot && ${constraint}`],
  ...['-af', 'split(Name, "@")[1] == "second"'],
];

/** Waits until all jobs that were submitted have ended, and answers these attributes of them. */
async function ended(stdout: string, ...attributes: string[]): Promise<string> {
  const id = String((JSON.parse(stdout) as { clusters: number[] }).clusters[0]);
  expect(await pool.until(['condor_q', id, '-af', 'ClusterId'], '', 60)).toBe('');
  return (await pool.run(['condor_history', id, '-af', ...attributes])).stdout;
}
const PLACE = 'split(LastRemoteHost, "@")[1]';

test('a job goes to the machine that sees its repository, not to the one whose mount hangs', {
  timeout: 150_000,
}, async () => {
  expect(await pool.until(where('HAS_CVMFS_containers_jinr_ru'), 'true')).toBe('true');
  expect(await pool.until(where('JCDSReason_containers_jinr_ru == "HUNG"'), 'false')).toBe('false');
  const { stdout } = await submit(IMAGE, '--', 'echo', 'here');
  expect(await ended(stdout, 'ExitCode', PLACE)).toBe('0 second\n');
});

test('jobs go to machines that show the revision in which the image was seen, not to those that are behind', {
  timeout: 150_000,
}, async () => {
  await mount.resume();
  const name = 'git.jinr.ru:5005/nica/new:1';
  makeCernRepository(inPool('well', REPOSITORY), {
    [name]: { files: smallImage(singularityRecord({ from: name })) },
  });
  setAttributes(inPool('well', REPOSITORY), { revision: '3' });
  const revision = 'CVMFS_containers_jinr_ru_REVISION';
  // Both are well, and one is behind.
  expect(await pool.until(where(`HAS_CVMFS_containers_jinr_ru && ${revision} == 2`), 'false')).toBe('false');
  expect(await pool.until(where(`HAS_CVMFS_containers_jinr_ru && ${revision} == 3`), 'true')).toBe('true');
  writeFileSync(
    inPool('four.sub'),
    'executable = /bin/sleep\ntransfer_executable = false\narguments = 1\nqueue 4\n',
  );
  const { stdout } = await submit(name, 'four.sub');
  expect(await ended(stdout, 'ExitCode', 'JCDSRevision', PLACE)).toBe('0 3 second\n'.repeat(4));
});
