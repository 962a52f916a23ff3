import { spawn } from 'node:child_process';
import { JcdsError } from '../errors.ts';
import { endedBy } from '../http/deadline.ts';
import type { Environment } from '../http/proxies.ts';
import { isNoAnswer } from '../http/silence.ts';
import { safeText } from '../output/safe-text.ts';
import { Secret } from '../secret.ts';
import { parseObject } from './json.ts';

/** Why a credential helper was of no use. */
export type HelperFault = 'name' | 'missing' | 'timeout' | 'failed' | 'output';

const FAULTS: Readonly<Record<HelperFault, readonly [reason: string, hint: string]>> = {
  name: ['that is no name of a program', 'correct credsStore or credHelpers in that file'],
  missing: ['there is no such program on this host', 'install it, or log in with podman login'],
  timeout: ['it did not answer in time', 'run it by hand: it may wait for a password or a locked keychain'],
  failed: ['it failed', 'run it by hand to see why, or log in with podman login'],
  output: ['its answer cannot be understood', 'run it by hand to see why, or log in with podman login'],
};

/** A helper that a credential file names did not give what it should. Nothing it printed is shown. */
export class CredentialHelperError extends JcdsError {
  readonly fault: HelperFault;

  constructor(helper: string, file: string, fault: HelperFault) {
    const [reason, hint] = FAULTS[fault];
    super({
      code: 'CREDENTIAL_HELPER',
      message: `docker-credential-${safeText(helper, 60)}, named in ${safeText(file)}: ${reason}`,
      hint,
    });
    this.fault = fault;
  }
}

/** What to ask which helper. */
export interface HelperQuestion {
  /** What follows `docker-credential-` in the program's name. */
  readonly helper: string;
  /** The credential file that names it, for messages. */
  readonly file: string;
  /** The registry as the helper files it. */
  readonly server: string;
  readonly environment: Environment;
  /** Milliseconds. */
  readonly timeout?: number;
  readonly signal?: AbortSignal | undefined;
}

const USUAL_TIMEOUT = 10_000;
const OUTPUT_LIMIT = 64 * 1024;
const NOT_FOUND = 'credentials not found in native keychain';

/**
 * Asks a helper by docker's protocol: `docker-credential-NAME get`, the server on stdin, a JSON object or "not found" on
 * stdout. Null when it has none. The helper has a session of its own, so it can neither ask on the terminal nor outlive
 * the time it is given. Throws CredentialHelperError, or the reason of `signal`.
 */
export async function askHelper(
  question: HelperQuestion,
): Promise<{ username: string; secret: Secret } | null> {
  const fault = (kind: HelperFault) => new CredentialHelperError(question.helper, question.file, kind);
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(question.helper)) throw fault('name');
  const { status, output } = await run(question, fault);
  if (status !== 0 && output.trim() === NOT_FOUND) return null;
  if (status !== 0) throw fault('failed');
  const answer = parse(output);
  if (answer === null) throw fault('output');
  return answer;
}

/** The answer's user and secret, or null. */
function parse(output: string): { username: string; secret: Secret } | null {
  const { Username, Secret: secret } = parseObject(output) ?? {};
  if (typeof Username !== 'string' || typeof secret !== 'string' || secret === '') return null;
  return { username: Username, secret: new Secret(secret) };
}

interface Ended {
  readonly status: number | null;
  readonly output: string;
}

function run(question: HelperQuestion, fault: (kind: HelperFault) => JcdsError): Promise<Ended> {
  const { helper, server, environment, timeout = USUAL_TIMEOUT, signal } = question;
  const gaveUp = () => {
    const reason = signal && endedBy(signal);
    return isNoAnswer(reason) ? fault('timeout') : reason;
  };
  if (signal?.aborted) return Promise.reject(gaveUp());
  return new Promise((resolve, reject) => {
    const child = spawn(`docker-credential-${helper}`, ['get'], {
      stdio: ['pipe', 'pipe', 'ignore'],
      detached: true,
      env: environment,
    });
    let output = '';
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      child.stdout.destroy();
      killGroup(child.pid);
      settle();
    };
    const onAbort = (): void => end(() => reject(gaveUp()));
    const timer = setTimeout(() => end(() => reject(fault('timeout'))), timeout);
    signal?.addEventListener('abort', onAbort, { once: true });
    child.on('error', () => end(() => reject(fault('missing'))));
    child.stdin.on('error', () => {});
    child.stdin.end(`${server}\n`);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (output.length > OUTPUT_LIMIT) end(() => reject(fault('output')));
    });
    child.on('close', status => end(() => resolve({ status, output })));
  });
}

function killGroup(leader: number | undefined): void {
  try {
    if (leader !== undefined) process.kill(-leader, 'SIGKILL');
  } catch {
    // Everyone in the group has ended.
  }
}
