#!/bin/bash
# shellcheck disable=SC1091
# enter.sh SUITE COMMAND [ARGUMENT…]: runs COMMAND as root in the tree of a newer Debian suite, in a mount namespace of its own.
# The test repositories are at /cvmfs there; /tmp, /home, Apptainer, the Nodes and this checkout are at their own places.
# By pivot_root, since a process after chroot may not make user namespaces, which rootless runtimes live on.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/settings.sh"
[ $# -ge 2 ] || { sed -n '3,5s/^# //p' "$0" >&2; exit 2; }

tree=$(suite_tree "$1") checkout=$(realpath "$here/../..")
shift
[ -d "$tree/usr" ] || { echo "enter.sh: there is no $tree; install.sh condor makes it" >&2; exit 1; }
# shellcheck disable=SC2016
inside='
  tree=$1 cvmfs=$2
  shift 2
  mount --bind "$tree" "$tree"
  mkdir -p "$tree/cvmfs" "$tree/.old"
  mount --rbind "$cvmfs" "$tree/cvmfs"
  while [ "$1" != -- ]; do
    if [ -d "$1" ]; then mkdir -p "$tree$1"; mount --rbind "$1" "$tree$1"; fi
    shift
  done
  shift
  for file in /etc/resolv.conf /etc/hosts; do cp -L "$file" "$tree$file" 2>/dev/null || true; done
  cd "$tree"
  pivot_root . .old
  cd /
  umount -l /.old
  exec "$@"'
exec unshare --mount --propagation private /bin/sh -ec "$inside" enter.sh "$tree" "$JCDS_TEST_ROOT/cvmfs" \
  /proc /sys /dev /tmp /home "$JCDS_TEST_OPT" "$JCDS_TEST_CACHE/nodes" "$checkout" -- "$@"
