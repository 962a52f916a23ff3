import { runChild } from '../../cvmfs/bounded-child.ts';
import type { CondorSetting } from './condor-tools.ts';
import type { PoolFiles } from './configuration.ts';
import { effectiveValue } from './effective.ts';
import { MACHINE_AD } from './machine-attributes.ts';
import { TELLS } from './rules.ts';

/** What a job of the vanilla universe says that names an image by itself. */
const EXAMPLE = [
  'ClusterId = 1',
  'ProcId = 0',
  'JobUniverse = 5',
  'Cmd = "/bin/true"',
  'Requirements = true',
  'JCDSImage = "library/debian:12"',
  '',
].join('\n');
/** Rules and a job, handed over without a file. */
const TRANSFORM = 'exec condor_transform_ads -rules /dev/fd/3 -in - 3<<RULES <<JOB\n$1\nRULES\n$2\nJOB';
/** Milliseconds for one of HTCondor's programs. */
const PATIENCE = 10_000;

/**
 * What the pool will do with an example job, told by HTCondor's own programs: which wrapper it starts now and which then, what
 * becomes of the job where it is submitted, and which machines would take it.
 */
export async function checkPool(text: string, files: PoolFiles, context: CondorSetting): Promise<string> {
  const wrapper = await effectiveValue('USER_JOB_WRAPPER', context);
  const then = /^USER_JOB_WRAPPER = (.*)$/m.exec(text)![1]!;
  const transformed = await transform(text, context);
  const requirements = /^Requirements\s*=\s*(.*)$/im.exec(transformed ?? '')?.[1];
  const takers = await machines(`${MACHINE_AD.wrapper} =?= true`, context);
  const all = await machines('true', context);
  return `${[
    `job wrapper now: ${wrapper === null ? 'none' : `${wrapper.value} (${wrapper.file})`}`,
    `job wrapper then: ${then} (${files.configuration})`,
    'an example job, My.JCDSImage = "library/debian:12", as a submit host would have it:',
    requirements === undefined
      ? '  not found out: condor_transform_ads does not answer'
      : `  Requirements = ${requirements}`,
    takers === null || all === null
      ? 'machines that would take it now: not found out, since condor_status does not answer'
      : `machines that would take it now, as far as the job wrapper goes: ${takers} of ${all}`,
  ].join('\n')}\n`;
}

/** The example after the transform of this text; null: it could not be made. HTCondor's program ends with 1 also where all went well (25.14). */
async function transform(text: string, { environment }: CondorSetting): Promise<string | null> {
  const [, rules = ''] = /@=end\n([\s\S]*?)@end/.exec(text)!;
  const ended = await runChild({
    ...{ file: '/bin/sh', environment, timeout: PATIENCE, limit: 1 << 20 },
    args: ['-c', TRANSFORM, 'sh', `NAME JCDS\n${rules}`, EXAMPLE],
  });
  return ended.state === 'ended' && new RegExp(`^${TELLS} = true$`, 'm').test(ended.output)
    ? ended.output
    : null;
}

/** How many machines of the pool are so; null: nobody answers. */
async function machines(constraint: string, { environment }: CondorSetting): Promise<number | null> {
  const ended = await runChild({
    ...{ file: 'condor_status', environment, timeout: PATIENCE, limit: 1 << 24 },
    args: ['-constraint', constraint, '-af', 'Machine'],
  });
  if (ended.state !== 'ended' || ended.code !== 0) return null;
  return new Set(ended.output.split('\n').filter(line => line !== '')).size;
}
