import { JcdsError } from '../errors.ts';
import { ENVIRONMENT_RULES } from '../runtimes/environment-policy.ts';
import type { ContainerEnvironment } from '../runtimes/runtime.ts';
import { failLine, TEXT } from './failures.ts';
import { LONGEST_LINE, part, patterns } from './part.ts';
import ENVIRONMENT from './shell/environment.sh';

/** What a script for one runtime does with the caller's variables beside what the policy says. */
export interface OwnVariables {
  /** What the runtime or the script reads itself: it stays, whatever the job gets. */
  readonly kept: readonly string[];
  /** Lines about each variable, before anything is done with it. */
  readonly first: readonly string[];
  /** Lines about a variable that the job is to have and the shell hands on. */
  readonly onKept: readonly string[];
}

/**
 * Names that dash, bash or busybox do not hand on as they got them (found by trying every name of bash's manual). The
 * script compares their values.
 */
export const UNSTEADY = [
  ...[
    'BASH*',
    'COMP_WORDBREAKS',
    'EPOCH*',
    'EUID',
    'GLOBIGNORE',
    'HISTCMD',
    'LINENO',
    'OLDPWD',
    'OPTERR',
    'OPTIND',
  ],
  ...['POSIXLY_CORRECT', 'PPID', 'PS[124]', 'RANDOM', 'SHELLOPTS', 'SRANDOM', 'UID'],
];

/** The two bytes of the first line of jcds_said. */
export const CONTROL_BYTES = `jcds_text=\${jcds_said%%"$jcds_newline"*}
jcds_one=\${jcds_text%?} jcds_return=\${jcds_text#?}`;

/** A variable of the caller's has a name of the script's own. */
export class OwnNameError extends JcdsError {
  constructor(name: string) {
    super({
      code: 'OWN_NAME',
      message: `the variable ${name} cannot be handed to the job: names that begin with jcds_ are the script's own`,
      hint: 'unset it, or use jcds exec',
    });
  }
}

/**
 * The part that goes through the caller's environment. Lines before it set jcds_said and jcds_ascii.
 * @param policy `everything`: no variable is kept from the job
 */
export function environmentScript(
  policy: ContainerEnvironment['policy'] | 'everything',
  own: OwnVariables,
): string {
  return part(ENVIRONMENT, {
    POLICY: policy === 'everything' ? '' : policyLines(policy, own.kept).join('\n  '),
    OWN_NAME: policy === 'everything' ? ':' : failLine(new OwnNameError(TEXT), '      ', '$jcds_item'),
    UNSTEADY: patterns(UNSTEADY, '    '),
    OWN: own.first.join('\n  '),
    KEPT: own.onKept.length === 0 ? ' :' : `\n      ${own.onKept.join('\n      ')}\n     `,
  });
}

/** Sets jcds_kept to nothing for what the job must not have: the first line of the table that matches decides. */
function policyLines(policy: ContainerEnvironment['policy'], own: readonly string[]): string[] {
  const [secrets, ...rules] = ENVIRONMENT_RULES;
  const further = branches([
    ...own.map(name => ({ name, isKept: true })),
    ...rules.flatMap(rule => rule.names.map(name => ({ name, isKept: rule[policy] !== 'image' }))),
  ]);
  const whole = `case $jcds_item in ${further.join(' ').trim()} esac`;
  return [
    'jcds_text=${jcds_item#APPTAINERENV_}',
    'case ${jcds_text#SINGULARITYENV_} in',
    `  ${patterns(secrets!.names, '    ')}) jcds_kept='' ;;`,
    'esac',
    ...(further.length === 1 && whole.length < LONGEST_LINE - 2 && !whole.includes('\n')
      ? [whole]
      : ['case $jcds_item in', ...further, 'esac']),
  ];
}

/** One branch for each run of names of which the same is true. */
function branches(names: readonly { name: string; isKept: boolean }[]): string[] {
  const runs: { isKept: boolean; names: string[] }[] = [];
  const decided: string[] = [];
  for (const { name, isKept } of names) {
    if (decided.some(pattern => isWithin(name, pattern))) continue;
    decided.push(name);
    const last = runs.at(-1);
    if (last?.isKept === isKept) last.names.push(name);
    else runs.push({ isKept, names: [name] });
  }
  // What is kept in any case needs no branch where none that comes later would take it.
  const needed = runs.filter(
    ({ isKept, names: these }, index) =>
      !isKept ||
      runs
        .slice(index + 1)
        .some(later => !later.isKept && later.names.some(other => these.some(name => canMeet(name, other)))),
  );
  return needed.map(({ isKept, names: all }) => {
    const these = all.includes('*') ? '*' : patterns(all, '    ');
    return `  ${these}) ${isKept ? '' : "jcds_kept='' "};;`;
  });
}

/** Whether one name may match both patterns. */
function canMeet(one: string, other: string): boolean {
  return [one, other].some(name => name.startsWith('*')) || isWithin(one, other) || isWithin(other, one);
}

/** Whether an earlier pattern decides whatever this one means. */
function isWithin(name: string, pattern: string): boolean {
  return name === pattern || (pattern.endsWith('*') && name.startsWith(pattern.slice(0, -1)));
}
