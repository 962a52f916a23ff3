# shellcheck shell=sh disable=SC2034,SC2154 # variables of the script that this is a part of
# What the child found (survey.sh).

jcds_result='' jcds_code='' jcds_warned='' jcds_target=''
jcds_bounded jcds_survey "$1"
jcds_take_back
[ "$jcds_result" = seen ] || jcds_unseen "@ROOT@/$jcds_repository gave no answer within $jcds_timeout s"
[ -z "$jcds_warned" ] || printf '%s\n' "$jcds_warned" >&2
[ -z "$jcds_code" ] || jcds_fail "$jcds_code" "$jcds_error" "$jcds_message" "$jcds_hint"
