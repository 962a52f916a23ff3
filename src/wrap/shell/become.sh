# shellcheck shell=sh disable=SC2034,SC2086,SC2154 # variables of the script that this is a part of
# The environment as the caller had it: env(1) does what the shell cannot.

for jcds_word in $jcds_lost; do
  jcds_replace "$jcds_word" "$jcds_one" "$jcds_newline"
  set -- "$jcds_text" "$@"
done
[ -z "$jcds_lost$jcds_surplus" ] || set -- /usr/bin/env $jcds_surplus -- "$@"
{ LC_ALL=$jcds_locale; } 2>/dev/null
