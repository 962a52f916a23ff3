import type { Refused } from './runtime.ts';

/** Something that a container program says when it cannot work here, and what that means. */
export interface Symptom {
  readonly said: RegExp;
  readonly reason: string;
  readonly cure: string;
  /** It may be otherwise at the next look. */
  readonly passing?: true;
}

/** What shells and the loader say of a program that is not one for this host: a shell tries to read what cannot be executed. */
export const BROKEN: Symptom = {
  said: /exec format error|cannot execute|syntax error|error while loading shared libraries|version `GLIBC|\x7fELF|: ELF/i,
  reason: 'its program is broken',
  cure: 'install it anew, for this machine and its system',
};

const LONGEST = 300;
/** How programs in Go begin the line that says what went wrong; others may follow it. */
const COMPLAINT = /^(?:(?:docker|ctr): )?Error\b/i;

/**
 * The verdict about a program whose trial did not succeed, by the first symptom that fits.
 * @param command what a person can type to see more
 */
export function reasonOf(
  tried: { readonly code: number | null; readonly stdout?: string; readonly stderr: string },
  symptoms: readonly Symptom[],
  command: string,
): Refused {
  if (tried.code === null)
    return {
      works: false,
      reason: 'did not answer in time',
      cure: 'look whether a file system or a daemon of this host hangs',
      passing: true,
    };
  const symptom = [...symptoms, BROKEN].find(one => one.said.test(tried.stderr));
  const lines = tried.stderr.trim().split('\n');
  const said =
    lines.find(line => symptom?.said.test(line)) ?? lines.find(line => COMPLAINT.test(line)) ?? lines.at(-1);
  const words = plain((said ?? '').slice(0, LONGEST)) || `ended with code ${tried.code}`;
  if (symptom === undefined)
    return { works: false, reason: `cannot start a container: ${words}`, cure: `see ${command}` };
  const { reason, cure, passing } = symptom;
  return { works: false, reason: `${reason}: ${words}`, cure, ...(passing && { passing }) };
}

/** Without what programs in Go put before a message: `Error: …`, or `time="…" level=error msg="…"`. */
function plain(line: string): string {
  const logged = /^time=.* level=\w+ msg="(.*)"$/.exec(line)?.[1]?.replaceAll('\\"', '"');
  // A shell quotes what it could not read of a program.
  return (logged ?? line)
    .replace(/\p{Cc}/gu, '')
    .replace(/^(?:(?:Error(?: response from daemon)?|ctr|docker)\s*:\s*)+/, '');
}
