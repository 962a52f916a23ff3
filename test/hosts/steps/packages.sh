# shellcheck shell=bash disable=SC2034,SC2154,SC1091,SC2016
summary='Debian 12 packages: bubblewrap, squashfs, FUSE, strace, mmdebstrap, umoci, buildah, shells, shellcheck, ARM by qemu'
seconds=41
packages=(bubblewrap squashfs-tools squashfuse fuse3 strace mmdebstrap umoci skopeo buildah zsh fish shellcheck uidmap busybox-static
  patchelf fakeroot faketime ca-certificates jq python3-minimal attr bash-completion qemu-user libc6-arm64-cross
  environment-modules gcc libc6-dev)

is_done() { are_installed "${packages[@]}"; }

install_step() { install_packages "${packages[@]}"; }
