#!/bin/bash
# shellcheck disable=SC1091,SC2154
# install.sh: puts the real components of the host tests on a bare Debian 12, as root. A step that is done already is left alone.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/settings.sh"
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:$PATH
cd /

ordinary_steps=(packages apptainer user images mounts nodes registry runtimes podman condor)   # what `all` does, in this order
later_steps=(condor-start)                     # for HTCondor

usage() {
  echo 'usage: install.sh all | status | STEP [ARGUMENT]'
  echo 'Steps, and the seconds each took on two cores from bare; "all" does those marked with *:'
  for step in "${ordinary_steps[@]}"; do (load "$step" && printf '* %-13s %3s s  %s\n' "$step" "$seconds" "$summary"); done
  for step in "${later_steps[@]}"; do (load "$step" && printf '  %-13s %3s s  %s\n' "$step" "$seconds" "$summary"); done
  echo "Settings (from the environment): JCDS_TEST_ROOT=$JCDS_TEST_ROOT JCDS_TEST_CACHE=$JCDS_TEST_CACHE"
  echo "  JCDS_TEST_OPT=$JCDS_TEST_OPT JCDS_TEST_LINKS=$JCDS_TEST_LINKS JCDS_TEST_USER=$JCDS_TEST_USER"
}

# A step is a file that sets $summary and $seconds and defines is_done and install_step; it is loaded in a subshell.
load() {
  case " ${ordinary_steps[*]} ${later_steps[*]} " in *" $1 "*) ;; *) return 1 ;; esac
  # shellcheck disable=SC1090
  . "$here/steps/$1.sh"
}

run_step() (
  step=$1
  shift
  load "$step" || { usage >&2; exit 2; }
  is_done "$@" && { echo "$step: there already"; exit 0; }
  [ "$(id -u)" = 0 ] || { echo "$step: only root can install $summary" >&2; exit 1; }
  echo "$step: $summary (about $seconds s)"
  mkdir -p "$JCDS_TEST_CACHE/log"
  log=$JCDS_TEST_CACHE/log/$step.log
  exec 9> "$JCDS_TEST_CACHE/lock"
  flock 9
  SECONDS=0
  if install_step "$@" > "$log" 2>&1 9>&- && is_done "$@"; then echo "$step: done in $SECONDS s"; exit 0; fi
  tail -n 20 "$log" >&2
  echo "$step: failed after $SECONDS s; the whole output is in $log" >&2
  exit 1
)

status() {
  local step missing=0
  for step in "${ordinary_steps[@]}" "${later_steps[@]}"; do
    if (load "$step" && is_done); then echo "$step: done"; else
      echo "$step: not done"
      case " ${ordinary_steps[*]} " in *" $step "*) missing=1 ;; esac
    fi
  done
  return $missing
}

case ${1:-} in
  all) for step in "${ordinary_steps[@]}"; do run_step "$step" || exit 1; done ;;
  status) status ;;
  '' | -h | --help | help) usage ;;
  *) run_step "$@" ;;
esac
