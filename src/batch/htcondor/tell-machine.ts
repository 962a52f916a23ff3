import { runChild } from '../../cvmfs/bounded-child.ts';
import { JcdsError } from '../../errors.ts';

/** The ad could not be made. */
export class NoMachineAdError extends JcdsError {
  constructor(why: string) {
    super({
      code: 'NO_MACHINE_AD',
      message: `the machine's ad could not be made: ${why}`,
      hint: 'see what its script says: jcds condor machine-ad --script | sh -x',
    });
  }
}

/** Milliseconds above the script's own bound: it ends by itself. */
const ALLOWANCE = 5000;
const LIMIT = 1024 * 1024;

/** Runs the STARTD_CRON job here. So the command's answer and the script's cannot differ. @throws NoMachineAdError */
export async function tellMachine(
  script: string,
  timeout: number,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const ended = await runChild({
    file: '/bin/sh',
    args: ['-c', script, 'jcds-machine-ad'],
    environment,
    timeout: timeout * 1000 + ALLOWANCE,
    limit: LIMIT,
  });
  if (ended.state === 'not-started') throw new NoMachineAdError('/bin/sh does not start');
  if (ended.state === 'timeout') throw new NoMachineAdError('no answer in time');
  if (ended.code !== 0 || !ended.output.endsWith('-\n'))
    throw new NoMachineAdError(`/bin/sh ended with ${ended.code}`);
  return ended.output;
}
