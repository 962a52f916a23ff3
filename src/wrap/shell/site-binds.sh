# shellcheck shell=sh disable=SC2034,SC2154 # variables of the script that this is a part of
# What a site's APPTAINER_BIND and APPTAINER_BINDPATH name (src/job/site-binds.ts), on every runtime; what is not here is left out.

IFS=,
for jcds_word in $jcds_site; do
  IFS=$jcds_newline
  jcds_item=${jcds_word%%:*} jcds_rest=${jcds_word#*:}
  jcds_place=${jcds_rest%%:*} jcds_rest=${jcds_rest#"$jcds_place"}
  case $jcds_rest:$jcds_item:$jcds_place in
    ::) continue ;;
    :/*:/* | :rw:/*:/*) jcds_own "$jcds_item" "$jcds_place" ;;
    :ro:/*:/*) jcds_own "$jcds_item" "$jcds_place" ro ;;
    *) @ODD@ ;;
  esac
  [ ! -e "$jcds_item" ] || jcds_hold "$jcds_item" "$jcds_place"
  [ -e "$jcds_item" ] ||
    jcds_warned="${jcds_warned}jcds: $jcds_item does not exist: not shown in the container$jcds_newline"
done
IFS=$jcds_newline
