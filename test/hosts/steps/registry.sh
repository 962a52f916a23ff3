# shellcheck shell=bash disable=SC2034,SC2154,SC1091,SC2016
summary='the OCI registry of Debian 12 (docker-registry) and skopeo; it is not started: registry.sh does that'
seconds=2
packages=(docker-registry skopeo)

is_done() { are_installed "${packages[@]}"; }

install_step() { without_daemons install_packages "${packages[@]}"; }
