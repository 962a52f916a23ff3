# shellcheck shell=sh disable=SC2034,SC2154 # variables of the script that this is a part of
# Apptainer makes U+FFFD of bytes that are not UTF-8, and drops a carriage return before a line end.

IFS=' ' # between two arguments is no line end
jcds_text="${jcds_said#*"$jcds_newline"} $*" jcds_plain="$jcds_one$jcds_newline -~"
IFS=$jcds_newline
case $jcds_text in
  *"$jcds_return$jcds_newline"* | *"$jcds_return$jcds_one"*) jcds_text='' ;;
  *[!$jcds_plain]*) printf %s "$jcds_text" | jcds_run iconv -f UTF-8 -t UTF-16LE >/dev/null 2>&1 || jcds_text='' ;;
esac
[ -n "$jcds_text" ] ||
  @CHANGED@
