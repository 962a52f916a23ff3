# shellcheck shell=sh disable=SC2034 # a part of look.sh
# What else than ENV sets variables in the image, and only a shell in it can run.

for name in .singularity.d/env/*.sh; do
  case ${name##*/} in
    @USUAL@) continue ;;
  esac
  [ ! -r "$name" ] || ! grep -qE "^[[:space:]]*[^#[:space:]]" "$name" || echo "=${name##*/}, a script of its own"
done
