# shellcheck shell=sh disable=SC2016,SC2034,SC2043,SC2050,SC2154 # variables of the script that this is a part of; text of the image
# Looks at CVMFS for a script that has no Node.js, as src/cvmfs/ does it by a child: functions for the bounded child (bounded.sh).
# jcds_look sets jcds_result and jcds_text: `directory` or `file` and the real place, where it is then, or a LookWord of failures.ts
# and what its message names. "Missing" is what ls(1) does not find in a repository that it can list. What it read of the image is in
# jcds_lines, jcds_search and jcds_strange.

jcds_lists() { # DIRECTORY: whether it shows anything
  set -- "$1" "$1"/* "$1"/.[!.]*
  [ "$2$3" != "$1/*$1/.[!.]*" ]
}
jcds_look() { # sets jcds_result and jcds_text: where the image is, or what is in the way
  jcds_result=unseen jcds_place=@ROOT@/$jcds_repository @RESET@
  if ! cd -P "$jcds_place" || ! jcds_lists .; then
    jcds_text=$(ls -A "$jcds_place/." 2>&1) && jcds_text="$jcds_place is empty"
    return
  fi
  jcds_top=$PWD
  @CHOOSE@
  jcds_place=$jcds_place/@ENTRY@
  if [ "@ROOT@" != /cvmfs ]; then # links mean /cvmfs
    jcds_text=$(readlink "$jcds_place")
    [ "${jcds_text#/cvmfs/}" = "$jcds_text" ] || jcds_place=@ROOT@/${jcds_text#/cvmfs/}
  fi
  if ! cd -P "$jcds_place" || ! jcds_lists .; then
    jcds_explain
    @FOUND_FILE@return
  fi
  jcds_text=$PWD
  case $PWD/ in
    *[\\\`\$$jcds_newline]*) jcds_result=broken jcds_text='its directory has an odd name' && return ;;
    "$jcds_top"/*) ;;
    *) @LEADS_ON@ ;;
  esac
  if @UNLESS_FILE@! jcds_read_image; then
    jcds_text=$(jcds_read_image 2>&1 >/dev/null)
    # modes in the image are its publisher's
    [ "${jcds_text%: Permission denied}" = "$jcds_text" ] || jcds_result=broken
    return
  fi
  @FOUND@
}
jcds_explain() { # why nobody can go to the image
  if ! jcds_text=$(ls -ld "$jcds_top/@ENTRY@" 2>&1); then
    case $jcds_text in
      *": No such file or directory" | *": Not a directory" | *": File name too long") jcds_result=missing ;;
    esac
    return
  fi
  @ELSEWHERE@
  jcds_text=$(ls -A "$jcds_place/." 2>&1 >/dev/null)
  case $jcds_text in
    '') jcds_text="$jcds_place shows nothing" ;;
    *": Permission denied") [ ! -d "$jcds_place" ] || jcds_result=broken ;;
    *": No such file or directory" | *": Not a directory" | *" symbolic links") jcds_result=broken ;;
  esac
  @FILE@
}
jcds_is_text() { # FILE: a regular one that lies in the image, of a size that can be read; else the image is broken
  jcds_text=$(find "$1" -prune -type f -size -2049) || return
  [ -z "$jcds_text" ] || [ -h .singularity.d ] || [ -h .singularity.d/env ] || return 0
  jcds_result=broken
  echo "$1 is no file of the image, or too long" >&2
  return 1
}
jcds_read_image() { # in its directory: what will be listed must be seen, and of an image that is not known ENV is read
  for jcds_item in @DEEP@; do # as a pattern it is found where the listing above has it
    [ "$jcds_item" = "${jcds_item%]}" ] || continue
    [ -h "$jcds_item" ] || jcds_lists "$jcds_item" || ls -A "./$jcds_item/." >/dev/null || return
  done
  @FIRST@
  @UNLESS_KNOWN@
  for jcds_item in .singularity.d/env/10-docker2singularity.s[h]; do
    [ "$jcds_item" = "${jcds_item%]}" ] || continue
    jcds_is_text "$jcds_item" || return
    @ENV@
  done
  @ALSO@
}
