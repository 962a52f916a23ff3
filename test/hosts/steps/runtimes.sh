# shellcheck shell=bash disable=SC2034,SC2154,SC1091,SC2016
summary='the other runtimes of Debian 12: podman, containerd, docker, charliecloud, crun, runc; no daemon is started'
seconds=14
packages=(podman crun runc containerd charliecloud-runtime docker.io catatonit slirp4netns fuse-overlayfs uidmap)

is_done() { are_installed "${packages[@]}"; }

install_step() { without_daemons install_packages "${packages[@]}"; }
