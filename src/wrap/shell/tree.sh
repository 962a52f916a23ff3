# shellcheck shell=sh disable=SC2034,SC2154 # variables of the script that this is a part of
# What src/runtimes/root-tree.ts does, in sh: the real place of a path inside the image, and the directories that the new root
# has to hold itself because the image lacks something in them. Sets of paths are texts in which `//` stands before, between
# and behind them: no path has that in it. jcds_covered: what something is mounted on.

jcds_opened=// jcds_covered=// jcds_links='' jcds_inputs='' jcds_bodies=''
jcds_count=0 jcds_most=@MOST@
jcds_locate() { # PATH: sets jcds_real, what there is of it, jcds_left, the rest, and jcds_found
  jcds_left=$1/ jcds_real='' jcds_found='' jcds_number=0
  while [ -n "$jcds_left" ]; do
    jcds_name=${jcds_left%%/*} jcds_next=${jcds_left#*/}
    case $jcds_name:$jcds_covered in
      :* | .:*) ;;
      ..:*) jcds_real=${jcds_real%/*} ;;
      *:*"/$jcds_real/$jcds_name//"*)
        jcds_real=$jcds_real/$jcds_name jcds_left=$jcds_next jcds_found=covered
        return
        ;;
      *)
        if [ -h "$jcds_target$jcds_real/$jcds_name" ]; then
          jcds_link=$(jcds_run readlink -n -- "$jcds_target$jcds_real/$jcds_name" && echo .)
          jcds_next=${jcds_link%.}/$jcds_next jcds_number=$((jcds_number + 1))
          case $jcds_number:$jcds_link in
            41:*) jcds_found=loop && return ;;
            *:/*) jcds_real='' ;;
          esac
        elif [ -e "$jcds_target$jcds_real/$jcds_name" ]; then
          jcds_real=$jcds_real/$jcds_name
        else
          return
        fi
        ;;
    esac
    jcds_left=$jcds_next
  done
}
jcds_open() { # DIRECTORY: the new root holds it, and all above it
  case $1:$jcds_opened in
    :* | *:*"/$1//"*) return ;;
  esac
  jcds_open "${1%/*}"
  jcds_opened=$jcds_opened${1#/}//
}
jcds_mount() { # PATH directory|file WORD...: what bubblewrap is told, but for the real place
  jcds_locate "$1"
  jcds_left=${jcds_left%"${jcds_left##*[!/]}"}
  jcds_spot=$jcds_real${jcds_left:+/$jcds_left}
  [ -n "$jcds_spot" ] || jcds_found=root
  if [ -d "$jcds_target$jcds_real" ]; then jcds_kind='directory'; else jcds_kind='file'; fi
  case $jcds_found:${jcds_left:+missing}:$jcds_kind in
    covered:* | ::"$2") ;;
    loop:*) jcds_no_place "$1" 'too many links' ;;
    root:*) jcds_no_place "$1" 'it is the root of the image' ;;
    ::*) jcds_no_place "$1" "it is no $2 in the image" ;;
    *:file) jcds_no_place "$1" "$jcds_real is no directory" ;;
    *)
      jcds_open "$jcds_real"
      case ${jcds_spot%/*} in
        ?*) jcds_option --dir "${jcds_spot%/*}" ;;
      esac
      ;;
  esac
  jcds_covered=$jcds_covered${jcds_spot#/}//
  shift 2
  jcds_option "$@" "$jcds_spot"
}
jcds_mount_own() { # PATH directory|file WORD...: unless something is shown there already, or was asked for there
  case $jcds_newline$jcds_binds in
    *"$jcds_newline$1$jcds_tab"*) return ;;
  esac
  jcds_locate "$1"
  case $jcds_found in
    '') jcds_mount "$@" ;;
  esac
}
jcds_no_place() { # PATH REASON
  jcds_text=$(jcds_clean "$1")
  jcds_shown_place=$(jcds_clean "$2")
  @NO_PLACE@
}
jcds_show() { # DIRECTORY: its entries
  for jcds_item in "$jcds_target$1"/* "$jcds_target$1"/.[!.]* "$jcds_target$1"/..?*; do
    jcds_at=$1/${jcds_item##*/} jcds_count=$((jcds_count + 3))
    if [ "$jcds_count" -gt "$jcds_most" ]; then
      jcds_text=$(jcds_clean "${1:-/}")
      @TOO_MANY@
    fi
    if [ -h "$jcds_item" ]; then
      case $jcds_covered in
        *"/$jcds_at//"*) ;;
        *) jcds_links=$jcds_links.$jcds_at$jcds_newline ;;
      esac
    elif [ -d "$jcds_item" ]; then
      case $jcds_opened in
        *"/$jcds_at//"*) jcds_option --dir "$jcds_at" ;;
        *) jcds_option --ro-bind "$jcds_item" "$jcds_at" ;;
      esac
    elif [ -f "$jcds_item" ]; then
      jcds_option --ro-bind "$jcds_item" "$jcds_at"
    elif [ -e "$jcds_item" ]; then
      continue # a device, a socket
    else
      case $jcds_at in
        "$1/*" | "$1/.[!.]*" | "$1/..?*") continue ;; # nothing is called so
      esac
      jcds_text=$(jcds_clean "$jcds_item")
      @UNREADABLE@
    fi
  done
}
jcds_show_root() {
  set +f
  jcds_show ''
  jcds_more=${jcds_opened#//}
  while [ -n "$jcds_more" ]; do
    jcds_show "/${jcds_more%%//*}"
    jcds_more=${jcds_more#*//}
  done
  set -f
  [ -n "$jcds_links" ] || return 0
  # shellcheck disable=SC2086 # a place a line
  jcds_more=$(
    cd "$jcds_target" || exit
    jcds_run readlink -- $jcds_links 2>/dev/null || for jcds_at in $jcds_links; do # that of busybox takes one
      jcds_run readlink -- "$jcds_at"
    done
    echo .
  )
  for jcds_at in $jcds_links; do
    jcds_option --symlink "${jcds_more%%"$jcds_newline"*}" "${jcds_at#.}"
    jcds_more=${jcds_more#*"$jcds_newline"}
  done
  [ "$jcds_more" = . ] ||
    @ODD_LINK@
}
