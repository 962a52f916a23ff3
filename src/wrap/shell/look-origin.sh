# shellcheck shell=sh disable=SC2034,SC2154 # a part of look.sh
# The record of where the image was made from: see origin.sh.

for jcds_item in .singularity.d/Singularit[y]; do
  [ "$jcds_item" = "${jcds_item%]}" ] || continue
  jcds_is_text "$jcds_item" && jcds_record=$(cat "$jcds_item") || return
done
