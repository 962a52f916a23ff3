# shellcheck shell=sh disable=SC2034,SC2154 # variables of the script that this is a part of
# A GPU's libraries of the host (src/runtimes/gpu.ts); of one name the loader takes the first.

jcds_gpu_libraries() { # PATTERN
  for jcds_word in $(
    jcds_run ldconfig -p 2>/dev/null |
      jcds_run awk "\$1 ~ /^$1/ && / \\(.*(x86-64|AArch64|64bit).*\\) => \\/[^ ]*\$/ && !seen[\$1]++ { print \$NF }"
  ); do
    jcds_mount "@LIBRARIES@/${jcds_word##*/}" file --bind "$jcds_word"
  done
}
