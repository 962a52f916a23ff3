import { quoteWord } from '../launch/quote.ts';
import { DEFAULT_PATH } from '../runtimes/environment.ts';
import { ENVIRONMENT_RULES } from '../runtimes/environment-policy.ts';
import { GPU_LIBRARIES } from '../runtimes/gpu.ts';
import { STEERING, UNSTEADY } from './environment-script.ts';
import type { ScriptOptions } from './script-options.ts';
import { passedLines } from './start-script.ts';

/** Names that the script needs as they are until its last line, or that some shell keeps: given to the job by env(1). */
const BY_ENV = `'' | *[!A-Za-z0-9_]* | [0-9]* | _ | DIRSTACK | EUID | FUNCNAME | GROUPS | IFS | PIPESTATUS | SECONDS | SHLVL | UID | ${UNSTEADY}`;

/**
 * jcds_give: a variable of the job for runtimes that hand on their own environment. What would steer the runtime is told it by
 * --setenv; what a person gave stands in no argument list, and goes by a descriptor (jcds_secrets).
 */
export const GIVE_PLAIN = `jcds_secrets='' jcds_libraries=''
jcds_give() { # NAME VALUE, by jcds_giver
  case $1 in
    PATH) jcds_search=$2 ;;
    LC_ALL)
      export "$1=C"
      jcds_locale=set$2
      ;;
    LD_LIBRARY_PATH) jcds_libraries=$jcds_giver:$2 ;;
    ${STEERING}) jcds_steer "$@" ;;
    ${BY_ENV})
      jcds_keep "$1=$2"
      jcds_given="$jcds_given $jcds_reference"
      ;;
    *) export "$1=$2" ;;
  esac
}
jcds_steer() { # NAME VALUE
  case $jcds_giver in
    person)
      jcds_keep "$2"
      jcds_secrets="$jcds_secrets --setenv $1 $jcds_reference"
      ;;
    *) jcds_option --setenv "$1" "$2" ;;
  esac
}
jcds_hand_over_secrets() { # into the here-document, which is a pipe or a file
  jcds_free_descriptor
  eval "exec $jcds_descriptor<<JCDS$jcds_newline\${jcds_newline}JCDS"
  read -r jcds_item <"/proc/$$/fd/$jcds_descriptor"
  eval "printf '%s\\\\0' $jcds_secrets" >>"/proc/$$/fd/$jcds_descriptor"
  jcds_option --args "$jcds_descriptor"
}`;

/** jcds_is_callers: whether a variable has a value of the caller's that the policy lets through and that is not empty. */
export function isCallers(policy: ScriptOptions['policy']): string {
  // Nothing of the caller's comes before the image's own.
  if (ENVIRONMENT_RULES.every(rule => rule[policy] !== 'host'))
    return 'jcds_give_own() { # NAME VALUE: of the image\'s own ENV\n  jcds_give "$@"\n}';
  const rules = ENVIRONMENT_RULES.map(({ names, [policy]: source }) =>
    source === 'host' ? `    ${names.join(' | ')}) ;;` : `    ${names.join(' | ')}) return 1 ;;`,
  );
  return `jcds_is_callers() { # NAME
  case $1 in
${rules.join('\n')}
  esac
  case $jcds_newline$jcds_said in
    *"$jcds_newline$1="[!$jcds_newline]*) return 0 ;;
  esac
  return 1
}
jcds_give_own() { # NAME VALUE: of the image's own ENV
  jcds_is_callers "$1" || jcds_give "$@"
}`;
}

/** What is addressed to the container by APPTAINERENV_NAME, and before that by SINGULARITYENV_NAME. */
export const ADDRESSED_SCRIPT = `jcds_give_addressed() { # PREFIX
  set -f
  IFS=$jcds_newline
  for jcds_word in $jcds_addressed; do
    case $jcds_word in
      "$1"*) ;;
      *) continue ;;
    esac
    jcds_item=\${jcds_word%%=*}
    case $jcds_item in
      *[!A-Za-z0-9_]*) jcds_text=\${jcds_word#*=} ;;
      *) eval "jcds_text=\\$$jcds_item" ;;
    esac
    case \${jcds_item#"$1"} in
      HOME | GID | PATH | PREPEND_PATH | APPEND_PATH) ;;
      *) jcds_give "\${jcds_item#"$1"}" "$jcds_text" ;;
    esac
  done
  unset IFS
  set +f
}
jcds_forget_addressed() {
  set -f
  IFS=$jcds_newline
  for jcds_word in $jcds_addressed; do
    jcds_item=\${jcds_word%%=*}
    case $jcds_item in
      *[!A-Za-z0-9_]*) ;;
      *) unset "$jcds_item" ;;
    esac
  done
  unset IFS
  set +f
}
jcds_extend_path() {
  jcds_ahead=\${APPTAINERENV_PREPEND_PATH-\${SINGULARITYENV_PREPEND_PATH-}}
  jcds_search=\${APPTAINERENV_PATH-\${SINGULARITYENV_PATH-$jcds_search}}
  jcds_behind=\${APPTAINERENV_APPEND_PATH-\${SINGULARITYENV_APPEND_PATH-}}
  jcds_text=''
  for jcds_item in "$jcds_ahead" "$jcds_search" "$jcds_behind"; do
    [ -z "$jcds_item" ] || jcds_text=\${jcds_text:+$jcds_text:}$jcds_item
  done
  jcds_search=$jcds_text
}`;

/** The job's whole environment but HOME and PWD, in the order of src/runtimes/environment.ts. */
export function plainVariables({ set, passed }: ScriptOptions): string[] {
  return [
    "jcds_giver=image jcds_search=''",
    'jcds_give_image',
    'jcds_usual_places',
    'jcds_extend_path',
    'jcds_giver=person',
    'jcds_give_addressed SINGULARITYENV_',
    'jcds_give_addressed APPTAINERENV_',
    'jcds_forget_addressed',
    'jcds_give JCDS_IMAGE "$jcds_name"',
    'jcds_give JCDS_IMAGE_PATH "$jcds_target"',
    ...passedLines(passed),
    ...set.map(([name, value]) => `jcds_give ${name} ${quoteWord(value)}`),
  ];
}

/** jcds_usual_places: adds them to PATH, as Apptainer does. */
export const USUAL_PLACES = `jcds_usual_places() {
  for jcds_item in ${DEFAULT_PATH.replaceAll(':', ' ')}; do
    case :$jcds_search: in
      *":$jcds_item:"*) ;;
      *) jcds_search=\${jcds_search:+$jcds_search:}$jcds_item ;;
    esac
  done
}`;

/** Once the GPU is known: the libraries' own variable, and what was given in secret. */
export const PLAIN_FINISH = [
  '[ -z "$jcds_gpu" ] || jcds_libraries=${jcds_libraries:-image:}',
  'case $jcds_libraries in',
  "  '') ;;",
  '  *)',
  '    jcds_giver=${jcds_libraries%%:*} jcds_libraries=${jcds_libraries#*:}',
  `    [ -z "$jcds_gpu" ] || jcds_libraries=\${jcds_libraries:+$jcds_libraries:}${GPU_LIBRARIES}`,
  '    jcds_steer LD_LIBRARY_PATH "$jcds_libraries"',
  '    ;;',
  'esac',
  '[ -z "$jcds_secrets" ] || jcds_hand_over_secrets',
  'export "PATH=$jcds_search" "HOME=$jcds_home" "PWD=$jcds_cwd"',
];
