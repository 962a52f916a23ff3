# shellcheck shell=bash disable=SC2034,SC2154,SC1091,SC2016
# repositories.sh: the test images in the layouts of the services. Sourced by steps/images.sh; $tree is the repository under construction.

sha256_of_text() { printf %s "$1" | sha256sum | cut -c 1-64; }

manifest() { jq -r "$2" "$work/oci/$1/blobs/sha256/$(jq -r '.manifests[0].digest[7:]' "$work/oci/$1/index.json")"; }

# What OSG's software names the directory of a plain manifest by: the layers' digests, joined.
layers_hash() { sha256_of_text "$(manifest "$1" '[.layers[].digest[7:]] | join("")')"; }

# What CERN's names it by: the digest of the configuration.
config_hash() { manifest "$1" '.config.digest[7:]'; }

copy_tree() { mkdir -p "$(dirname "$2")" && rm -rf "$2" && cp -al "$1" "$2"; }

# osg NAME:TAG DIRECTORY HASH [PREFIX]: PREFIX is "sha256:" for an image that came from an index.
osg() {
  local place=.images/${4:-}${3:0:2}/${3:2}
  [ -e "$tree/$place" ] || copy_tree "$2" "$tree/$place" || return
  osg_link "$1" "/cvmfs/containers.jinr.ru/$place"
}

osg_link() { mkdir -p "$tree/$(dirname "$1")" && ln -sfn "$2" "$tree/$1"; }

# cern PATH DIRECTORY HEX: PATH begins with the registry as it is written in the list.
cern() {
  local place=.flat/${3:0:2}/$3
  [ -e "$tree/$place" ] || copy_tree "$2" "$tree/$place" || return
  mkdir -p "$tree/$(dirname "$1")" && ln -srfn "$tree/$place" "$tree/$1"
}

# DUCC's directories hold neither the record nor the labels, and no /srv and /cvmfs.
cern_copy() {
  local made=$work/sandboxes/$1-cern
  rm -rf "$made"
  cp -al "$work/sandboxes/$1" "$made" || return
  rm -f "$made/.singularity.d/Singularity" "$made/.singularity.d/labels.json"
  rmdir "$made/srv" "$made/cvmfs" 2>/dev/null || true
}

cern_metadata() {
  mkdir -p "$tree/.metadata/$1"
  manifest "$2" '{SchemaVersion: .schemaVersion, MediaType: (.mediaType // ""),
    Config: (.config | {MediaType: .mediaType, Size: .size, Digest: .digest}),
    Layers: [.layers[] | {MediaType: .mediaType, Size: .size, Digest: .digest}]}' > "$tree/.metadata/$1/manifest.json"
}

jinr_repository() {
  tree=$work/repositories/containers.jinr.ru
  rm -rf "$tree"
  osg nica/docker-images/bmn:latest "$work/sandboxes/bmn" "$(layers_hash bmn)" &&
  osg nica/docker-images/bmn:index "$work/sandboxes/bmn" "$(sha256_of_text 'index of bmn')" sha256: &&
  osg library/debian:12 "$work/sandboxes/debian" "$(layers_hash debian)" &&
  osg library/small:1 "$work/sandboxes/small" "$(layers_hash small)" &&
  osg library/hard:1 "$work/sandboxes/hard" "$(sha256_of_text hard)" &&
  osg library/perverse:1 "$work/sandboxes/perverse" "$(sha256_of_text perverse)" &&
  osg library/noshell:1 "$work/sandboxes/noshell" "$(layers_hash noshell)" || return
  local name
  for name in bare arm64 falsetools abslinks; do osg library/$name:1 "$work/roots/$name" "$(sha256_of_text $name)" || return; done
  osg library/plain:12 "$work/roots/debian" "$(sha256_of_text plain)" && mtab_image && broken_entries
}

# podman wants /etc/mtab in a read-only image.
mtab_image() {
  copy_tree "$work/sandboxes/debian" "$work/sandboxes/mtab" && ln -sfn ../proc/mounts "$work/sandboxes/mtab/etc/mtab" &&
    osg library/mtab:12 "$work/sandboxes/mtab" "$(sha256_of_text mtab)"
}

# Everything that can be wrong with an entry.
broken_entries() {
  osg_link broken/dangling:1 "/cvmfs/containers.jinr.ru/.images/00/$(sha256_of_text nowhere | cut -c 3-)"
  osg_link broken/absolute:1 /etc
  osg_link broken/relative:1 ../../../../../../../../../../etc
  osg_link broken/otherrepository:1 ../../unpacked.cern.ch/registry.hub.docker.com/library/debian:12
  osg_link broken/samebeginning:1 /cvmfs/containers.jinr.ru-evil/image
  osg_link broken/loop:1 loop:1
  osg_link broken/loop:2 loop:3
  osg_link broken/loop:3 loop:2
  printf 'This is a file.\n' > "$tree/broken/file:1"
  mkdir -p "$tree/broken/empty:1"
  rm -rf "$work/roots/unreadable"
  cp -al "$work/roots/bare" "$work/roots/unreadable"
  osg broken/unreadable:1 "$work/roots/unreadable" "$(sha256_of_text unreadable)"
  chmod 700 "$(readlink "$tree/broken/unreadable:1" | sed "s|^/cvmfs/containers.jinr.ru|$tree|")"
}

cern_repository() {
  local hub=registry.hub.docker.com/library name
  tree=$work/repositories/unpacked.cern.ch
  rm -rf "$tree"
  for name in bmn debian small; do cern_copy $name || return; done
  cern git.jinr.ru:5005/nica/docker-images/bmn:latest "$work/sandboxes/bmn-cern" "$(config_hash bmn)" &&
  cern $hub/debian:12 "$work/sandboxes/debian-cern" "$(config_hash debian)" &&
  cern "$hub/debian:sha256:$(config_hash debian)" "$work/sandboxes/debian-cern" "$(config_hash debian)" &&
  cern $hub/plain:12 "$work/roots/debian" "$(sha256_of_text plain)" &&
  cern .multiarch/amd64/$hub/multi:1 "$work/sandboxes/small-cern" "$(config_hash small)" &&
  cern .multiarch/arm64:v8/$hub/multi:1 "$work/roots/arm64" "$(sha256_of_text arm64)" || return
  ln -sfn amd64 "$tree/.multiarch/x86_64"
  ln -sfn arm64:v8 "$tree/.multiarch/aarch64"
  # CERN's own entry is a variant symlink, $(CVMFS_ARCH:-amd64), which the client has expanded when one reads it.
  ln -sfn ../../.multiarch/amd64/$hub/multi:1 "$tree/$hub/multi:1"
  cern_metadata $hub/debian:12 debian && cern_metadata git.jinr.ru:5005/nica/docker-images/bmn:latest bmn
}

# Galaxy's images are files: SIF, and plain squashfs.
galaxy_repository() {
  tree=$work/repositories/singularity.galaxyproject.org
  rm -rf "$tree"
  mkdir -p "$tree/all"
  APPTAINER_CACHEDIR=$work/apptainer-cache apptainer -q build "$tree/all/small:1.0--h1a2b3c4_0" "$work/sandboxes/small" &&
  mksquashfs "$work/sandboxes/small" "$tree/all/squash:1.0--0" -noappend -no-progress -quiet
}
