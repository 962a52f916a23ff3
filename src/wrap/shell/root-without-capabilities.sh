# shellcheck shell=sh disable=SC2034,SC2154,SC3067 # variables of the script that this is a part of; -O: in every sh
# Root without all capabilities: Apptainer asks for them and gives up. The first digit may stand for less than four.

if [ -O /proc ]; then
  while IFS='	' read -r jcds_item jcds_word; do
    [ "$jcds_item" != CapEff: ] || break
  done </proc/self/status
  case ${jcds_word#"${jcds_word%%[!0]*}"} in
    [137f]*[!f]* | [!137f]* | '') jcds_option --userns ;;
  esac
fi
