import { GPU_LIBRARIES } from '../runtimes/gpu.ts';

/** A GPU's libraries of the host (src/runtimes/gpu.ts); of one name the loader takes the first. */
export function gpuLibraries(nvidia: string, rocm: string): string {
  return `jcds_gpu_libraries() {
  case $jcds_gpu in
    --nv) jcds_pattern='${nvidia}' ;;
    *) jcds_pattern='${rocm}' ;;
  esac
  jcds_text=$(
    PATH=/usr/sbin:/sbin:/usr/bin:/bin
    export PATH
    ldconfig -p 2>/dev/null |
      sed -nE "/^[[:space:]]\${jcds_pattern}[^ ]* \\([^)]*(x86-64|AArch64|64bit)[^)]*\\) => \\/[^ ]*$/s/^.([^ ]*) .* => (.*)/\\1 \\2/p"
  )
  jcds_seen=' '
  set -f
  IFS=$jcds_newline
  for jcds_word in $jcds_text; do
    jcds_source=\${jcds_word#* } jcds_word=\${jcds_word%% *}
    case $jcds_seen in
      *" $jcds_word "*) continue ;;
    esac
    jcds_seen="$jcds_seen$jcds_word "
    jcds_place "${GPU_LIBRARIES}/\${jcds_source##*/}" file
    jcds_option --bind "$jcds_source" "$jcds_spot"
  done
  unset IFS
  set +f
}`;
}
