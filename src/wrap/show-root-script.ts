import { quoteWord } from '../launch/quote.ts';
import { MOST_WORDS, TooManyEntriesError } from '../runtimes/bubblewrap-limits.ts';
import { failLine, TEXT, unreadableError } from './failures.ts';
import type { RecordedImage } from './script-options.ts';

/** jcds_known_link PLACE: sets jcds_text, for links of the image that was read when the script was written. */
export function knownLinks(recorded: RecordedImage | null): string {
  const links = recorded?.exact?.links ?? [];
  if (recorded === null || links.length === 0) return 'jcds_known_link() { return 1; }';
  return `jcds_known_link() { # PLACE
  case $jcds_target in
    */${quoteWord(recorded.place)}) ;;
    *) return 1 ;;
  esac
  case $1 in
${links.map(([at, target]) => `    ${quoteWord(at)}) jcds_text=${quoteWord(target)} ;;`).join('\n')}
    *) return 1 ;;
  esac
}`;
}

/**
 * jcds_show_root: the words by which bubblewrap puts everything into the new root that it holds itself. The links are read by
 * one readlink(1), as far as they are not known; where that says something else than a line a link, one by one.
 */
export function showRoot(repository: string): string {
  return `jcds_show_root() {
  jcds_unread=0 jcds_unread_words=''
  jcds_show_directory ''
  jcds_rest=\${jcds_opened#//}
  while :; do
    case $jcds_rest in
      '') break ;;
    esac
    jcds_show_directory "/\${jcds_rest%%//*}"
    jcds_rest=\${jcds_rest#*//}
  done
  case $jcds_unread in
    0) ;;
    *) jcds_show_links ;;
  esac
  jcds_rest=\${jcds_made#//}
  while :; do
    case $jcds_rest in
      '') break ;;
    esac
    jcds_item=/\${jcds_rest%%//*} jcds_rest=\${jcds_rest#*//}
    case $jcds_files in
      *"/$jcds_item//"*) ;;
      *) jcds_option --dir "$jcds_item" ;;
    esac
  done
}
jcds_show_directory() { # DIRECTORY: its entries
  for jcds_item in "$jcds_target$1"/* "$jcds_target$1"/.[!.]* "$jcds_target$1"/..?*; do
    jcds_at=$1/\${jcds_item##*/}
    if ! [ -e "$jcds_item" ] && ! [ -h "$jcds_item" ]; then
      case $jcds_at in
        "$1/*" | "$1/.[!.]*" | "$1/..?*") continue ;; # nothing is called so
      esac
      jcds_text=$(jcds_shown_text "$jcds_item")
      ${failLine(unreadableError(repository))}
    fi
    case $jcds_made in
      *"/$jcds_at//"*) continue ;;
    esac
    if [ "$jcds_count" -gt ${MOST_WORDS} ]; then
      jcds_text=$(jcds_shown_text "\${1:-/}")
      ${failLine(new TooManyEntriesError(TEXT))}
    fi
    if [ -h "$jcds_item" ]; then
      if jcds_known_link "$jcds_at"; then
        jcds_option --symlink "$jcds_text" "$jcds_at"
      else
        jcds_unread=$((jcds_unread + 1))
        eval "jcds_unread_$jcds_unread=\\$jcds_at"
        jcds_unread_words="$jcds_unread_words \\"\\$jcds_target\\$jcds_unread_$jcds_unread\\""
      fi
    elif [ -d "$jcds_item" ]; then
      case $jcds_opened in
        *"/$jcds_at//"*) jcds_option --dir "$jcds_at" ;;
        *) jcds_option --ro-bind "$jcds_item" "$jcds_at" ;;
      esac
    elif [ -f "$jcds_item" ]; then
      jcds_option --ro-bind "$jcds_item" "$jcds_at"
    fi
  done
}
jcds_show_links() {
  jcds_said=$(
    PATH=/usr/bin:/bin
    export PATH
    eval "exec readlink -- $jcds_unread_words" 2>/dev/null
  )
  set -f
  IFS=$jcds_newline
  jcds_links=0
  for jcds_text in $jcds_said; do
    jcds_links=$((jcds_links + 1))
  done
  jcds_number=0
  for jcds_text in $jcds_said; do
    case $jcds_links in
      "$jcds_unread") ;;
      *) break ;;
    esac
    jcds_number=$((jcds_number + 1))
    eval "jcds_at=\\$jcds_unread_$jcds_number"
    jcds_option --symlink "$jcds_text" "$jcds_at"
  done
  unset IFS
  set +f
  while [ "$jcds_number" -lt "$jcds_unread" ]; do
    jcds_number=$((jcds_number + 1))
    eval "jcds_at=\\$jcds_unread_$jcds_number"
    jcds_read_link "$jcds_at"
    jcds_option --symlink "$jcds_text" "$jcds_at"
  done
}`;
}
