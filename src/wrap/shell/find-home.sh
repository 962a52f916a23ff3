# shellcheck shell=sh disable=SC2034,SC2154 # variables of the script that this is a part of
# The home of whoever has no HOME (HTCondor 23.9), or one that is no directory where the account has one.

jcds_home=${HOME-}
if @IS_NONE@; then
  jcds_text=$(jcds_run getent passwd "$(jcds_run id -u)" | jcds_run cut -d: -f6)
  [ "${jcds_home#/}" != "$jcds_home" ] && [ ! -d "${jcds_text%/}" ] || jcds_home=${jcds_text:-/}
fi
