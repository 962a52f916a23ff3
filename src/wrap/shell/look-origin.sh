# shellcheck shell=sh disable=SC2034 # a part of look.sh
# The record of where the image was made from: see origin.sh.

for part in .singularity.d/Singularit[y]; do
  case $part in
    *]) ;;
    *) is_text "$part" && sed "s/^/=@/" "$part" || return ;;
  esac
done
