#!/bin/bash
# hang.sh DIRECTORY SQUASHFS: mounts SQUASHFS on DIRECTORY through FUSE, so that the mount can hang or die like a CVMFS client.
# Prints "mounted PID", then obeys the words on its standard input, answering each when done:
#   stop      the file system's process is stopped: whoever looks below DIRECTORY waits, and cannot be killed by SIGTERM alone
#   continue  it goes on; those who waited get their answers
#   kill      it is killed: every look says ENOTCONN (mount still there)
# At the end of its input, and at SIGINT, SIGTERM and SIGHUP, everything is put in order again, whatever the state was.
set -u
[ $# = 2 ] || { sed -n '2,7s/^# //p' "$0" >&2; exit 2; }
directory=$(realpath "$1") squashfs=$2

clean_up() {
  trap '' INT TERM HUP
  [ -z "${filesystem:-}" ] || kill -CONT "$filesystem" 2>/dev/null
  is_mounted && { fusermount3 -u -z "$directory" || umount -l "$directory"; } 2>/dev/null
  [ -z "${filesystem:-}" ] || kill -KILL "$filesystem" 2>/dev/null
  wait 2>/dev/null
}

# From the kernel's table: asking the directory itself could hang.
is_mounted() { awk -v directory="$directory" '$5 == directory { found = 1 } END { exit !found }' /proc/self/mountinfo; }

# A stop is complete when the process's state says so.
wait_for_state() { until [[ $(< "/proc/$filesystem/stat") == *") $1 "* ]]; do sleep 0.01; done; }

trap clean_up EXIT
trap 'exit 1' INT TERM HUP
# Nothing is remembered by the kernel, so that every look reaches the process. Others than the mounter may look if that is root.
options=attr_timeout=0,entry_timeout=0,negative_timeout=0
[ "$(id -u)" != 0 ] || options=$options,allow_other
setpriv --pdeathsig KILL squashfuse -f -o "$options" "$squashfs" "$directory" < /dev/null > /dev/null &
filesystem=$!
until is_mounted; do kill -0 "$filesystem" 2>/dev/null || exit 1; sleep 0.01; done
echo "mounted $filesystem"
while read -r word; do
  case $word in
    stop) kill -STOP "$filesystem" && wait_for_state T ;;
    continue) kill -CONT "$filesystem" ;;
    kill) kill -KILL "$filesystem"; wait "$filesystem" 2>/dev/null; filesystem= ;;
    *) echo "unknown word: $word"; continue ;;
  esac
  echo "$word: done"
done
