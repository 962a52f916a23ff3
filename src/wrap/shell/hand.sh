# shellcheck shell=sh disable=SC2034,SC2154 # variables of the script that this is a part of
# Apptainer makes U+FFFD of bytes that are not UTF-8, and drops a carriage return before a line end.

jcds_hand() { # TEXT WHAT: ends the script where Apptainer would change it
  case $1 in
    *"$jcds_return$jcds_newline"* | *"$jcds_return$jcds_one"*) ;;
    *[!$jcds_ascii]*) ! printf %s "$1" | jcds_run iconv -f UTF-8 -t UTF-16LE >/dev/null 2>&1 || return 0 ;;
    *) return 0 ;;
  esac
  @CHANGED@
}
