# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # a part of look.sh
# What a script for Apptainer has to know of an image's ENV: PATH, and the lines with values that Apptainer gets wrong.

jcds_search=$(sed -nE 's/^export PATH="(\$\{PATH:-")?([^\`$"'\'']*)"(\}")?$/\2/p' "$jcds_item") || return
jcds_strange=$(sed -E '/^(#.*)?$/d
  /^export [A-Za-z0-9_]+="(\$\{[A-Za-z0-9_]+:-("[^\`$"'\'']*")?\}|[^\`$"'\'']*)"$/d' "$jcds_item") || return
