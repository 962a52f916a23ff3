# shellcheck shell=sh disable=SC2034,SC2154 # variables of the script that this is a part of
# Builds a root of the image's entries, since a read-only image takes no mount points: every directory in which something is
# missing is opened, and its entries are shown one by one. Lists have // around each path, without its first slash. What is
# mounted lies behind no link of the image.

jcds_opened=//etc// jcds_covered=// jcds_links='' jcds_count=0 jcds_most=@MOST@
jcds_open() { # DIRECTORY: the new root holds it, and all above it
  case $1:$jcds_opened in
    :* | *:*"/$1//"*) return ;;
  esac
  jcds_open "${1%/*}"
  jcds_opened=$jcds_opened${1#/}//
}
jcds_mount() { # PATH directory|file WORD...: what bubblewrap is told, but for the place
  jcds_spot='' jcds_found='image'
  IFS=/
  for jcds_part in ${1#/}; do
    case $jcds_part:$jcds_found:$jcds_covered in
      :* | .:*) continue ;;
      ..:*) jcds_no_place "$1" 'it has .. in its name' ;;
      *:image:*"/$jcds_spot/$jcds_part//"*) jcds_found='covered' ;;
      *:image:*)
        if [ -h "$jcds_target$jcds_spot/$jcds_part" ]; then
          jcds_no_place "$1" "$jcds_spot/$jcds_part is a link"
        elif ! [ -e "$jcds_target$jcds_spot/$jcds_part" ]; then
          [ -d "$jcds_target$jcds_spot" ] || jcds_no_place "$1" "$jcds_spot is no directory"
          jcds_open "$jcds_spot"
          jcds_found='missing'
        fi
        ;;
    esac
    jcds_spot=$jcds_spot/$jcds_part
  done
  IFS=$jcds_newline
  if [ -d "$jcds_target$jcds_spot" ]; then jcds_kind='directory'; else jcds_kind='file'; fi
  case $jcds_spot:$jcds_found:$jcds_kind in
    :*) jcds_no_place "$1" 'it is the root of the image' ;;
    *:image:"$2") ;;
    *:image:*) jcds_no_place "$1" "it is no $2 in the image" ;;
  esac
  jcds_covered=$jcds_covered${jcds_spot#/}//
  shift 2
  jcds_option "$@" "$jcds_spot"
}
jcds_no_place() { # PATH REASON
  @NO_PLACE@
}
jcds_odd_link() {
  @ODD_LINK@
}
jcds_show() { # DIRECTORY: its entries
  for jcds_item in "$jcds_target$1"/* "$jcds_target$1"/.[!.]* "$jcds_target$1"/..?*; do
    jcds_at=$1/${jcds_item##*/} jcds_count=$((jcds_count + 3))
    [ "$jcds_count" -le "$jcds_most" ] ||
      @TOO_MANY@
    case $jcds_opened$jcds_covered in
      *"/$jcds_at//"*) continue ;;
    esac
    if [ -h "$jcds_item" ]; then
      case $jcds_item in
        *"$jcds_newline"*) jcds_odd_link ;; # it would be several in the list
      esac
      jcds_links=$jcds_links.$jcds_at$jcds_newline
    elif [ -d "$jcds_item" ] || [ -f "$jcds_item" ]; then
      jcds_option --ro-bind "$jcds_item" "$jcds_at"
    elif ! [ -e "$jcds_item" ]; then
      case $jcds_at in
        "$1/*" | "$1/.[!.]*" | "$1/..?*") continue ;; # nothing is called so
      esac
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
  jcds_more=$(cd "$jcds_target" && readlink -- $jcds_links 2>/dev/null && echo .)
  [ "$jcds_more" != "${jcds_more%.}" ] || jcds_more=$(
    cd "$jcds_target" && for jcds_at in $jcds_links; do # that of busybox takes one
      readlink -- "$jcds_at" || exit
    done && echo .
  )
  for jcds_at in $jcds_links; do
    jcds_option --symlink "${jcds_more%%"$jcds_newline"*}" "${jcds_at#.}"
    jcds_more=${jcds_more#*"$jcds_newline"}
  done
  [ "$jcds_more" = . ] || jcds_odd_link
}
