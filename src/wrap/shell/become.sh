# shellcheck shell=sh disable=SC2034,SC2154 # variables of the script that this is a part of
# The environment as the caller had it: env(1) does what the shell cannot.

for jcds_word in $jcds_lost; do
  jcds_replace "$jcds_word" "$jcds_one" "$jcds_newline"
  set -- "$jcds_text" "$@"
done
if [ -n "$jcds_lost$jcds_surplus" ]; then
  set -- -- "$@"
  for jcds_item in $jcds_surplus; do
    set -- -u "$jcds_item" "$@"
  done
  set -- /usr/bin/env "$@"
fi
{ LC_ALL=$jcds_locale; } 2>/dev/null
