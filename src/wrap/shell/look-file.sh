# shellcheck shell=sh disable=SC2034,SC2154 # a part of look.sh
# Of an image that may be one file: a SIF, or a squashfs image.

case $text in
  *": Not a directory")
    # its name may be a link as well: where it lies is judged with the rest
    [ -f "$place" ] && place=$(readlink -f "$place") && case $(head -c 64 "$place" | tr "\0\n" "..") in
      hsqs* | ????????????????????????????????SIF_MAGIC*) cd -P "${place%/*}" && file=/${place##*/} ;;
    esac
    ;;
esac
