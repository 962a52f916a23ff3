import { PlaceError } from '../runtimes/root-tree.ts';
import { failLine, PLACE, TEXT } from './failures.ts';

const MOST_LINKS = 40;

/**
 * What src/runtimes/root-tree.ts does, in sh: finds the real place of a path inside the image, and remembers what the new
 * root has to hold itself because the image lacks it. Sets of paths are texts in which `//` stands before, between and behind
 * them: no path has that in it.
 *
 * jcds_opened: directories that the new root holds itself; parents come first, `/` is left out. jcds_made: what is made in
 * them, jcds_files: those of them that are no directories. jcds_covered: what something is mounted on.
 */
export const TREE = `jcds_opened=// jcds_made=// jcds_files=// jcds_covered=//
jcds_locate() { # PATH: sets jcds_real, jcds_left (names that lead no further) and jcds_found
  jcds_left=$1/ jcds_real='' jcds_found='directory' jcds_links=0
  while :; do
    case $jcds_left in
      '') return ;;
      /* | ./*)
        jcds_left=\${jcds_left#*/}
        continue
        ;;
    esac
    case $jcds_covered in
      *"/$jcds_real//"*)
        jcds_found='covered'
        return
        ;;
    esac
    jcds_item=\${jcds_left%%/*} jcds_rest=\${jcds_left#*/}
    case $jcds_item in
      ..)
        jcds_left=$jcds_rest jcds_real=\${jcds_real%/*} jcds_found='directory'
        continue
        ;;
    esac
    jcds_look_up "$jcds_real/$jcds_item"
    case $jcds_found:$jcds_rest in
      link:*)
        jcds_links=$((jcds_links + 1))
        if [ "$jcds_links" -gt ${MOST_LINKS} ]; then
          jcds_found='loop'
          return
        fi
        jcds_read_link "$jcds_real/$jcds_item"
        jcds_left=$jcds_text/$jcds_rest jcds_found='directory'
        case $jcds_text in
          /*) jcds_real='' ;;
        esac
        ;;
      directory:* | file: | other:) jcds_real=$jcds_real/$jcds_item jcds_left=$jcds_rest ;;
      *) return ;;
    esac
  done
}
jcds_look_up() { # PLACE: sets jcds_found
  case $jcds_files in
    *"/$1//"*)
      jcds_found='file'
      return
      ;;
  esac
  case $jcds_made in
    *"/$1//"*)
      jcds_found='directory'
      return
      ;;
  esac
  if [ -h "$jcds_target$1" ]; then
    jcds_found='link'
  elif [ -d "$jcds_target$1" ]; then
    jcds_found='directory'
  elif [ -f "$jcds_target$1" ]; then
    jcds_found='file'
  elif [ -e "$jcds_target$1" ]; then
    jcds_found='other'
  else
    jcds_found=''
  fi
}
jcds_read_link() { # PLACE of a link: sets jcds_text
  ! jcds_known_link "$1" || return 0
  jcds_text=$(
    PATH=/usr/bin:/bin
    export PATH
    readlink -n -- "$jcds_target$1" && echo .
  )
  jcds_text=\${jcds_text%.}
}
jcds_place() { # PATH KIND: makes sure that something can be mounted there; sets jcds_spot, its real place
  jcds_locate "$1"
  case $jcds_left in
    '')
      jcds_spot=$jcds_real
      case $jcds_real in
        '') jcds_no_place "$1" 'it is the root of the image' ;;
      esac
      if jcds_is_open "$jcds_real"; then
        [ "$jcds_found" = "$2" ] || jcds_no_place "$1" 'it is a directory that other places are in'
      else
        # What will be covered needs no mount of its own where the new root holds what it is in.
        [ "$jcds_found" = "$2" ] || jcds_open "\${jcds_real%/*}"
        ! jcds_is_open "\${jcds_real%/*}" || jcds_make "$jcds_real" "$2"
      fi
      ;;
    *) jcds_place_below "$@" ;;
  esac
  jcds_covered=$jcds_covered\${jcds_spot#/}//
}
jcds_place_below() { # PATH KIND: the image has not all of it
  case $jcds_found in
    covered)
      jcds_spot=$jcds_real/\${jcds_left%"\${jcds_left##*[!/]}"}
      return
      ;;
    loop) jcds_no_place "$1" 'too many links' ;;
    ?*) jcds_no_place "$1" "$jcds_real/\${jcds_left%%/*} is no directory" ;;
  esac
  jcds_open "$jcds_real"
  jcds_spot=$jcds_real
  while [ -n "$jcds_left" ]; do
    jcds_item=\${jcds_left%%/*} jcds_left=\${jcds_left#*/}
    case $jcds_item in
      '' | .) continue ;;
    esac
    jcds_spot=$jcds_spot/$jcds_item
    case $jcds_left in
      '')
        jcds_make "$jcds_spot" "$2"
        return
        ;;
    esac
    jcds_make "$jcds_spot" directory
    jcds_opened=$jcds_opened\${jcds_spot#/}//
  done
}
jcds_make() { # PLACE KIND
  case $jcds_made in
    *"/$1//"*) ;;
    *) jcds_made=$jcds_made\${1#/}// ;;
  esac
  case $2 in
    file) jcds_files=$jcds_files\${1#/}// ;;
  esac
}
jcds_is_open() { # DIRECTORY
  case $1 in
    '') return 0 ;;
  esac
  case $jcds_opened in
    *"/$1//"*) return 0 ;;
  esac
  return 1
}
jcds_open() { # DIRECTORY: the new root holds it from now on, and all above it
  ! jcds_is_open "$1" || return 0
  jcds_open "\${1%/*}"
  jcds_opened=$jcds_opened\${1#/}//
}
jcds_no_place() { # PATH REASON
  jcds_text=$(jcds_shown_text "$1")
  jcds_shown_place=$(jcds_shown_text "$2")
  ${failLine(new PlaceError(TEXT, PLACE))}
}`;
