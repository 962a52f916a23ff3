# shellcheck shell=sh disable=SC2034,SC2154 # variables of the script that this is a part of
# The environment as the caller had it, and the runtime in this process' place. env(1) does what the shell cannot.

case ${BASH_VERSION+bash}:$jcds_level in
  bash:) jcds_surplus=${jcds_surplus}SHLVL$jcds_newline ;;
  bash:*) ;; # puts it right itself
  :) unset SHLVL ;;
  *) SHLVL=${jcds_level#*=} ;;
esac
[ -z "${BASH_VERSION-}" ] || [ -n "$jcds_underscore" ] || jcds_surplus=${jcds_surplus}_$jcds_newline
jcds_words=$jcds_options jcds_options=''
if [ -n "$jcds_lost$jcds_surplus" ]; then
  jcds_option /usr/bin/env
  for jcds_item in $jcds_surplus; do
    jcds_option -u "$jcds_item"
  done
  jcds_option --
  for jcds_item in $jcds_lost; do
    jcds_replace "$jcds_item" "${jcds_ascii%-?}" "$jcds_newline"
    jcds_option "$jcds_text"
  done
fi
