#!/bin/sh
# stage.sh COMMANDS: a whole host of its own for one start, in the mount namespace that this was started in (as root, by
# `unshare --mount --propagation private`): homes, /tmp, /lustre, /eos and /data are new, and vanish with it. Runs the file
# COMMANDS there as the ordinary user, and then says what is left on the host. Settings come from the environment:
# JUDGE_WORK (host/ of host.sh, etc/, user/), JUDGE_ETC (one of etc/), JUDGE_IMAGES (for /cvmfs), JUDGE_PROJECT, JUDGE_UID, JUDGE_CGROUP2,
# JUDGE_ROOT_LINES (what root does before). It is run thousands of times, so it starts few programs.
set -e
root=$JUDGE_WORK/root
mount -t tmpfs -o mode=755 none "$root"
cp -a "$JUDGE_WORK/host/." "$root/"
cd "$root"
for entry in *; do
  case $entry in cvmfs | data | eos | etc | home | judge | judge-project | lustre | scratch | tmp) continue ;; esac
  [ -L "$entry" ] || mount --rbind "/$entry" "$entry"
done
mount --bind "$JUDGE_WORK/etc/$JUDGE_ETC" etc
mount --bind "$JUDGE_WORK/user" judge
mount --bind "$JUDGE_PROJECT" judge-project
mount --bind "$JUDGE_IMAGES" cvmfs
mount -o remount,ro,bind cvmfs
mount --bind tmp tmp
mount --bind .var-tmp var/tmp
mount -t tmpfs -o mode=1777 none dev/shm
[ -z "$JUDGE_CGROUP2" ] || { umount -R sys/fs/cgroup; mount -t cgroup2 none sys/fs/cgroup; }
pivot_root . .old
cd /
umount -l /.old

left() { find /home /tmp /var/tmp /lustre /eos /data /scratch -mindepth 1 \( -name .apptainer -o -name .cache -o -name .config -o -name .local \) -prune -o -printf '%y %p\n'; }
eval "$JUDGE_ROOT_LINES"
left > /.judge-before
code=0
setpriv --reuid "$JUDGE_UID" --regid "$JUDGE_UID" --clear-groups --inh-caps=-all -- /bin/sh "$1" || code=$?
left > /.judge-after
cmp -s /.judge-before /.judge-after || { LC_ALL=C sort -o /.judge-before /.judge-before; LC_ALL=C sort /.judge-after | LC_ALL=C diff /.judge-before - | sed -n 's/^\([<>]\) \(.*\)/left\t\1 \2/p'; }
exit $code
