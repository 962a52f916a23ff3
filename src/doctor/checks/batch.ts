import { isBatchJob } from '../../configuration/batch-variables.ts';
import { probeContext } from '../../runtimes/probe-context.ts';
import type { Check } from '../finding.ts';

/** Batch systems by the program with which their jobs are submitted. */
const SYSTEMS = [
  ['HTCondor', 'condor_submit'],
  ['Slurm', 'sbatch'],
] as const;

/** Which batch systems can be reached from here, and whether this is a job of one. */
export const batch: Check = async (_patient, { environment, uid }) => {
  const search = probeContext(environment, uid);
  const found = SYSTEMS.filter(([, program]) => search.which(program) !== null).map(([name]) => name);
  const here = isBatchJob(environment) ? ['this is a batch job'] : [];
  const facts = [...here, found.length === 0 ? 'no batch system can be reached from here' : found.join(', ')];
  return [{ subject: 'batch', state: 'well', finding: facts.join('; ') }];
};
