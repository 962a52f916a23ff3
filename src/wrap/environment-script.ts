import { ENVIRONMENT_RULES } from '../runtimes/environment-policy.ts';
import type { ContainerEnvironment } from '../runtimes/runtime.ts';

/** Names that a script treats in its own way, whatever the policy says, and the lines that do it. */
export type OwnNames = readonly { readonly names: readonly string[]; readonly code: string }[];

/**
 * Names that dash, bash or busybox do not hand on as they got them (found by trying every name of bash's manual). The
 * script compares their values; `IFS` and `GLOBIGNORE` it changes itself.
 */
export const UNSTEADY =
  'BASH* | COMP_WORDBREAKS | EPOCH* | GLOBIGNORE | HISTCMD | LINENO | OLDPWD | OPTERR | OPTIND | POSIXLY_CORRECT | PPID | PS[124] | RANDOM | SHELLOPTS | SRANDOM';

/** Names by which a job's environment would steer a runtime that is linked dynamically; as a pattern of `case`. */
export const STEERING = 'LD_* | GLIBC_TUNABLES | MALLOC_* | GCONV_PATH | LOCPATH | NLSPATH';

/**
 * Goes through the caller's environment as the kernel keeps it (`jcds_said`, see `LOOK_SCRIPT`): a shell's own list lacks the
 * names that no shell can hold. What the policy keeps from the job is unset. What should stay and the shell would not hand
 * on goes to jcds_lost, the names that should not and that no `unset` reaches to jcds_surplus. The last word is the answer of
 * the look, in jcds_word.
 */
export function environmentScript(
  policy: ContainerEnvironment['policy'] | 'everything',
  own: OwnNames = APPTAINER_READS,
): string {
  return `jcds_lost='' jcds_surplus='' jcds_level='' jcds_underscore='' jcds_high='' jcds_given='' jcds_addressed=''
jcds_marks=\${jcds_said%%"$jcds_newline"*}
set -f
IFS=$jcds_newline
case \${jcds_said#??} in
  *"\${jcds_marks#?}"*) jcds_exact_environment ;;
esac
for jcds_word in $jcds_said; do
  case $jcds_word in
    [!=]*=*) ;;
    *) continue ;;
  esac
  jcds_item=\${jcds_word%%=*}
  case $jcds_item in
${policy === 'everything' ? `    *)\n${KEPT}\n      ;;` : policyBranches(policy, own)}
  esac
done
unset IFS
set +f`;
}

/** For an environment with bytes above \177, which the look has masked: it is read anew. */
export const EXACT_ENVIRONMENT = `jcds_exact_environment() {
  for jcds_word in $jcds_said; do :; done
  jcds_said=$(
    PATH=/usr/bin:/bin LC_ALL=C
    export PATH LC_ALL
    exec tr '\\0\\n' '\\n\\1' <"/proc/$$/environ"
  )$jcds_newline$jcds_word
  jcds_high=1
}`;

/** Makes jcds_env: what env(1) is told so that the job gets what the shell does not hand on. */
export const HAND_ON = `jcds_hand_on() {
  jcds_env=/usr/bin/env
  set -f
  IFS=$jcds_newline
  for jcds_item in $jcds_surplus; do
    jcds_keep "$jcds_item"
    jcds_env="$jcds_env -u $jcds_reference"
  done
  jcds_env="$jcds_env --"
  for jcds_item in $jcds_lost; do
    while :; do
      case $jcds_item in
        *"\${jcds_marks%?}"*)
          jcds_item=\${jcds_item%%"\${jcds_marks%?}"*}$jcds_newline\${jcds_item#*"\${jcds_marks%?}"}
          ;;
        *) break ;;
      esac
    done
    jcds_keep "$jcds_item"
    jcds_env="$jcds_env $jcds_reference"
  done
  jcds_env=$jcds_env$jcds_given
  unset IFS
  set +f
}`;

/** One branch for each run of lines of the table that say the same; the first that matches decides. */
function policyBranches(policy: ContainerEnvironment['policy'], own: OwnNames): string {
  const secrets = ENVIRONMENT_RULES.find(({ names }) => names.includes('JCDS_TOKEN*'))!.names;
  const twins = secrets.flatMap(name => [name, `APPTAINERENV_${name}`, `SINGULARITYENV_${name}`]);
  const lines = [
    // The script uses numbered names itself, and what was exported stays so.
    { names: ['jcds_[0-9]*', 'jcds_*_[0-9]*', ...twins], code: DROPPED },
    ...own,
    ...ENVIRONMENT_RULES.map(rule => ({
      names: rule.names,
      code: rule[policy] === 'image' ? DROPPED : own === APPTAINER_READS ? KEPT : KEPT_PLAIN,
    })),
  ];
  const branches: { names: string[]; code: string }[] = [];
  const decided: string[] = [];
  for (const { names, code } of lines) {
    const left = names.filter(name => !decided.some(pattern => isWithin(name, pattern)));
    decided.push(...left);
    const last = branches.at(-1);
    if (last?.code === code) last.names.push(...left);
    else if (left.length > 0) branches.push({ names: left, code });
  }
  return branches
    .map(({ names, code }) => {
      const patterns = names.includes('*') ? '*' : names.join(' | ');
      return `    ${patterns})\n${code}\n      ;;`;
    })
    .join('\n');
}

/** Whether an earlier pattern decides whatever this one means. */
function isWithin(name: string, pattern: string): boolean {
  return name === pattern || (pattern.endsWith('*') && name.startsWith(pattern.slice(0, -1)));
}

const KEPT = `      case $jcds_item in
        *[!A-Za-z0-9_]* | [0-9]* | IFS) jcds_lost=$jcds_lost$jcds_newline$jcds_word ;;
        _) jcds_underscore=$jcds_word ;;
        SHLVL) jcds_level=$jcds_word ;;
        ${UNSTEADY})
          eval "[ \\"\\\${$jcds_item-}\\" = \\"\\\${jcds_word#*=}\\" ]" ||
            jcds_lost=$jcds_lost$jcds_newline$jcds_word
          ;;
      esac`;

/** No `unset` reaches a name that only bash holds, or that a shell keeps for itself. */
const DROPPED = `      case \${BASH_VERSION+bash}:$jcds_item in
        :*[!A-Za-z0-9_:]* | :[0-9]*) ;;
        *:*[!A-Za-z0-9_:]* | *:[0-9]*) jcds_surplus=$jcds_surplus$jcds_newline$jcds_item ;;
        *:IFS | *:_ | *:SHLVL) jcds_surplus=$jcds_surplus$jcds_newline$jcds_item ;;
        *)
          case $jcds_item in
            ${UNSTEADY}) jcds_surplus=$jcds_surplus$jcds_newline$jcds_item ;;
            *) unset "$jcds_item" ;;
          esac
          ;;
      esac`;

/** For runtimes that hand on their own environment: what would steer them they are told instead. */
const KEPT_PLAIN = `      case $jcds_item in
        ${STEERING})
          eval "jcds_text=\\$$jcds_item"
          unset "$jcds_item"
          jcds_option --setenv "$jcds_item" "$jcds_text"
          ;;
        *)
${KEPT.replace(/^ {6}/gm, '          ')}
          ;;
      esac`;

/** What Apptainer itself reads, and so keeps in its own environment whatever the job gets. */
const APPTAINER_READS: OwnNames = [
  {
    names: [
      ...['PATH', 'LD_LIBRARY_PATH', 'HOME', 'PWD'],
      ...['APPTAINER_*', 'APPTAINERENV_*', 'SINGULARITY_*', 'SINGULARITYENV_*'],
    ],
    code: KEPT,
  },
];

/**
 * What a script for another runtime reads itself, and gives the job in the end. What is addressed to the container waits in
 * jcds_addressed, an entry a line.
 */
export const SCRIPT_READS: OwnNames = [
  { names: ['PATH', 'HOME', 'PWD'], code: '      :' },
  {
    names: ['APPTAINERENV_*', 'SINGULARITYENV_*'],
    code: `      jcds_addressed=$jcds_addressed$jcds_newline$jcds_word
      case \${BASH_VERSION+bash}:$jcds_item in
        bash:*[!A-Za-z0-9_]*) jcds_surplus=$jcds_surplus$jcds_newline$jcds_item ;;
      esac`,
  },
];
