import { ENVIRONMENT_RULES } from '../runtimes/environment-policy.ts';
import type { ContainerEnvironment } from '../runtimes/runtime.ts';

/** What Apptainer itself reads, and so keeps in its own environment whatever the job gets. */
const APPTAINERS_OWN = [
  ...['PATH', 'LD_LIBRARY_PATH', 'HOME', 'PWD'],
  ...['APPTAINER_*', 'APPTAINERENV_*', 'SINGULARITY_*', 'SINGULARITYENV_*'],
];

/**
 * Names that dash, bash or busybox do not hand on as they got them (found by trying every name of bash's manual). The
 * script compares their values; `IFS` it changes itself.
 */
const UNSTEADY =
  'BASH* | COMP_WORDBREAKS | EPOCH* | HISTCMD | LINENO | OLDPWD | OPTERR | OPTIND | PPID | PS[124] | RANDOM | SHELLOPTS | SRANDOM';

/**
 * Goes through the caller's environment as the kernel keeps it (`jcds_said`, see `LOOK_SCRIPT`): a shell's own list lacks the
 * names that no shell can hold. What the policy keeps from the job is unset. What should stay and the shell would not hand
 * on goes to jcds_lost, the names that should not and that no `unset` reaches to jcds_surplus. The last word is the answer of
 * the look, in jcds_word.
 */
export function environmentScript(policy: ContainerEnvironment['policy'] | 'everything'): string {
  return `jcds_lost='' jcds_surplus='' jcds_level='' jcds_underscore='' jcds_high=''
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
${policy === 'everything' ? `    *)\n${KEPT}\n      ;;` : policyBranches(policy)}
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
  unset IFS
  set +f
}`;

/** One branch for each run of lines of the table that say the same; the first that matches decides. */
function policyBranches(policy: ContainerEnvironment['policy']): string {
  const secrets = ENVIRONMENT_RULES.find(({ names }) => names.includes('JCDS_TOKEN*'))!.names;
  const twins = secrets.flatMap(name => [name, `APPTAINERENV_${name}`, `SINGULARITYENV_${name}`]);
  const lines = [
    // The script uses numbered names itself, and what was exported stays so.
    { names: ['jcds_[0-9]*', ...twins], kept: false },
    { names: APPTAINERS_OWN, kept: true },
    ...ENVIRONMENT_RULES.map(rule => ({ names: rule.names, kept: rule[policy] === 'host' })),
  ];
  const branches: { names: string[]; kept: boolean }[] = [];
  const decided: string[] = [];
  for (const { names, kept } of lines) {
    const left = names.filter(name => !decided.some(pattern => isWithin(name, pattern)));
    decided.push(...left);
    const last = branches.at(-1);
    if (last?.kept === kept) last.names.push(...left);
    else if (left.length > 0) branches.push({ names: left, kept });
  }
  return branches
    .map(({ names, kept }) => {
      const patterns = names.includes('*') ? '*' : names.join(' | ');
      return `    ${patterns})\n${kept ? KEPT : DROPPED}\n      ;;`;
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
