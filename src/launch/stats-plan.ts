import { HIDDEN_FROM_NODE } from './environment-changes.ts';
import type { LauncherState } from './launcher-state.ts';
import { END_MARKER, quoteWord } from './quote.ts';

/** The first word by which jcds knows that it is to stay beside a job; a descriptor and a StatsRequest follow. */
export const STATS_WORD = '--jcds-stats';

/** What the process that stays beside a job must know. */
export interface StatsRequest {
  readonly state: LauncherState;
  /** As a person reads the image's name. */
  readonly image: string;
  /** The mount whose traffic is counted, and the name of its repository. */
  readonly mount: string;
  readonly repository: string;
  /** Print JSON for programs. */
  readonly json: boolean;
}

/** Under this and the name stands what Node would take for itself. */
const HELD = 'JCDS_HELD_';

/**
 * A plan by which the launcher becomes jcds once more, which then runs `plan` as its child: the plan goes through a
 * descriptor, since it may hold what must stand in no argument list, and the caller's words follow as they are.
 * @param program how jcds is started
 * @param descriptor one that the caller left free
 */
export function renderStatsPlan(
  plan: Buffer,
  request: StatsRequest,
  program: readonly string[],
  descriptor: number,
): Buffer {
  const [node = '', ...script] = program;
  const words = [
    node,
    // Node would take --env-file for itself, wherever it stands.
    ...(script.length === 0 ? [] : ['--', ...script]),
    STATS_WORD,
    String(descriptor),
    JSON.stringify(request),
  ];
  const lines = [
    `jcds_plan=${quoteWord(plan)}`,
    `exec ${descriptor}<<jcds_input\n$jcds_plan\njcds_input`,
    ...[...HIDDEN_FROM_NODE].map(
      name => `[ -z "\${${name}+x}" ] || { export ${HELD}${name}="$${name}"; unset ${name}; }`,
    ),
    // Bun does not start in a directory that is gone; the plan goes elsewhere then.
    '[ "$PWD" -ef . ] || [ -n "$(pwd -P 2>/dev/null)" ] || cd / 2>/dev/null',
    // A function of the launcher's: Node needs more room than some callers have.
    'jcds_room || exit 125',
    `exec ${words.map(quoteWord).join(' ')} "$@" ${END_MARKER}`,
  ];
  return Buffer.from(lines.join('\n'), 'latin1');
}

/**
 * What a shell started by Node evaluates to be as the launcher was, and then to become the job.
 * @param words the caller's, byte for byte (bytes.ts)
 * @param damaged variables whose values Node cannot hand on, with their bytes
 */
export function jobScript(
  plan: Buffer,
  { openFiles, addressSpace, ignored }: LauncherState,
  words: readonly string[],
  damaged: readonly (readonly [name: string, value: string])[],
): Buffer {
  const lines = [
    ...(ignored.length === 0 ? [] : [`trap '' ${ignored.join(' ')}`]),
    ...[...HIDDEN_FROM_NODE].map(
      name => `[ -z "\${${HELD}${name}+x}" ] || { export ${name}="$${HELD}${name}"; unset ${HELD}${name}; }`,
    ),
    ...damaged.map(([name, value]) => `export ${name}=${quoteWord(value)}`),
    `set -- ${words.map(quoteWord).join(' ')}`,
    ...(openFiles === null ? [] : [`ulimit -S -n ${openFiles}`]),
    ...(addressSpace === null ? [] : [`ulimit -S -v ${addressSpace}`]),
    plan.toString('latin1'),
  ];
  return Buffer.from(lines.join('\n'), 'latin1');
}
