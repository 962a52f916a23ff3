# shellcheck shell=bash disable=SC2034,SC2154,SC1091,SC2016
# Debian has Apptainer in its unstable suite only, and there it needs a newer glibc than Debian 12's. Pinning would upgrade libc6
# and some thirty packages with it; so apt gets a state of its own for that suite, the packages are unpacked aside, and
# patchelf points the two executables at a private glibc. Nothing of the system changes but two links, and those only where the host
# has no program of that name: its own Apptainer is then the one that is tested, and HTCondor's trees still get this one.
summary='Apptainer of the unstable suite with a glibc of its own, and the links apptainer and singularity'
seconds=6

prefix=$JCDS_TEST_OPT/apptainer

is_done() {
  "$prefix/bin/apptainer" --version >/dev/null 2>&1 && apptainer --version >/dev/null 2>&1 && singularity --version >/dev/null 2>&1
}

install_step() {
  local name
  if ! "$prefix/bin/apptainer" --version >/dev/null 2>&1; then
    are_installed patchelf || install_packages patchelf
    download_packages && unpack_packages && point_at_private_glibc || return
  fi
  mkdir -p "$JCDS_TEST_LINKS"
  for name in apptainer singularity; do
    "$name" --version >/dev/null 2>&1 || ln -sfn "$prefix/bin/apptainer" "$JCDS_TEST_LINKS/$name" || return
  done
  apptainer --version
}

download_packages() {
  local state=$JCDS_TEST_CACHE/unstable options
  mkdir -p "$state"/{lists/partial,cache/archives/partial,parts,preferences,packages}
  printf 'deb [signed-by=%s] %s sid main\n' "$debian_keyring" "$(debian_mirror)" > "$state/sources.list"
  options=("${apt_options[@]}" -o APT::Sandbox::User=root -o Dir::Etc::sourcelist="$state/sources.list" -o Dir::Etc::sourceparts="$state/parts"
    -o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts="$state/preferences"
    -o Dir::State::lists="$state/lists" -o Dir::Cache="$state/cache")
  apt-get "${options[@]}" update || return
  rm -f "$state"/packages/*.deb
  (cd "$state/packages" && apt-get "${options[@]}" download apptainer libc6 libseccomp2 libsqlite3-0)
}

unpack_packages() {
  local package unpacked=$JCDS_TEST_CACHE/unstable/unpacked
  rm -rf "$unpacked" "$prefix"
  mkdir -p "$unpacked" "$prefix/glibc"
  for package in "$JCDS_TEST_CACHE"/unstable/packages/*.deb; do dpkg-deb -x "$package" "$unpacked" || return; done
  cp -a "$unpacked/etc" "$prefix/etc"
  mkdir -p "$prefix/bin" "$prefix/lib/x86_64-linux-gnu" "$prefix/libexec" "$prefix/var/lib/apptainer/mnt/session"
  cp -a "$unpacked/usr/bin/apptainer" "$prefix/bin/"
  cp -a "$unpacked/usr/lib/x86_64-linux-gnu/apptainer" "$prefix/lib/x86_64-linux-gnu/"
  [ ! -d "$unpacked/usr/libexec/apptainer" ] || cp -a "$unpacked/usr/libexec/apptainer" "$prefix/libexec/"
  cp -a "$unpacked"/usr/lib/x86_64-linux-gnu/{ld-linux-x86-64,libc,libm,libpthread,libdl,libresolv,libnss_files,libnss_dns,librt}.so.* "$prefix/glibc/"
  cp -a "$unpacked"/usr/lib/x86_64-linux-gnu/lib{seccomp,sqlite3}.so* "$prefix/glibc/"
}

point_at_private_glibc() {
  local program
  for program in bin/apptainer lib/x86_64-linux-gnu/apptainer/bin/starter; do
    patchelf --set-interpreter "$prefix/glibc/ld-linux-x86-64.so.2" --force-rpath --set-rpath "$prefix/glibc" "$prefix/$program" || return
  done
  # Apptainer works its prefix out from the place of the executable, and the starter's lies one level deeper.
  ln -sfn ../etc "$prefix/lib/etc"
  ln -sfn ../var "$prefix/lib/var"
}
