#!/bin/bash
# shellcheck disable=SC1091
# private.sh [--user NAME] [--cvmfs DIRECTORY] [--cgroup2] [--] COMMAND [ARGUMENT…]
# Runs COMMAND, as root or as the user NAME, in a mount namespace of its own where DIRECTORY (default: the test repositories)
# is bound at /cvmfs; --cgroup2 shows it a plain cgroup2 on a host that has both kinds, which crun and podman refuse.
# It ends in exec: COMMAND has this process's id, signals, descriptors and exit code.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/settings.sh"

user='' cvmfs=$JCDS_TEST_ROOT/cvmfs cgroups=as-they-are
while [ $# -gt 0 ]; do
  case $1 in
    --user) user=$2; shift 2 ;;
    --cvmfs) cvmfs=$2; shift 2 ;;
    --cgroup2) cgroups=2; shift ;;
    --) shift; break ;;
    -*) sed -n '3,6s/^# //p' "$0" >&2; exit 2 ;;
    *) break ;;
  esac
done
[ $# -gt 0 ] || { sed -n '3,6s/^# //p' "$0" >&2; exit 2; }
[ "$(id -u)" = 0 ] || { echo 'private.sh: only root can bind /cvmfs' >&2; exit 1; }
[ -d /cvmfs ] || mkdir /cvmfs

as_user=()
if [ -n "$user" ]; then
  IFS=: read -r name _ uid gid _ home _ < <(getent passwd "$user") || { echo "private.sh: no user $user" >&2; exit 1; }
  as_user=(setpriv --reuid="$uid" --regid="$gid" --init-groups --inh-caps=-all --)
  export HOME=$home USER=$name LOGNAME=$name
fi
# shellcheck disable=SC2016
inside='mount --rbind "$1" /cvmfs
  if [ "$2" = 2 ]; then umount -R /sys/fs/cgroup; mount -t cgroup2 none /sys/fs/cgroup; fi
  shift 2
  exec "$@"'
exec unshare --mount --propagation private /bin/sh -ec "$inside" private.sh "$cvmfs" "$cgroups" "${as_user[@]}" "$@"
