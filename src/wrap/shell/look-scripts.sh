# shellcheck shell=sh disable=SC2034,SC2154 # a part of look.sh
# The accounts are no longer than a script can read. What else than ENV sets variables in the image, and only a shell in it can run.

[ -d .singularity.d ] || jcds_lines=.
for jcds_item in etc/passw[d] etc/grou[p]; do
  [ "$jcds_item" != "${jcds_item%]}" ] || [ -h "$jcds_item" ] || jcds_is_text "$jcds_item" || return
done
for jcds_item in .singularity.d/env/*.sh; do
  jcds_text=${jcds_item##*/}
  case $jcds_text in
    @USUAL@) continue ;;
    '*.sh') [ -e "$jcds_item" ] || continue ;;
  esac
  case $jcds_text in
    *[!A-Za-z0-9._-]*) jcds_text='?' ;;
    *)
      jcds_is_text "$jcds_item" || return
      grep -qE '^[[:space:]]*[^#[:space:]]' "$jcds_item" || continue
      jcds_text=${jcds_item##*/}
      ;;
  esac
  jcds_lines="$jcds_lines$jcds_newline$jcds_text, a script of its own"
done
