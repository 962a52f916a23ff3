# shellcheck shell=sh disable=SC2034,SC2154 # variables of the script that this is a part of
# What a site's APPTAINER_BIND and APPTAINER_BINDPATH name (src/job/site-binds.ts), on every runtime; what is not here is left out.

IFS=,
for jcds_word in $jcds_site; do
  IFS=$jcds_newline jcds_place=${jcds_word%:ro} jcds_mode=''
  [ "$jcds_place" = "$jcds_word" ] || jcds_mode=ro
  jcds_item=${jcds_word%%:*} jcds_place=${jcds_place#*:}
  case $jcds_item:$jcds_place in
    :) continue ;;
    [!/]* | *:[!/]* | *:*:*)
      @ODD@ ;;
  esac
  jcds_own "$jcds_item" "$jcds_place" "$jcds_mode"
  jcds_hold "$jcds_item" "$jcds_place"
  [ -e "$jcds_item" ] ||
    jcds_warned="${jcds_warned}jcds: $jcds_item does not exist: not shown in the container$jcds_newline"
done
IFS=$jcds_newline
