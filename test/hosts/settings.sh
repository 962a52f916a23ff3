# shellcheck shell=bash disable=SC2034,SC2154,SC1091,SC2016
# settings.sh: where the host tests put things; sourced by the scripts of this folder. Every value can be given beforehand.
: "${JCDS_TEST_ROOT:=/srv/jcds-test}"           # repositories (mounted), squashfs files, roots of newer suites
: "${JCDS_TEST_CACHE:=/var/cache/jcds-test}"    # downloads and things that can be made again
: "${JCDS_TEST_OPT:=/opt/jcds-test}"            # programs that are not Debian 12's
: "${JCDS_TEST_LINKS:=/usr/local/bin}"          # where links to those programs go
: "${JCDS_TEST_USER:=jcdstest}"                 # the ordinary user

debian_keyring=/usr/share/keyrings/debian-archive-keyring.gpg
apt_options=(-q -y --no-install-recommends -o DPkg::Lock::Timeout=600 -o Acquire::Check-Valid-Until=false -o Acquire::Languages=none)

# The Debian mirror that this system's own apt sources name. Which of them is Debian is told by the Release file, so it must be there.
debian_mirror() {
  debian_index | grep -q . || apt-get "${apt_options[@]}" update >&2
  debian_index | head -n 1
}

debian_index() { apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Label: Debian'; }

# Installs Debian packages of this system's suite; the index is fetched only where the first try finds a package missing.
install_packages() {
  apt-get "${apt_options[@]}" install "$@" && return
  apt-get "${apt_options[@]}" update
  apt-get "${apt_options[@]}" install "$@"
}

are_installed() {
  local state
  state=$(dpkg-query -W -f '${db:Status-Abbrev}\n' "$@" 2>/dev/null) || return 1
  ! grep -qv '^ii' <<<"$state"
}

# Runs a command while package scripts are told to start no daemon (policy-rc.d; 101 is "forbidden by policy").
without_daemons() {
  local policy=/usr/sbin/policy-rc.d code=0
  [ -e "$policy" ] && { "$@"; return; }
  printf '#!/bin/sh\nexit 101\n' > "$policy" && chmod 755 "$policy"
  "$@" || code=$?
  rm -f "$policy"
  return $code
}

suite_tree() { echo "$JCDS_TEST_ROOT/suites/$1"; }

# The test user in the tree of another suite, with the numbers that it has on this host.
add_user_to_tree() {
  local file
  for file in passwd group subuid subgid; do
    grep -q "^$JCDS_TEST_USER:" "$1/etc/$file" || grep "^$JCDS_TEST_USER:" "/etc/$file" >> "$1/etc/$file"
  done
  grep -q "^$JCDS_TEST_USER:" "$1/etc/shadow" || echo "$JCDS_TEST_USER:*:19000:0:99999:7:::" >> "$1/etc/shadow"
}
