# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # a part of look.sh
# The whole ENV of an image, a line each: NAME=VALUE where nothing is evaluated, else a name.

jcds_lines=$(sed -nE '/^(#.*)?$/d;/^export [^=]*="\$\{[^:]*:-\}"$/d
  s/^export ([A-Za-z_][A-Za-z0-9_]*)="([^\`$"'\'']*)"$/\1=\2/p;t
  s/^export ([A-Za-z_][A-Za-z0-9_]*)="\$\{\1:-"([^\`$"'\'']*)"\}"$/\1=\2/p;t
  s/^export ([A-Za-z0-9_]*)=.*/\1/p;t
  s/.*/?/p' "$jcds_item") || return
