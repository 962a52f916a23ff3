/** Variables that batch systems set in every job. */
const BATCH_VARIABLES = ['_CONDOR_JOB_AD', 'SLURM_JOB_ID', 'PBS_JOBID', 'LSB_JOBID'];

/** Whether this is a job of a batch system. */
export function isBatchJob(environment: Readonly<Record<string, string | undefined>>): boolean {
  return BATCH_VARIABLES.some(name => environment[name] !== undefined);
}
