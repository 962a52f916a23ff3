# shellcheck shell=sh disable=SC2034,SC2154 # variables of the script that this is a part of
# A GPU's libraries of the host (src/runtimes/gpu.ts); of one name the loader takes the first.

jcds_gpu_libraries() { # PATTERN
  jcds_seen=' '
  for jcds_word in $(
    jcds_run ldconfig -p 2>/dev/null |
      jcds_run sed -nE "/^[[:space:]]$1[^ ]* \([^)]*(x86-64|AArch64|64bit)[^)]*\) => \/[^ ]*$/s/^.([^ ]*) .* => (.*)/\1 \2/p"
  ); do
    jcds_source=${jcds_word#* } jcds_word=${jcds_word%% *}
    case $jcds_seen in
      *" $jcds_word "*) continue ;;
    esac
    jcds_seen="$jcds_seen$jcds_word "
    jcds_mount "@LIBRARIES@/${jcds_source##*/}" file --bind "$jcds_source"
  done
}
