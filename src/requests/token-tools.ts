import { parse } from 'yaml';
import { isJcdsError } from '../errors.ts';
import { readPlace } from '../files/read.ts';
import { textField } from './forges/answer.ts';
import { type GitOptions, runGit } from './git.ts';
import { normaliseHost } from './token-variable.ts';
import { yamlBomb } from './yaml-bomb.ts';

const CREDENTIAL_TIMEOUT = 10_000;
/** Most keys of another program's configuration: some ten for each host. */
const KEY_LIMIT = 1000;

/**
 * What git's credential helpers know for a host; null when they know nothing, or would have to ask. `now` in milliseconds: a helper may
 * tell when its password ends.
 */
export async function readGitCredential(
  host: string,
  {
    environment,
    now,
    timeout = CREDENTIAL_TIMEOUT,
  }: { environment: GitOptions['environment']; now: number; timeout?: number },
): Promise<string | null> {
  const input = `protocol=https\nhost=${normaliseHost(host)}\n\n`;
  try {
    const answer = await runGit(['credential', 'fill'], { environment, input, timeout });
    if (answer.code !== 0) return null;
    const fields = new Map(
      answer.output
        .toString('utf8')
        .split('\n')
        .map(line => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    );
    const ends = Number(fields.get('password_expiry_utc') ?? Number.POSITIVE_INFINITY);
    return ends * 1000 <= now ? null : (fields.get('password') ?? null);
  } catch (thrown) {
    if (isJcdsError(thrown)) return null;
    throw thrown;
  }
}

/** The token in the configuration of GitLab's or GitHub's own program, by the keys that lead to it; null for anything else. */
export function readToolConfiguration(file: string, keys: readonly string[], uid: number): string | null {
  try {
    const { bytes, status } = readPlace('tool-token', file);
    if (status.uid !== uid) return null;
    const text = bytes.toString('utf8');
    return yamlBomb(text, KEY_LIMIT) === null
      ? textField(parse(text, { logLevel: 'silent' }), ...keys)
      : null;
  } catch {
    // It is another program's file: missing, broken or of a new form, it is no reason to stop.
    return null;
  }
}
