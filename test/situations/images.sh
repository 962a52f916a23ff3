#!/bin/bash
# shellcheck disable=SC1091,SC2154,SC2016 # lines of "variant" are evaluated later
# images.sh: makes the images of the situations by hard links, once, and prints the directory that holds them: it is what a
# host has at /cvmfs, with OSG's layout in containers.jinr.ru and CERN's in unpacked.cern.ch. As root after test/hosts/install.sh.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/../hosts/settings.sh"
stamp=$(cat "$here/images.sh" "$here/probe.sh" "$JCDS_TEST_ROOT/cvmfs/containers.jinr.ru/.stamp" | sha256sum | cut -c 1-12)
made=$JCDS_TEST_CACHE/situations-$stamp
mkdir -p "$JCDS_TEST_CACHE"
exec 9> "$JCDS_TEST_CACHE/situations.lock"
flock 9
if [ -e "$made/.done" ]; then echo "$made/cvmfs"; exit 0; fi
rm -rf "$made"
umask 022
uid=$(id -u "$JCDS_TEST_USER")

published() { readlink "$JCDS_TEST_ROOT/cvmfs/containers.jinr.ru/$1" | sed "s|^/cvmfs|$JCDS_TEST_ROOT/cvmfs|"; }

# base NAME PUBLISHED: a copy that hard links can be made of, with the probe and the one program that it needs.
base() {
  local root=$made/bases/$1
  mkdir -p "$made/bases"
  cp -a "$(published "$2")" "$root"
  cp /bin/busybox "$root/bin/busybox-judge"
  install -m 755 "$here/probe.sh" "$root/bin/judge-probe"
  chown -R 0:0 "$root"
  # Something to tell the image's own directories by.
  mkdir -p "$root/opt/own" "$root/srv"
  touch "$root/opt/own/.mark-image"
}

# variant NAME BASE [LINES]: in both layouts; LINES change it, in its root.
variant() {
  local name=$1 digest osg cern
  digest=$(printf %s "$name" | sha256sum | cut -c 1-64)
  osg=$made/cvmfs/containers.jinr.ru/.images/${digest:0:2}/${digest:2}
  cern=$made/cvmfs/unpacked.cern.ch/.flat/${digest:0:2}/$digest
  mkdir -p "$(dirname "$osg")" "$(dirname "$cern")" "$made"/cvmfs/{containers.jinr.ru/library,unpacked.cern.ch/registry.hub.docker.com/library}
  cp -al "$made/bases/$2" "$osg"
  mkdir -p "$osg/cvmfs"
  (cd "$osg" && eval "${3:-:}")
  cp -al "$osg" "$cern"
  rm -f "$cern/.singularity.d/Singularity" "$cern/.singularity.d/labels.json"
  ln -s "/cvmfs/containers.jinr.ru/.images/${digest:0:2}/${digest:2}" "$made/cvmfs/containers.jinr.ru/library/$name:1"
  ln -s "../../.flat/${digest:0:2}/$digest" "$made/cvmfs/unpacked.cern.ch/registry.hub.docker.com/library/$name:1"
}

# own FILE: breaks the hard link of a file that is to be changed.
own() { cp -p "$1" "$1.own" && mv "$1.own" "$1"; }

# image_env NAME VALUE: one more line of the image's ENV, as Apptainer writes it.
image_env() {
  own .singularity.d/env/10-docker2singularity.sh
  printf 'export %s="${%s:-"%s"}"\n' "$1" "$1" "$2" >> .singularity.d/env/10-docker2singularity.sh
}

base debian nica/docker-images/bmn:latest
base small library/small:1
base plain library/plain:12

variant debian debian
variant small small
variant plain plain
variant tmp-link debian 'rmdir tmp; ln -s var/tmp tmp'
variant vartmp-link debian 'rmdir var/tmp; ln -s ../../tmp var/tmp'
variant tmp-dangling debian 'rmdir tmp; ln -s /scratch/tmp tmp'
variant home-link debian 'rmdir home; mkdir -p usr/home/inner; ln -s usr/home home'
variant no-home small 'rmdir home'
variant run-link debian 'rm -rf run var/run; mkdir var/run; ln -s var/run run'
variant no-dev debian 'rm -rf dev'
variant no-passwd small 'rm etc/passwd etc/group'
variant own-uid debian "own etc/passwd; echo 'ubuntu:x:$uid:$uid:Ubuntu:/home/ubuntu:/bin/sh' >> etc/passwd; own etc/group; echo 'ubuntu:x:$uid:' >> etc/group; mkdir home/ubuntu"
variant own-name small "own etc/passwd; echo '$JCDS_TEST_USER:x:4242:4242::/home/other:/bin/sh' >> etc/passwd"
variant many debian 'mkdir usr/lib/big; (cd usr/lib/big && seq -f "libfile%g.so.1" 1 4000 | xargs touch)'
variant many-homes small 'cd home; seq -f "user%g" 1 4000 | xargs mkdir'
variant raw-name debian 'mkdir "$(printf "bad\377")"; touch "$(printf "opt/own/worse\376")"'
variant env90 debian 'rm .singularity.d/env/90-environment.sh; printf "#!/bin/sh\nexport FROM90=yes\nexport FOO=of90\n" > .singularity.d/env/90-environment.sh; chmod 755 .singularity.d/env/90-environment.sh'
variant env90-lines debian '(cat; echo "export LATER=\$FROM_LINES") > .singularity.d/env/91-environment.sh <<"END"
#!/bin/sh
# of %post
export FROM_LINES=plain QUOTED="two $FOO words" HOSTS="[$OTHER]" HERE=$PWD
PATH="/opt/nine:${PATH}"
NOT_EXPORTED=x
UNSET=x; export UNSET; unset UNSET
export LD_LIBRARY_PATH=/opt/nine/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH} \
  NONE=${NONE:-"$HOME/none"} SINGLE='"'"'$x "y"'"'"'
export FOO
FOO=later
END'
variant env90-code debian 'printf "if true; then export FROM_CODE=yes; fi\n" > .singularity.d/env/91-environment.sh'
variant hep-env debian 'image_env OMP_NUM_THREADS 1; image_env TZ UTC'
variant own-cvmfs debian 'mkdir -p cvmfs/local.repo; touch cvmfs/local.repo/.mark-image'
variant own-eos small 'mkdir -p eos/inner lustre data; touch eos/.mark-image lustre/.mark-image'
variant own-zone debian 'rm -f etc/localtime; cp usr/share/zoneinfo/Asia/Kolkata etc/localtime 2>/dev/null || touch etc/localtime'
variant no-zone small 'rm -f etc/localtime etc/hosts etc/resolv.conf'
variant etc-links debian 'for f in hosts resolv.conf; do rm -f etc/$f; mkdir -p usr/etc; echo "# image" > usr/etc/$f; ln -s ../usr/etc/$f etc/$f; done'
touch "$made/.done"
echo "$made/cvmfs"
