# shellcheck shell=bash disable=SC2034,SC2154,SC1091,SC2016
# Debian 12 has podman 4.3; many hosts have a newer one, which behaves differently and has another crun.
summary='podman 5.4 in a tree of its own, from Debian 13'
seconds=48

is_done() {
  local tree
  tree=$(suite_tree podman)
  [ -x "$tree/usr/bin/podman" ] && [ -x "$tree/usr/bin/tini-static" ] && grep -q "^$JCDS_TEST_USER:" "$tree/etc/subuid"
}

install_step() {
  local tree
  tree=$(suite_tree podman)
  [ -x "$tree/usr/bin/podman" ] || make_tree "$tree" || return
  add_user_to_tree "$tree"
}

make_tree() {
  mkdir -p "${1%/*}"
  rm -rf "$1.new" "$1"
  mmdebstrap --variant=minbase --aptopt='Acquire::Check-Valid-Until "false"' --dpkgopt='path-exclude=/usr/share/doc/*' \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
    --include=podman,crun,uidmap,tini,fuse-overlayfs,procps,util-linux trixie "$1.new" "$(debian_mirror)" && mv "$1.new" "$1"
}
