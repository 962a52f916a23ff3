#!/bin/sh
# stage.sh COMMANDS: a whole host of its own for one start, in the mount namespace that this was started in (as root, by
# `unshare --mount --propagation private`): homes, /tmp, /lustre, /eos and /data are new, and vanish with it. Runs the file
# COMMANDS there as the ordinary user, and then says what is left on the host. Settings come from the environment:
# JUDGE_WORK (etc/, user/), JUDGE_ETC (one of etc/), JUDGE_IMAGES (for /cvmfs), JUDGE_UID, JUDGE_CGROUP2,
# JUDGE_ROOT_LINES (what root does before).
set -e
root=$JUDGE_WORK/root
mount -t tmpfs -o mode=755 none "$root"
cd /
for entry in *; do
  case $entry in cvmfs | data | eos | etc | home | judge | lost+found | lustre | scratch | tmp) continue ;; esac
  if [ -L "$entry" ]; then cp -P "$entry" "$root/"; elif [ -d "$entry" ]; then mkdir "$root/$entry" && mount --rbind "/$entry" "$root/$entry"; fi
done
cd "$root"
mkdir cvmfs data eos etc home judge lustre scratch tmp .old
mount --bind "$JUDGE_WORK/etc/$JUDGE_ETC" etc
mount --bind "$JUDGE_WORK/user" judge
mount --bind "$JUDGE_IMAGES" cvmfs
mount -o remount,ro,bind cvmfs
mount -t tmpfs -o mode=1777 none tmp
mount -t tmpfs -o mode=1777 none var/tmp
mount -t tmpfs -o mode=1777 none dev/shm
[ -z "$JUDGE_CGROUP2" ] || { umount -R sys/fs/cgroup; mount -t cgroup2 none sys/fs/cgroup; }
pivot_root . .old
cd /
umount -l /.old
rmdir /.old

# The host of every situation. A file .mark-NAME tells which directory one is in.
mkdir -p /home/me/sub /lustre/me/data /lustre/me/scratch /lustre/me/tickets /lustre/far/below /lustre/home /lustre/open/child /lustre/open/closed \
  /eos/data /data/a/inner /data/nest/in /data/files /data/many /scratch/tmp /tmp/job /tmp/home /var/tmp/job
for place in home/me home/me/sub lustre lustre/me lustre/me/data lustre/me/scratch lustre/me/tickets lustre/far lustre/far/below lustre/home lustre/open \
  lustre/open/child lustre/open/closed eos eos/data data data/a data/a/inner data/nest data/nest/in scratch/tmp tmp tmp/job tmp/home var/tmp; do
  : > "/$place/.mark-$(echo "$place" | tr / -)"
done
ln -s /lustre/me /home/me/work
ln -s /lustre/far/below /home/me/below
ln -s me /home/link
ln -s /data/a /data/link
ln -s /lustre/me/proxy /home/me/proxy-link
cp /etc/passwd /etc/group /etc/hosts /data/files/
echo 'mary:x:7777:7777::/:/bin/sh' >> /data/files/passwd
echo 'marys:x:7777:' >> /data/files/group
echo '127.9.9.9 of-the-bind' >> /data/files/hosts
echo 'nameserver 127.9.9.9' > /data/files/resolv.conf
for file in /lustre/me/proxy /tmp/x509up_u "/tmp/x509up_u$JUDGE_UID" /lustre/me/tickets/tkt /lustre/me/cc /lustre/me/token /data/a/file /home/me/note; do echo "$file" > "$file"; done
chown -Rh "$JUDGE_UID:$JUDGE_UID" /home/me /home/link /lustre/me /lustre/far /lustre/home /lustre/open /eos /data /scratch /tmp/* /var/tmp/*
chown root: /lustre/open/closed
chmod 700 /lustre/open/closed
chmod 600 /lustre/me/proxy /tmp/x509up_u*

left() { find /home /tmp /var/tmp /lustre /eos /data /scratch -mindepth 1 \( -name .apptainer -o -name .cache -o -name .config -o -name .local \) -prune -o -printf '%y %p\n' | LC_ALL=C sort; }
eval "$JUDGE_ROOT_LINES"
left > /.judge-before
code=0
setpriv --reuid "$JUDGE_UID" --regid "$JUDGE_UID" --clear-groups --inh-caps=-all -- /bin/sh "$1" || code=$?
left | LC_ALL=C diff /.judge-before - | sed -n 's/^\([<>]\) \(.*\)/left\t\1 \2/p'
exit $code
