# shellcheck shell=sh disable=SC2034,SC2154 # variables of look.sh, which this is a part of
# Where the layout is not known: which of the entries counts, by what the repository shows. A path's is the same in every layout.

for part in .fla[t] .multiarc[h] .image[s] al[l]; do
  case $7$8:$part in
    :* | *]) continue ;;
    *:.flat | *:.multiarch) entry=$7 layout=@cern ;;
    *:all) entry=$8 layout=@files ;;
  esac
  break
done
if [ -z "$entry" ]; then
  word=missing text=""
  return
fi
