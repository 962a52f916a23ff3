import { spawn } from 'node:child_process';
import { runChild } from '../../cvmfs/bounded-child.ts';
import { JcdsError } from '../../errors.ts';
import { safeText } from '../../output/safe-text.ts';

/** What HTCondor's programs are started with. */
export interface CondorSetting {
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** HTCondor's programs are not on PATH. */
export class NoCondorError extends JcdsError {
  constructor(program: string) {
    super({
      code: 'NO_HTCONDOR',
      message: `there is no ${program} here`,
      hint: 'log in to a host from which jobs are submitted, or put the bin directory of HTCondor on PATH',
    });
  }
}

/** One of HTCondor's programs said no. */
export class CondorFailedError extends JcdsError {
  constructor(program: string, code: number | string | null, said: string) {
    const words = safeText(said.replace(/\s+/g, ' ').trim(), 1000);
    super({
      code: 'HTCONDOR_FAILED',
      message: `${program} ended with ${code}${words === '' ? '' : `: ${words}`}`,
      hint: 'see what it was told with: jcds condor submit --dry-run …',
    });
  }
}

/** What a program printed before it ended well. */
export interface CondorAnswer {
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs one of HTCondor's programs to its end: they have bounds of their own, and what condor_submit takes depends on how
 * many jobs it has. @throws NoCondorError, CondorFailedError
 * @param input what it gets on standard input; by default the caller's
 */
export function runCondor(
  program: string,
  words: readonly string[],
  { environment }: CondorSetting,
  input?: Buffer,
): Promise<CondorAnswer> {
  return new Promise((resolve, reject) => {
    const stdin = input === undefined ? 'inherit' : 'pipe';
    const child = spawn(program, words, { env: { ...environment }, stdio: [stdin, 'pipe', 'pipe'] });
    // A program that reads no further has a reason, and says it.
    child.stdin?.on('error', () => undefined).end(input);
    const said = { stdout: '', stderr: '' };
    child.stdout!.setEncoding('utf8').on('data', (text: string) => (said.stdout += text));
    child.stderr!.setEncoding('utf8').on('data', (text: string) => (said.stderr += text));
    child.on('error', thrown => {
      const { code } = thrown as NodeJS.ErrnoException;
      reject(
        code === 'ENOENT' ? new NoCondorError(program) : new CondorFailedError(program, code ?? null, ''),
      );
    });
    child.on('close', (code, signal) => {
      if (code === 0) resolve(said);
      else reject(new CondorFailedError(program, code ?? signal, said.stderr || said.stdout));
    });
  });
}

/** The machines of the pool could not be asked. */
export class PoolUnreachableError extends JcdsError {
  constructor(why: string) {
    super({
      code: 'POOL_UNREACHABLE',
      message: `the pool could not be asked what its machines have: ${why}`,
      hint: 'try again later; or decide yourself: --via wrapper or --via container, with --any-machine',
    });
  }
}

/** Milliseconds. A pool that does not answer is asked no further. */
const PATIENCE = 10_000;

/** Whether some machine of the pool has an attribute like this. @throws NoCondorError, PoolUnreachableError */
export async function isAdvertised(constraint: string, { environment }: CondorSetting): Promise<boolean> {
  const ended = await runChild({
    file: 'condor_status',
    args: ['-limit', '1', '-constraint', constraint, '-af', 'Name'],
    environment,
    timeout: PATIENCE,
    limit: 1 << 16,
  });
  if (ended.state === 'not-started') throw new NoCondorError('condor_status');
  if (ended.state === 'timeout') throw new PoolUnreachableError(`no answer within ${PATIENCE / 1000} s`);
  if (ended.code !== 0) throw new PoolUnreachableError(`the question ended with ${ended.code}`);
  return ended.output.trim() !== '';
}
