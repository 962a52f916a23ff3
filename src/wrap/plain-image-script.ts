import { JcdsError } from '../errors.ts';
import { quoteWord } from '../launch/quote.ts';
import { USUAL_SCRIPTS } from '../rootfs/inspect.ts';
import { failLine, type ImageWords, TEXT, unreadableError } from './failures.ts';
import { checkOrigin } from './image-script.ts';
import type { RecordedImage, RegistryCheck, ScriptOptions } from './script-options.ts';

/** The ENV of an image that nothing is recorded of has a value that a shell cannot make out. */
export class UnreadEnvironmentError extends JcdsError {
  constructor(name: string, variable: string) {
    super({
      code: 'ENVIRONMENT_UNREAD',
      message: `the ENV of ${name} has a value that a script cannot read: ${variable}`,
      hint: 'jcds exec can, and a script written for it anew with jcds wrap',
    });
  }
}

/**
 * jcds_give_image: the image's own ENV, and its PATH in jcds_search. Of the very directory that the script was written for
 * it is known; of any other the ENV file is read, by the rules of src/rootfs/environment-file.ts as far as one line holds a
 * variable. A value that does not read so ends the script: no runtime would give it to the job.
 */
export function plainImage(requested: Pick<ScriptOptions, 'recorded' | 'registryCheck' | 'image'>): string {
  const { recorded, registryCheck, image } = requested;
  return [
    UNQUOTE,
    readVariables(image, registryCheck),
    ...(registryCheck === null ? [] : [checkOrigin(registryCheck)]),
    `jcds_give_image() {
${recordedCase(recorded)}  jcds_read_variables
}`,
  ].join('\n');
}

function recordedCase(recorded: RecordedImage | null): string {
  if (recorded?.exact === undefined) return '';
  return `  case $jcds_target in
    */${quoteWord(recorded.place)})
      jcds_search=${quoteWord(recorded.searchPath)}
${recorded.exact.variables.map(([name, value]) => `      jcds_give_own ${quoteWord(name)} ${quoteWord(value)}\n`).join('')}      return
      ;;
  esac
`;
}

function readVariables({ name, repository }: ImageWords, check: RegistryCheck | null): string {
  const unread = failLine(new UnreadEnvironmentError(name, TEXT));
  return `jcds_read_variables() {
  jcds_file=$jcds_target/.singularity.d/env/10-docker2singularity.sh
  [ -d "$jcds_target/.singularity.d" ] || printf 'jcds: %s\\n' \\
    "the image $jcds_name has no .singularity.d: a script cannot know its ENV; jcds exec asks its registry" >&2
  ${check === null ? '' : 'jcds_check_origin\n  '}# patterns find what the listing says, also where the place itself cannot be seen
  for jcds_item in "\${jcds_file%v/*}"[v] "\${jcds_file%h}"[h]; do
    case $jcds_item in
      *']') continue ;;
    esac
    if ! [ -e "$jcds_item" ] && ! [ -h "$jcds_item" ]; then
      jcds_text=$(jcds_shown_text "$jcds_item")
      ${failLine(unreadableError(repository))}
    fi
  done
  if ! [ -r "$jcds_file" ]; then
    jcds_refuse_scripts
    return
  fi
  while IFS= read -r jcds_word || [ -n "$jcds_word" ]; do
    case $jcds_word in
      'export '[A-Za-z_]*=*) ;;
      *) continue ;;
    esac
    jcds_item=\${jcds_word#export }
    jcds_rest=\${jcds_item#*=} jcds_item=\${jcds_item%%=*}
    case $jcds_item in
      *[!A-Za-z0-9_]*) continue ;;
    esac
    case $jcds_rest in
      "\\"\\\${$jcds_item:-}\\"") continue ;;
      "\\"\\\${$jcds_item:-\\""*'"}"')
        jcds_rest=\${jcds_rest#*:-\\"}
        jcds_unquote "\${jcds_rest%\\"\\}\\"}" twice
        ;;
      '""') jcds_text='' ;;
      '"'*'"')
        jcds_rest=\${jcds_rest#\\"}
        case $jcds_item in
          PATH) jcds_unquote "\${jcds_rest%\\"}" twice ;;
          *) jcds_unquote "\${jcds_rest%\\"}" once ;;
        esac
        ;;
      "'"*"'"*"'" | '"'* | "'") jcds_strange=1 ;;
      "'"*"'") jcds_text=\${jcds_rest#\\'} jcds_text=\${jcds_text%\\'} ;;
      *) jcds_text=$jcds_rest ;;
    esac
    case $jcds_strange:$jcds_item in
      1:*)
        jcds_text=$jcds_item
        ${unread}
        ;;
      :PATH) jcds_search=$jcds_text ;;
      *) jcds_give_own "$jcds_item" "$jcds_text" ;;
    esac
  done <"$jcds_file"
  jcds_refuse_scripts
}
jcds_refuse_scripts() { # what else sets variables in the image, and only a shell in it can run
  for jcds_item in "\${jcds_file%/*}"/*.sh; do
    case \${jcds_item##*/} in
      ${[...USUAL_SCRIPTS].join(' | ')}) continue ;;
    esac
    [ -f "$jcds_item" ] || continue
    [ -r "$jcds_item" ] || continue
    jcds_text="\${jcds_item##*/}, a script of its own"
    while read -r jcds_word || [ -n "$jcds_word" ]; do
      case $jcds_word in
        '' | '#'*) ;;
        *) ${unread} ;;
      esac
    done <"$jcds_item"
  done
}`;
}

/**
 * jcds_unquote: sets jcds_text, or jcds_strange. \`twice\`: quoted for the shell, and that by Go; where it does not read so, and
 * for \`once\`, it is what a shell sees between double quotes.
 */
const UNQUOTE = `jcds_strange=''
jcds_unquote() { # TEXT twice|once
  jcds_text=$1
  case $1 in
    *[\\\\\\"]*) ;;
    *) return ;;
  esac
  case $2 in
    twice) ! jcds_unquote_go "$1" || ! jcds_unescape "$jcds_text" strictly || return 0 ;;
  esac
  case $jcds_strange in
    '') jcds_unescape "$1" || jcds_strange=1 ;;
  esac
}
jcds_unquote_go() { # TEXT
  jcds_text='' jcds_left=$1
  while :; do
    case $jcds_left in
      *\\\\*) ;;
      *) break ;;
    esac
    jcds_piece=\${jcds_left%%\\\\*}
    case $jcds_piece in
      *\\"*)
        jcds_strange=1
        return 1
        ;;
    esac
    jcds_left=\${jcds_left#*\\\\}
    jcds_letter=\${jcds_left%"\${jcds_left#?}"} jcds_left=\${jcds_left#?}
    case $jcds_letter in
      [\\\\\\"]) jcds_text=$jcds_text$jcds_piece$jcds_letter ;;
      n) jcds_text=$jcds_text$jcds_piece$jcds_newline ;;
      t) jcds_text="$jcds_text$jcds_piece	" ;;
      [abfrvxuU])
        jcds_strange=1
        return 1
        ;;
      *) return 1 ;;
    esac
  done
  case $jcds_left in
    *\\"*)
      jcds_strange=1
      return 1
      ;;
  esac
  jcds_text=$jcds_text$jcds_left
}
jcds_unescape() { # TEXT [strictly]: fails where it was not escaped so; a quote by itself ends it
  jcds_text='' jcds_left=$1
  while :; do
    case $jcds_left in
      *\\\\*) jcds_piece=\${jcds_left%%\\\\*} ;;
      *) jcds_piece=$jcds_left ;;
    esac
    case \${2-}:$jcds_piece in
      *\\"* | strictly:*[\\$\\\`]*) return 1 ;;
    esac
    jcds_text=$jcds_text$jcds_piece
    case $jcds_left in
      *\\\\*) ;;
      *) return 0 ;;
    esac
    jcds_left=\${jcds_left#*\\\\}
    jcds_letter=\${jcds_left%"\${jcds_left#?}"} jcds_left=\${jcds_left#?}
    case $jcds_letter:\${2-} in
      [\\\\\\"\\$\\\`]:*) jcds_text=$jcds_text$jcds_letter ;;
      *:strictly) return 1 ;;
      *) jcds_text=$jcds_text\\\\$jcds_letter ;;
    esac
  done
}`;
