# shellcheck shell=bash disable=SC2034,SC2154,SC1091,SC2016
summary='the other runtimes of Debian 12: podman, containerd, docker, charliecloud, crun, runc; no daemon is started'
seconds=14

# A program of each package: a host may have one from elsewhere (Docker's own packages would be removed for Debian's).
programs=(podman:podman crun:crun runc:runc ctr:containerd ch-run:charliecloud-runtime dockerd:docker.io catatonit:catatonit
  slirp4netns:slirp4netns fuse-overlayfs:fuse-overlayfs newuidmap:uidmap)

missing_packages() {
  local pair
  for pair in "${programs[@]}"; do command -v "${pair%%:*}" >/dev/null || echo "${pair#*:}"; done
}

is_done() { [ -z "$(missing_packages)" ]; }

install_step() {
  local packages
  mapfile -t packages < <(missing_packages)
  without_daemons install_packages "${packages[@]}"
}
