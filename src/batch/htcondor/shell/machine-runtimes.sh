# shellcheck shell=sh disable=SC2034,SC2154 # variables of the script that this is a part of
# As the probes of src/runtimes/ do it: an error about a command that is not there proves the container.

jcds_briefly() { # COMMAND...
  [ ! -x /usr/bin/timeout ] || set -- /usr/bin/timeout -s KILL "$jcds_timeout" "$@"
  "$@" 2>&1
}
jcds_try_apptainer() { # or, where there is none, singularity
  for jcds_name in apptainer singularity; do
    command -v "$jcds_name" >/dev/null || continue
    for jcds_option in --no-home --userns; do
      case $(jcds_briefly "$jcds_name" -s exec "$jcds_option" --no-home /usr /jcds-probe) in
        */jcds-probe*)
          echo "$jcds_name works"
          return
          ;;
      esac
    done
    return
  done
}
jcds_try_bubblewrap() {
  case $(jcds_briefly bwrap --cap-drop ALL --ro-bind / / --proc /proc bwrap --version) in
    bubblewrap*) echo 'bubblewrap works' ;;
  esac
}
jcds_print_runtimes() {
  jcds_text=''
  for jcds_name in apptainer singularity bubblewrap; do
    case $jcds_answers in
      *" $jcds_name=works "*) jcds_text=${jcds_text:+$jcds_text,}$jcds_name ;;
    esac
  done
  printf '@RUNTIMES@ = "%s"\n' "$jcds_text"
}
