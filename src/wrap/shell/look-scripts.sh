# shellcheck shell=sh disable=SC2034 # a part of look.sh
# The accounts are no longer than a script can read. What else than ENV sets variables in the image, and only a shell in it can run.

[ -d .singularity.d ] || echo "=."
for part in etc/passw[d] etc/grou[p]; do
  [ "$part" != "${part%]}" ] || [ -h "$part" ] || is_text "$part" || return
done
for part in .singularity.d/env/*.sh; do
  case ${part##*/} in
    @USUAL@) continue ;;
    "*.sh") [ ! -e "$part" ] || echo "=?, a script of its own" && continue ;;
    *[!A-Za-z0-9._-]*) echo "=?, a script of its own" && continue ;;
  esac
  is_text "$part" || return
  ! grep -qE "^[[:space:]]*[^#[:space:]]" "$part" || echo "=${part##*/}, a script of its own"
done
