# shellcheck shell=sh disable=SC2154 # variables of the script that this is a part of
# What is addressed to Apptainer, for a Singularity, which reads nothing but its own prefix.

for jcds_word in $jcds_said; do
  jcds_item=${jcds_word%%=*}
  case $jcds_item in
    *[!A-Za-z0-9_]*) ;;
    APPTAINERENV_?*)
      eval "[ -z \"\${$jcds_item+set}\" ] || export SINGULARITYENV_${jcds_item#APPTAINERENV_}=\$$jcds_item"
      ;;
  esac
done
