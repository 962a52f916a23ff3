# shellcheck shell=sh disable=SC2034,SC2154 # a part of look.sh
# Where the layout is not known: which of the entries counts, by what the repository shows. A path's is the same in every layout.

jcds_sought=$jcds_entry jcds_layout=''
for jcds_item in .fla[t] .multiarc[h] .image[s] al[l]; do
  case $jcds_cern$jcds_files:$jcds_item in
    :* | *]) continue ;;
    *:.flat | *:.multiarch) jcds_sought=$jcds_cern jcds_layout=@cern ;;
    *:all) jcds_sought=$jcds_files jcds_layout=@files ;;
  esac
  break
done
if [ -z "$jcds_sought" ]; then
  jcds_result=missing jcds_text=''
  return
fi
