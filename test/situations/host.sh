#!/bin/sh
# host.sh WORK UID: makes WORK/host, which every stage begins as a copy of: the homes, /tmp, /lustre, /eos and /data of the user UID,
# and an empty place for whatever else stands in the root. It makes what else stage.sh wants in WORK, too. As root, once.
set -e
umask 022
uid=$2
host=$1/host
cd "$1"
chmod 755 .
mkdir root host etc commands user user/cache
chmod 1777 user user/cache
cd /
for entry in *; do
  case $entry in cvmfs | data | eos | etc | home | judge | judge-project | lost+found | lustre | scratch | tmp) continue ;; esac
  if [ -L "$entry" ]; then cp -P "$entry" "$host/"; elif [ -d "$entry" ]; then mkdir "$host/$entry"; fi
done
cd "$host"
mkdir cvmfs data eos etc home judge judge-project lustre scratch tmp .old .var-tmp
# A file .mark-NAME tells which directory one is in.
mkdir -p home/me/sub lustre/me/data lustre/me/scratch lustre/me/tickets lustre/far/below lustre/home lustre/open/child lustre/open/closed \
  eos/data data/a/inner data/nest/in data/files data/many scratch/tmp tmp/job tmp/home .var-tmp/job
for place in home/me home/me/sub lustre lustre/me lustre/me/data lustre/me/scratch lustre/me/tickets lustre/far lustre/far/below lustre/home lustre/open \
  lustre/open/child lustre/open/closed eos eos/data data data/a data/a/inner data/nest data/nest/in scratch/tmp tmp tmp/job tmp/home; do
  : > "$place/.mark-$(echo "$place" | tr / -)"
done
: > .var-tmp/.mark-var-tmp
ln -s /lustre/me home/me/work
ln -s /lustre/far/below home/me/below
ln -s me home/link
ln -s /data/a data/link
ln -s /lustre/me/proxy home/me/proxy-link
cp /etc/passwd /etc/group /etc/hosts data/files/
echo 'mary:x:7777:7777::/:/bin/sh' >> data/files/passwd
echo 'marys:x:7777:' >> data/files/group
echo '127.9.9.9 of-the-bind' >> data/files/hosts
echo 'nameserver 127.9.9.9' > data/files/resolv.conf
for file in /lustre/me/proxy /tmp/x509up_u "/tmp/x509up_u$uid" /lustre/me/tickets/tkt /lustre/me/cc /lustre/me/token /data/a/file /home/me/note; do
  echo "$file" > ".$file"
done
chown -Rh "$uid:$uid" home/me home/link lustre/me lustre/far lustre/home lustre/open eos data scratch tmp .var-tmp
chown root: tmp .var-tmp lustre/open/closed
chmod 1777 tmp .var-tmp
chmod 700 lustre/open/closed
chmod 600 lustre/me/proxy tmp/x509up_u*
