# shellcheck shell=bash disable=SC2034,SC2154,SC1091,SC2016
summary='the HTCondor pool of a suite, started on loopback (pool.sh SUITE stop ends it); argument sid or trixie'
seconds=6

is_done() { "$here/pool.sh" "${1:-sid}" run timeout 10 condor_status -af Name 2>/dev/null | grep -q .; }

install_step() { "$here/pool.sh" "${1:-sid}" start; }
