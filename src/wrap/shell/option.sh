# shellcheck shell=sh disable=SC2034,SC2154 # variables of the script that this is a part of
# Words for the runtime, which stand quoted in one text: too many to put each before "$@".

jcds_option() { # WORD...
  for jcds_option in "$@"; do
    case $jcds_option in
      *\'*)
        jcds_replace "$jcds_option" "'" "'\\''"
        jcds_option=$jcds_text
        ;;
    esac
    jcds_options="$jcds_options '$jcds_option'"
  done
}
