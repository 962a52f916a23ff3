# shellcheck shell=bash disable=SC2034,SC2154,SC1091,SC2016
summary='test images (a real Debian 12, busybox, hostile ones) in three repositories, each one squashfs file'
seconds=36

work=$JCDS_TEST_CACHE/images
repositories=(containers.jinr.ru unpacked.cern.ch singularity.galaxyproject.org)

# Changes with the scripts that make the images, so that old images are never taken for new ones.
images_stamp() { cat "$here"/steps/images.sh "$here"/images/*.sh | sha256sum | cut -c 1-12; }

squashfs_file() { echo "$JCDS_TEST_ROOT/squashfs/$1-$(images_stamp).squashfs"; }

is_done() {
  local repository
  for repository in "${repositories[@]}"; do [ -s "$(squashfs_file "$repository")" ] || return 1; done
}

install_step() {
  # shellcheck source=../images/contents.sh
  . "$here/images/contents.sh"
  # shellcheck source=../images/repositories.sh
  . "$here/images/repositories.sh"
  umask 022
  debian_root && bare_root && arm64_root && falsetools_root && abslinks_root || return
  debian_image && bmn_image && small_image && hard_image && perverse_image && noshell_image || return
  sandbox debian debian:12 && sandbox bmn git.jinr.ru:5005/nica/docker-images/bmn:latest && sandbox small small:1 && sandbox hard hard:1 \
    && sandbox perverse perverse:1 && sandbox noshell noshell:1 || return
  jinr_repository && cern_repository && galaxy_repository || return
  local repository
  for repository in "${repositories[@]}"; do pack "$repository" || return; done
}

# A squashfs is never written in place: a mount of the old file, in any mount namespace, would answer EIO from then on.
pack() {
  local file
  file=$(squashfs_file "$1")
  mkdir -p "${file%/*}"
  images_stamp > "$work/repositories/$1/.stamp"
  mksquashfs "$work/repositories/$1" "$file.new" -comp lz4 -noappend -no-progress -quiet && mv "$file.new" "$file" || return
  find "${file%/*}" -name "$1-*.squashfs" ! -path "$file" -delete
}
