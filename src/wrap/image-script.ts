import { quoteWord } from '../launch/quote.ts';
import { DEFAULT_PATH } from '../runtimes/environment.ts';
import { ruleFor } from '../runtimes/environment-policy.ts';
import { failLine } from './failures.ts';
import type { RecordedImage, RegistryCheck, ScriptOptions } from './script-options.ts';

/**
 * What the script has to know of the image: where commands are searched (jcds_search), and what Apptainer gets wrong of its
 * ENV. Of the very directory that it was written for it knows that; another it reads as far as a shell can, and says so
 * where that is not enough. It uses nothing of one image for another.
 */
export function imageLines({ recorded, policy }: ScriptOptions): string[] {
  const known = recorded === null ? [] : recordedLines(recorded, policy);
  return [
    'jcds_ahead=${APPTAINERENV_PREPEND_PATH-${SINGULARITYENV_PREPEND_PATH-}}',
    'jcds_instead=${APPTAINERENV_PATH-${SINGULARITYENV_PATH-}}',
    'jcds_behind=${APPTAINERENV_APPEND_PATH-${SINGULARITYENV_APPEND_PATH-}}',
    "jcds_dropped='' jcds_deaf=''",
    'jcds_file=$jcds_target/.singularity.d/env',
    '[ -e "$jcds_file/99-base.sh" ] || [ ! -d "$jcds_file" ] || jcds_deaf=1',
    'case $jcds_target in',
    ...known.map(line => `  ${line}`),
    '  *) jcds_read_image ;;',
    'esac',
    'jcds_search=${jcds_ahead:+$jcds_ahead:}${jcds_instead:-$jcds_search}${jcds_behind:+:$jcds_behind}',
  ];
}

function recordedLines(
  { place, searchPath, environmentFileDropped, variables }: RecordedImage,
  policy: ScriptOptions['policy'],
): string[] {
  const lines = variables.flatMap(([name, value]) => {
    // A value of the caller's own that is not empty comes first where the policy lets it through.
    const own = ruleFor(name)[policy] === 'host' ? `\${${name}-}` : '';
    const others = `"${own}\${APPTAINERENV_${name}+set}\${SINGULARITYENV_${name}+set}"`;
    return [`[ -n ${others} ] || jcds_give ${name} ${quoteWord(value)}`];
  });
  return [
    `*/${quoteWord(place)})`,
    `  jcds_search=${quoteWord(searchPath)}`,
    ...(environmentFileDropped ? ['  jcds_dropped=1'] : []),
    ...lines.map(line => `  ${line}`),
    '  ;;',
  ];
}

/** The forms of `export NAME="${NAME:-"value"}"` and `export PATH="value"` in which nothing is evaluated. */
const READ_ENVIRONMENT = `jcds_read_image() {
  jcds_search='' jcds_strange=''
  jcds_file=$jcds_target/.singularity.d/env/10-docker2singularity.sh
  [ ! -r "$jcds_file" ] || while IFS= read -r jcds_word || [ -n "$jcds_word" ]; do
    case $jcds_word in
      '#'* | '') continue ;;
      'export '*=\\"*\\") ;;
      *)
        jcds_strange=1
        continue
        ;;
    esac
    jcds_item=\${jcds_word#export }
    jcds_item=\${jcds_item%%=*}
    jcds_word=\${jcds_word#*=\\"}
    jcds_word=\${jcds_word%\\"}
    case $jcds_word in
      "\\\${$jcds_item:-\\""*"\\"}") jcds_word=\${jcds_word#*:-\\"} jcds_word=\${jcds_word%\\"\\}} ;;
      "\\\${$jcds_item:-}") continue ;;
    esac
    case $jcds_item:$jcds_word in
      *[\\\\\\$\\\`\\"\\']*) jcds_strange=1 ;;
      PATH:*) jcds_search=$jcds_word: ;;
    esac
  done <"$jcds_file"
  jcds_search=$jcds_search${DEFAULT_PATH}
  [ -z "$jcds_strange" ] || printf 'jcds: %s\\n' \\
    "the ENV of $jcds_name has values that a script cannot hand on exactly; jcds exec can, and a script written for it anew" >&2
  JCDS%CHECK%
}`;

/** Refuses an image that was made from another registry than the one that was typed (src/cvmfs/origin.ts). */
export function checkOrigin({ registry, error }: RegistryCheck): string {
  const unasked =
    registry === null
      ? `
  case $jcds_wanted:$jcds_entry in
    :* | *:"$jcds_cern" | *:"$jcds_files") return 0 ;;
  esac`
      : '';
  return `jcds_check_origin() {${unasked}
  jcds_text='' jcds_bootstrap='' jcds_file=$jcds_target/.singularity.d/Singularity
  [ ! -r "$jcds_file" ] || while read -r jcds_item jcds_word; do
    case $jcds_item in
      [Bb]ootstrap:) jcds_bootstrap=$jcds_word ;;
      [Ff]rom:) jcds_text=$jcds_word ;;
      %*) break ;;
    esac
  done <"$jcds_file"
  jcds_registry=\${jcds_text%%/*}
  case $jcds_bootstrap:$jcds_text in
    docker:*/*) ;;
    docker:?*) jcds_registry=docker.io ;;
    *) return 0 ;;
  esac
  case $jcds_registry in
    *[A-Z]*) return 0 ;;
    docker.io | index.docker.io | registry.hub.docker.com | registry-1.docker.io) jcds_registry=docker.io ;;
    *.* | *:* | localhost) ;;
    *) jcds_registry=docker.io ;;
  esac
  case $jcds_registry in
    ${registry === null ? '"$jcds_wanted"' : quoteWord(registry)}) ;;
    *)
      jcds_text=$(jcds_shown_text "$jcds_text")
      jcds_registry=$(jcds_shown_text "$jcds_registry")
      case $jcds_registry in
        docker.io) jcds_registry='Docker Hub' ;;
      esac
${registry === null ? NAME_WANTED : ''}      ${failLine(error)}
      ;;
  esac
}`;
}

const NAME_WANTED = `      case $jcds_wanted in
        docker.io) jcds_wanted='Docker Hub' ;;
      esac
`;

/** Functions that read an image that nothing is recorded of. */
export function imageFunctions(check: RegistryCheck | null): string {
  if (check === null) return READ_ENVIRONMENT.replace('\n  JCDS%CHECK%', '');
  return `${READ_ENVIRONMENT.replace('JCDS%CHECK%', 'jcds_check_origin')}\n${checkOrigin(check)}`;
}
