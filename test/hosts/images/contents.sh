# shellcheck shell=bash disable=SC2034,SC2154,SC1091,SC2016
# contents.sh: the root filesystems of the test images and their OCI layouts. Sourced by steps/images.sh, which sets $work.
# A "root" is a directory that a test image is made of; a "sandbox" is what `apptainer build --fix-perms --sandbox` leaves of an
# OCI image, which is what OSG's synchronisation publishes (with /srv and /cvmfs added).

# debian_root: a real Debian 12, small: no documentation and no translations.
debian_root() {
  [ ! -e "$work/roots/debian/etc/os-release" ] || return 0
  rm -rf "$work/roots/debian" "$work/debian.new"
  mkdir -p "$work/roots"
  mmdebstrap --quiet --variant=minbase --aptopt='Acquire::Check-Valid-Until "false"' --dpkgopt='path-exclude=/usr/share/doc/*' \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/i18n/*' \
    bookworm "$work/debian.new" "$(debian_mirror)" || return
  find "$work/debian.new/dev" -mindepth 1 -delete
  : > "$work/debian.new/etc/resolv.conf"
  mv "$work/debian.new" "$work/roots/debian"
}

# new_root NAME PROGRAM…: an empty root with a static busybox and links to it in /bin; prints its path.
new_root() {
  local root=$work/roots/$1 program
  shift
  rm -rf "$root"
  mkdir -p "$root/bin" "$root/etc"
  cp /bin/busybox "$root/bin/busybox"
  for program in "$@"; do ln -s busybox "$root/bin/$program"; done
  echo "$root"
}

everyday=(sh ls cat id env true false mount umount pwd touch sleep echo printf readlink kill head wc test grep tr ps rm mkdir)

# with_mount_points ROOT: the directories and files that every runtime wants to find.
with_mount_points() {
  mkdir -p "$1"/{proc,sys,dev,tmp,var/tmp,run,home,root,usr/bin,srv,cvmfs}
  chmod 1777 "$1/tmp" "$1/var/tmp"
  printf 'root:x:0:0:root:/root:/bin/sh\n' > "$1/etc/passwd"
  printf 'root:x:0:\n' > "$1/etc/group"
  : > "$1/etc/resolv.conf"
  : > "$1/etc/hosts"
}

# oci_image NAME ROOT [umoci config option…]: an OCI layout of one layer in $work/oci/NAME, tag "latest".
oci_image() {
  local name=$1 layout=$work/oci/$1
  new_layout "$name" && add_layer "$name" "$2" || return
  shift 2
  umoci config --no-history --image "$layout:latest" --created 2026-01-01T00:00:00Z "$@" && umoci gc --layout "$layout"
}

new_layout() {
  rm -rf "$work/oci/$1"
  mkdir -p "$work/oci"
  umoci init --layout "$work/oci/$1" && umoci new --image "$work/oci/$1:latest"
}

# add_layer NAME ROOT: the same files give the same layer: no times, owners or order of this machine.
add_layer() {
  tar -C "$2" --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -cf "$work/layer.tar" . \
    && umoci raw add-layer --no-history --image "$work/oci/$1:latest" "$work/layer.tar"
}

# sandbox NAME FROM: what Apptainer makes of the OCI layout NAME had it come from `docker://FROM`.
sandbox() {
  local made=$work/sandboxes/$1
  rm -rf "$made"
  mkdir -p "$work/sandboxes"
  APPTAINER_CACHEDIR=$work/apptainer-cache apptainer -q build --fix-perms --sandbox "$made" "oci:$work/oci/$1" || return
  sed -i -e 's/^bootstrap: oci$/bootstrap: docker/' -e "s|^from: .*|from: $2|" "$made/.singularity.d/Singularity"
  sed -i -e '/deffile.bootstrap/s/"oci"/"docker"/' -e "/deffile.from/s|: \".*\"|: \"$2\"|" "$made/.singularity.d/labels.json"
  mkdir -p "$made/srv" "$made/cvmfs"
}

bmn_image() {
  local layout=$work/oci/bmn extra=$work/roots/bmn-extra
  rm -rf "$extra" "$layout"
  mkdir -p "$extra/opt/app/bin"
  # shellcheck disable=SC2016
  printf '#!/bin/sh\necho "ENTRY args:" "$@"\nexec "$@"\n' > "$extra/opt/app/entry.sh"
  printf '#!/bin/sh\necho "bmn 1.0"\n' > "$extra/opt/app/bin/bmn"
  chmod 755 "$extra/opt/app/entry.sh" "$extra/opt/app/bin/bmn"
  cp -a "$work/oci/debian" "$layout" && add_layer bmn "$extra" || return
  umoci config --no-history --image "$layout:latest" --created 2026-01-01T00:00:00Z --config.cmd echo --config.cmd 'hello world' \
    --config.env 'PATH=/opt/app/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' --config.env 'FOO=bar baz' \
    --config.env EMPTY= --config.env LD_LIBRARY_PATH=/opt/app/lib --config.entrypoint /opt/app/entry.sh --config.workingdir /opt/app \
    --config.user 2000 --config.label org.test.a=1 && umoci gc --layout "$layout"
}

debian_image() {
  oci_image debian "$work/roots/debian" --config.cmd bash --config.env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
}

bare_root() { new_root bare "${everyday[@]}" > /dev/null; }

small_image() {
  local root
  root=$(new_root small "${everyday[@]}") && with_mount_points "$root" || return
  oci_image small "$root" --config.env PATH=/usr/bin:/bin --config.env SMALL=yes --config.cmd /bin/sh
}

# Values that Apptainer writes down wrongly; in `perverse` one of them makes it drop the whole file without a word.
hard_values() {
  # shellcheck disable=SC2016
  printf '%s\n' PATH=/usr/bin:/bin 'SPACES=  two  ' 'DOLLAR=a$HOME "q" \ z' 'COMMAND=$(echo ran)' EMPTY= 'UTF8=Дубна' 'EQUALS=a=b=c' 'STAR=*' 'HASH=#x'
}

hard_image() {
  local options=() value
  while IFS= read -r value; do options+=(--config.env "$value"); done < <(hard_values)
  options+=(--config.env $'LINES=one\ntwo' --config.cmd env)
  oci_image hard "$work/roots/small" "${options[@]}"
}

perverse_image() {
  local options=() value
  while IFS= read -r value; do options+=(--config.env "$value"); done < <(hard_values)
  options+=(--config.env "ODD=it's a \`tick" --config.cmd env)
  oci_image perverse "$work/roots/small" "${options[@]}"
}

# One static program under one name, as in "distroless" images: no shell.
noshell_image() {
  local root
  root=$(new_root noshell) && with_mount_points "$root" && mv "$root/bin/busybox" "$root/bin/cat" || return
  oci_image noshell "$root" --config.env PATH=/bin --config.entrypoint /bin/cat --config.cmd /etc/passwd
}

# Programs of another machine: an ELF header (64 bytes) that says executable, AArch64 (e_machine 183), and nothing behind it.
arm64_root() {
  local root program
  root=$(new_root arm64) && with_mount_points "$root" || return
  rm "$root/bin/busybox"
  for program in sh cat true env; do
    printf '\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0\xb7\0\x01' > "$root/bin/$program"
    truncate -s 64 "$root/bin/$program"
    chmod 755 "$root/bin/$program"
  done
}

# Tools that a runtime may never take from the image: each says so and succeeds.
falsetools_root() {
  local root tool folder
  root=$(new_root falsetools sh ls cat id true echo readlink grep) && with_mount_points "$root" && mkdir -p "$root/sbin" "$root/usr/sbin" || return
  for tool in setpriv umount mount env pivot_root unshare chroot nsenter capsh; do
    for folder in bin sbin usr/bin usr/sbin; do
      printf '#!/bin/sh\necho "FALSE TOOL %s of the image was run"\nexit 0\n' "$tool" > "$root/$folder/$tool"
      chmod 755 "$root/$folder/$tool"
    done
  done
}

# A merged /usr whose links are absolute: read on the host they lead to the host's files.
abslinks_root() {
  local root program
  root=$(new_root abslinks) && mkdir -p "$root/usr/sbin" "$root/usr/lib" "$root/etc/alternatives" "$root/opt/tool" && with_mount_points "$root" || return
  mv "$root/bin/busybox" "$root/usr/bin/busybox"
  rmdir "$root/bin"
  for program in bin sbin lib; do ln -s "/usr/$program" "$root/$program"; done
  for program in "${everyday[@]}"; do ln -s /bin/busybox "$root/usr/bin/$program"; done
  printf '#!/bin/sh\necho "the tool of the image"\n' > "$root/opt/tool/run"
  chmod 755 "$root/opt/tool/run"
  ln -s /etc/alternatives/imagetool "$root/usr/bin/imagetool"
  ln -s /opt/tool/run "$root/etc/alternatives/imagetool"
  # On the host this name leads to a program that is there; in the image to nothing.
  ln -s /usr/sbin/useradd "$root/usr/bin/hostonly"
}
