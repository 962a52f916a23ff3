import { BROKEN, reasonOf } from './probe-reasons.ts';
import type { Refused } from './runtime.ts';

/** What to do where the kernel lets no ordinary user make a container. */
export const USERNS_CURE =
  'ask the administrator for user namespaces: user.max_user_namespaces above 0, and on Ubuntu 24.04 an AppArmor profile for this program or kernel.apparmor_restrict_unprivileged_userns=0';

/** The verdict about a container program whose trial did not succeed, from what it said. */
export function usernsFailure(trial: { readonly code: number | null; readonly stderr: string }): Refused {
  if (trial.code === null)
    return {
      works: false,
      reason: 'did not answer in time',
      cure: 'look whether a file system of this host hangs',
      passing: true,
    };
  if (BROKEN.said.test(trial.stderr)) return reasonOf(trial, [BROKEN], '');
  const said = lastWords(trial.stderr);
  const reason = said.replace(/^(?:FATAL|ERROR)\s*:\s*/, '') || `ended with code ${trial.code}`;
  const isRefused = /namespace|unshare|clone|permi(?:tted|ssion)|uid[ _]?map|ENOSPC|no space/i.test(said);
  return {
    works: false,
    reason: `cannot start a container: ${reason}`,
    cure: isRefused ? USERNS_CURE : 'run the program by hand to see more',
  };
}

/** The line that says what failed: the last that calls itself an error, else the last. Apptainer colours its lines. */
function lastWords(stderr: string): string {
  const lines = stderr
    .replace(/\u001b\[[0-9;]*m/g, '')
    .split('\n')
    .filter(line => line.trim() !== '');
  return lines.findLast(line => /^(?:FATAL|ERROR)\b/.test(line)) ?? lines.at(-1) ?? '';
}
