#!/bin/bash
# shellcheck disable=SC1091
# pool.sh SUITE start | stop | run [--user] COMMAND [ARGUMENT…]: a real HTCondor pool of one machine, on loopback, from the tree
# of a newer Debian suite (install.sh condor SUITE). `run` puts COMMAND into the pool's own mount namespace, as root or as the
# test user, in that user's home. Jobs run there too: what they need lies in /home, /cvmfs, /opt/jcds or in this checkout, not in
# /tmp, of which every job has its own.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/settings.sh"
usage() { sed -n '3,6s/^# //p' "$0" >&2; exit 2; }
[ $# -ge 2 ] || usage
suite=$1 action=$2
shift 2
pid_file=$(suite_tree "$suite")/run/condor/master.pid

# A master that nobody has reaped yet (state Z) is gone all the same.
is_running() { [ -s "$pid_file" ] && grep -q '(condor_master) [^Z]' "/proc/$(< "$pid_file")/stat" 2>/dev/null; }

inside() { nsenter --mount --root --wdns=/ --target "$(< "$pid_file")" "$@"; }

as_user() {
  local uid gid home
  IFS=: read -r _ _ uid gid _ home _ < <(getent passwd "$JCDS_TEST_USER")
  # shellcheck disable=SC2016
  inside setpriv --reuid="$uid" --regid="$gid" --init-groups --inh-caps=-all -- \
    env HOME="$home" USER="$JCDS_TEST_USER" LOGNAME="$JCDS_TEST_USER" sh -c 'cd "$HOME" && exec "$@"' sh "$@"
}

start() {
  is_running && return
  # shellcheck disable=SC2016
  setsid "$here/enter.sh" "$suite" sh -c '
    directories="/run/condor /var/lock/condor /var/lib/condor/execute /var/lib/condor/spool /var/spool/condor /var/log/condor"
    rm -rf /run/condor /var/lock/condor
    mkdir -p $directories /opt/jcds && chown condor:condor $directories /var/lib/condor
    exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin /usr/sbin/condor_master -pidfile /run/condor/master.pid' \
    < /dev/null > /dev/null 2>&1
  local try
  for try in $(seq 60); do
    if is_running && inside timeout 10 condor_status -af Name 2>/dev/null | grep -q .; then return; fi
    sleep 0.5
  done
  echo "pool.sh: the pool of $suite did not come up; its logs are in $(suite_tree "$suite")/var/log/condor ($try tries)" >&2
  return 1
}

# SIGQUIT is HTCondor's fast shutdown: jobs are killed, daemons leave; the master waits for all of them.
stop() {
  is_running || return 0
  local pid try
  pid=$(< "$pid_file")
  kill -QUIT "$pid"
  for try in $(seq 60); do is_running || { rm -f "$pid_file"; return 0; }; sleep 0.5; done
  echo "pool.sh: condor_master ($pid) is still there after $try tries" >&2
  return 1
}

case $action in
  start) start ;;
  stop) stop ;;
  run)
    is_running || { echo "pool.sh: the pool of $suite is not up; pool.sh $suite start" >&2; exit 1; }
    if [ "${1:-}" = --user ]; then shift; as_user "$@"; else inside "$@"; fi
    ;;
  *) usage ;;
esac
