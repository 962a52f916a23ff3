# shellcheck shell=sh disable=SC2034,SC2154,SC3067 # variables of the script that this is a part of; -O: in every sh
# Root without all capabilities: Apptainer asks for them and gives up. The first digit may stand for less than four.

[ -O /proc ] && ! jcds_run grep -qE '^CapEff:.0*[137f]f*$' /proc/self/status && set -- --userns "$@"
