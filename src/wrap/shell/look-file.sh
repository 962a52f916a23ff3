# shellcheck shell=sh disable=SC2034,SC2154 # a part of look.sh
# Of an image that may be one file: a SIF, or a squashfs image.

case $jcds_text in
  *": Not a directory")
    # its name may be a link as well: where it lies is judged with the rest
    [ -f "$jcds_place" ] && jcds_place=$(readlink -f "$jcds_place") &&
      case $(head -c 64 "$jcds_place" | tr '\0\n' '..') in
        hsqs* | ????????????????????????????????SIF_MAGIC*)
          cd -P "${jcds_place%/*}" && jcds_file=/${jcds_place##*/}
          ;;
      esac
    ;;
esac
