import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Pool } from '../hosts/pool.ts';

/** What condor_status says of the pool's own machine. */
export const machine = (...attributes: string[]) => [
  ...['condor_status', '-constraint', 'PartitionableSlot', '-af', ...attributes],
];

/** The lines of a description whose job runs this in a shell. */
export function shellJob(name: string, script: string, ...lines: string[]): string {
  return [
    ...['executable = /bin/sh', 'transfer_executable = false', 'should_transfer_files = yes'],
    `arguments = "-c '${script}'"`,
    ...[`output = ${name}.out`, `error = ${name}.err`, ...lines, 'queue', ''],
  ].join('\n');
}

/** Submits a description by hand; answers its number in the queue, or why it was refused. */
export async function submitByHand(pool: Pool, name: string, description: string): Promise<string> {
  writeFileSync(join(pool.folder, `${name}.sub`), description);
  const { code, stdout, stderr } = await pool.run(['condor_submit', '-terse', `${name}.sub`]);
  if (code !== 0) return /^ERROR: (?!Failed to commit)(.*)$/m.exec(stderr)?.[1] ?? stderr;
  return /^(\d+)\./.exec(stdout)![1]!;
}

/** Waits until the jobs of a cluster are held or have ended; answers their codes, or what they are held for. */
export async function outcome(pool: Pool, cluster: string): Promise<string> {
  if (!/^\d+$/.test(cluster)) return cluster;
  // 5: held, which is said before the reason is; 4: ended, 3: removed; 6 is on its way there.
  const goesOn = '!member(JobStatus, {3, 4, 5}) || (JobStatus == 5 && HoldReasonCode =?= undefined)';
  await pool.until(['condor_q', cluster, '-constraint', goesOn, '-af', 'ClusterId'], '', 90);
  const attributes = ['JobStatus', 'HoldReasonCode', 'HoldReasonSubCode', 'HoldReason'];
  const { stdout } = await pool.run(['condor_q', cluster, '-af', ...attributes]);
  const [status = '', ...why] = stdout.trim().split(' ');
  if (status !== '' && status !== '4' && why[0] === 'undefined')
    return `goes on, status ${status}\n${(await pool.run(['condor_q', '-better-analyze', cluster])).stdout}`;
  await pool.run(['condor_rm', cluster]);
  if (status === '5') return `held ${why.join(' ')}`;
  await pool.until(['condor_q', cluster, '-af', 'ClusterId'], '', 30);
  return (await pool.run(['condor_history', cluster, '-af', 'ExitCode'])).stdout.trim();
}
