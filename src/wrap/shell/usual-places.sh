# shellcheck shell=sh disable=SC2034,SC2154 # variables of the script that this is a part of
# The usual places that PATH lacks, as Apptainer adds them.

for jcds_item in /usr/local/sbin /usr/local/bin /usr/sbin /usr/bin /sbin /bin; do
  case :$jcds_search: in
    *":$jcds_item:"*) ;;
    *) jcds_search=${jcds_search:+$jcds_search:}$jcds_item ;;
  esac
done
