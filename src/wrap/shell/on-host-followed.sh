# shellcheck shell=sh disable=SC2034,SC2154 # variables of the script that this is a part of
# jcds_at, by the links of the image where the host's kernel finds nothing.

jcds_on_host_followed() { # PLACE
  jcds_found=''
  jcds_on_host "$1"
  case $jcds_at in
    "$jcds_target"/*) [ ! -e "$jcds_at" ] || return 0 ;;
    *) return ;;
  esac
  jcds_locate "$1"
  if [ -z "$jcds_left" ]; then jcds_at=$jcds_target$jcds_real; else jcds_on_host "$jcds_real/${jcds_left%/}"; fi
}
