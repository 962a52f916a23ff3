import { ArgumentsNotUtf8Error } from '../runtimes/apptainer.ts';
import { DeafImageError } from '../runtimes/apptainer-environment.ts';
import { failLine, TEXT } from './failures.ts';
import type { Program } from './script-options.ts';

type Prefix = NonNullable<Program['prefix']>;

/**
 * A variable of the job, by `export` alone, so that its value stands in no argument list. An image without env/99-base.sh
 * gets no variable that is addressed to it: Apptainer has to inherit that (src/runtimes/apptainer-environment.ts).
 */
function give(prefix: Prefix): string {
  const deaf = failLine(new DeafImageError(TEXT));
  return `jcds_prefix=${prefix}
jcds_give() { # NAME VALUE
  case $jcds_deaf:$1 in
    1:PATH | 1:LD_LIBRARY_PATH | 1:APPTAINER_* | 1:APPTAINERENV_* | 1:SINGULARITY_* | 1:SINGULARITYENV_*)
      jcds_text=$1
      ${deaf}
      ;;
    1:*) export "$1=$2" ;;
    *)
      jcds_escape "$2"
      export "$jcds_prefix$1=$jcds_text"
      ;;
  esac
}`;
}

/** What is addressed to Apptainer, for a Singularity, which reads nothing but its own prefix. */
const READDRESS = `jcds_readdress() {
  set -f
  IFS=$jcds_newline
  for jcds_word in $jcds_said; do
    jcds_item=\${jcds_word%%=*}
    case $jcds_item in
      *[!A-Za-z0-9_]*) ;;
      APPTAINERENV_?*) eval "[ -z \\"\\\${$jcds_item+set}\\" ] || export SINGULARITYENV_\${jcds_item#APPTAINERENV_}=\\$$jcds_item" ;;
    esac
  done
  unset IFS
  set +f
}`;

/**
 * Apptainer makes U+FFFD of what is not UTF-8. jcds_carry hands words on in variables, from which the image's own sh makes
 * arguments again (as `restore` in src/runtimes/apptainer.ts); jcds_mend does it for the caller's variables.
 */
const CARRY = `jcds_carry() { # WORD...
  if [ -n "$jcds_deaf" ] || { ! [ -e "$jcds_target/bin/sh" ] && ! [ -h "$jcds_target/bin/sh" ]; }; then
    ${failLine(new ArgumentsNotUtf8Error())}
  fi
  jcds_quoted=''
  for jcds_item in "$@"; do
    jcds_quoted="$jcds_quoted '"
    while :; do
      case $jcds_item in
        *\\'*) jcds_quoted="$jcds_quoted\${jcds_item%%\\'*}'\\\\''" jcds_item=\${jcds_item#*\\'} ;;
        *) break ;;
      esac
    done
    jcds_quoted="$jcds_quoted$jcds_item'"
  done
  jcds_octal "$jcds_quoted"
  jcds_names='' jcds_values='' jcds_number=0
  IFS=$jcds_newline
  set -f
  for jcds_item in $jcds_pieces; do
    jcds_printed "$jcds_item"
    eval "export \${jcds_prefix}JCDS_ARGUMENTS_$jcds_number=\\$jcds_text"
    jcds_names="$jcds_names JCDS_ARGUMENTS_$jcds_number"
    jcds_values="$jcds_values\\$JCDS_ARGUMENTS_$jcds_number"
    jcds_number=$((jcds_number + 1))
  done
  unset IFS
  set +f
  jcds_words='/bin/sh -c "$jcds_restore" sh'
  jcds_restore="eval \\"unset$jcds_names; set -- $jcds_values\\"; exec \\"\\$@\\""
}`;

/** The caller's variables, as they are, when something in them is not ASCII. */
const MEND = `jcds_mend() {
  IFS=$jcds_newline
  set -f
  for jcds_word in $jcds_said; do
    case $jcds_word in
      jcds_result=*) continue ;;
      *[!$jcds_ascii]*) ;;
      *) continue ;;
    esac
    jcds_item=\${jcds_word%%=*}
    case $jcds_item in
      '' | *[!A-Za-z0-9_]* | [0-9]* | APPTAINER*_* | SINGULARITY*_* | PATH | LD_LIBRARY_PATH) continue ;;
    esac
    # Not what the policy took, nor what is given to the job otherwise.
    eval "[ -z \\"\\\${APPTAINERENV_$jcds_item+set}\\\${SINGULARITYENV_$jcds_item+set}\\" ]" || continue
    eval "jcds_word=\\\${$jcds_item-}"
    ! jcds_is_spoilt "$jcds_word" || jcds_give "$jcds_item" "$jcds_word"
  done
  unset IFS
  set +f
}`;

/** Functions that give the job its variables and words. */
export function valuesScript(prefix: Prefix): string {
  return [give(prefix), CARRY, MEND, ...(prefix === 'SINGULARITYENV_' ? [READDRESS] : [])].join('\n');
}
