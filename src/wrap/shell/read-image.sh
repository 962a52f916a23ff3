# shellcheck shell=sh disable=SC2034,SC2154 # variables of the script that this is a part of
# The ENV of an image of which nothing was known, as the look told it: NAME=VALUE where nothing is evaluated, else a name.

jcds_search='' jcds_strange=''
for jcds_word in $jcds_lines; do
  @MARK@
  case $jcds_word in
    PATH=*) jcds_search=${jcds_word#*=} ;;
    *=*) @OTHER@ ;;
    *) jcds_strange=${jcds_strange:-$jcds_word} ;;
  esac
done
@LAST@
