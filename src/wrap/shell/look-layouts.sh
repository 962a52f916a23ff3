# shellcheck shell=sh disable=SC2034,SC2154 # variables of look.sh, which this is a part of
# Where the layout is not known: which of the entries counts, by what the repository shows.

choose() {
  case ${10}${11} in
    '') return ;; # a path: its entry is the same in every layout
  esac
  for name in .fla[t] .multiarc[h] .image[s] al[l]; do
    case $name in
      .flat | .multiarch) entry=${10} layout=@cern ;;
      .images) ;;
      all) entry=${11} layout=@files ;;
      *) continue ;;
    esac
    return
  done
}
