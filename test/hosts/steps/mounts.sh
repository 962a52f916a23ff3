# shellcheck shell=bash disable=SC2034,SC2154,SC1091,SC2016
# shellcheck source=images.sh
. "$here/steps/images.sh"
summary="the repositories mounted read-only below $JCDS_TEST_ROOT/cvmfs, and an empty /cvmfs for private.sh to bind them at"
seconds=1

is_done() {
  local repository
  for repository in "${repositories[@]}"; do
    [ "$(cat "$JCDS_TEST_ROOT/cvmfs/$repository/.stamp" 2>/dev/null)" = "$(images_stamp)" ] || return 1
  done
  [ -d /cvmfs ]
}

install_step() {
  local repository place
  mkdir -p /cvmfs
  for repository in "${repositories[@]}"; do
    place=$JCDS_TEST_ROOT/cvmfs/$repository
    mkdir -p "$place"
    ! mountpoint -q "$place" || umount "$place" || umount -l "$place" || return
    mount -t squashfs -o loop,ro,nosuid,nodev "$(squashfs_file "$repository")" "$place" || return
  done
  # Beside them, a directory whose name begins with a repository's: "broken/samebeginning:1" leads there.
  mkdir -p "$JCDS_TEST_ROOT/cvmfs/containers.jinr.ru-evil/image/bin"
}
