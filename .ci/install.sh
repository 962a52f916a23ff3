#!/bin/sh
# install.sh: puts the standalone of jcds into a prefix, or takes it away. Fetches nothing.
#
# PREFIX/lib/jcds/VERSION-HASH is a whole standalone and never changes; PREFIX/lib/jcds/current is a link to the one in
# use, and everything else (bin/jcds, the manual page, completions) is a link through it. So a change is one rename,
# and whoever starts jcds meanwhile has the old or the new one, whole.
set -eu

usage() {
  cat <<'END'
usage: install.sh [--prefix DIR] [DIRECTORY | ARCHIVE.tar.gz]
       install.sh [--prefix DIR] --uninstall
Without an argument it installs the directory that it lies in. An archive must stand beside its SHA256SUMS.
The prefix is ~/.local, or /usr/local for root. The version that was in use before stays beside the new one.
END
}

fail() { # MESSAGE HINT
  printf 'install.sh: %s\nhint: %s\n' "$1" "$2" >&2
  exit 1
}

prefix=
source=
action=install
while [ $# -gt 0 ]; do
  case $1 in
    --prefix)
      [ $# -ge 2 ] || fail '--prefix needs a directory' 'install.sh --help'
      prefix=$2
      shift
      ;;
    --prefix=*) prefix=${1#--prefix=} ;;
    --uninstall) action=uninstall ;;
    -h | --help)
      usage
      exit 0
      ;;
    -*) fail "unknown option $1" 'install.sh --help' ;;
    *)
      [ -z "$source" ] || fail 'one directory or archive at a time' 'install.sh --help'
      source=$1
      ;;
  esac
  shift
done
if [ -z "$prefix" ]; then
  if [ "$(id -u)" = 0 ]; then prefix=/usr/local; else prefix=${HOME:?}/.local; fi
fi
case $prefix in /*) ;; *) prefix=$(pwd)/$prefix ;; esac
umask 022
store=$prefix/lib/jcds

# Link in the prefix, and what it shows; both as seen from the prefix.
links='bin/jcds bin/jcds
share/man/man1/jcds.1 share/man/man1/jcds.1
share/bash-completion/completions/jcds completions/jcds.bash
share/zsh/site-functions/_jcds completions/_jcds
share/fish/vendor_completions.d/jcds.fish completions/jcds.fish'

target_of() { # LINK SHOWN: the text of a link that stands in LINK's directory
  printf '%s' "$1" | sed 's,[^/]*/,../,g; s,[^/]*$,,'
  printf 'lib/jcds/current/%s' "$2"
}

uninstall() {
  printf '%s\n' "$links" | while read -r link shown; do
    [ "$(readlink "$prefix/$link")" != "$(target_of "$link" "$shown")" ] || rm -f "$prefix/$link"
  done
  if [ -d "$store" ]; then
    rm -f "$store/current"
    for place in "$store"/*-???????????? "$store"/.incoming.*; do
      [ ! -d "$place" ] || rm -rf "$place"
    done
    rmdir "$store" || fail "$store holds files that install.sh has not put there" "ls -la $store"
  fi
  echo "jcds is not in $prefix any more"
}

if [ "$action" = uninstall ]; then
  uninstall
  exit
fi

# What is in the way is said before anything is written.
printf '%s\n' "$links" | while read -r link shown; do
  [ -e "$prefix/$link" ] || [ -h "$prefix/$link" ] || continue
  [ "$(readlink "$prefix/$link")" = "$(target_of "$link" "$shown")" ] ||
    fail "$prefix/$link is there, and is none of install.sh's" 'move it away, or choose another --prefix'
done

incoming=$store/.incoming.$$
mkdir -p "$store" || fail "$store cannot be made" 'choose a --prefix that you can write to'
trap 'rm -rf "$incoming"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
# What an installation left behind that was killed.
for left in "$store"/.incoming.*; do
  [ ! -d "$left" ] || kill -0 "${left##*.}" 2>/dev/null || rm -rf "$left"
done
mkdir "$incoming" || fail "$store cannot be written" 'choose a --prefix that you can write to'

case ${source:=$(dirname "$0")} in
  *.tar.gz)
    [ -f "$source" ] || fail "there is no $source" 'install.sh --help'
    sums=$(dirname "$source")/SHA256SUMS
    [ -f "$sums" ] || fail "there is no $sums to check $source with" 'put it there: it is part of the release'
    wanted=$(sed -n "s|^\([0-9a-f]\{64\}\) [ *]$(basename "$source")\$|\1|p" "$sums")
    found=$(sha256sum <"$source")
    [ -n "$wanted" ] || fail "$sums does not name $(basename "$source")" 'take both from the same release'
    [ "$wanted" = "${found%% *}" ] || fail "$source is damaged: $sums has another hash" 'fetch it anew'
    gzip -dc "$source" | tar -xf - -C "$incoming" || fail "$source cannot be unpacked" "is there room? df $prefix"
    set -- "$incoming"/*
    ;;
  *)
    if [ ! -f "$source/libexec/jcds" ] || [ ! -f "$source/VERSION" ]; then
      fail "$source holds no standalone of jcds" 'name the unpacked archive, or the archive'
    fi
    mkdir "$incoming/jcds"
    for entry in bin completions libexec share LGPL-2.1 LICENSE NOTICES VERSION install.sh; do
      [ ! -e "$source/$entry" ] || cp -R "$source/$entry" "$incoming/jcds/" ||
        fail "$source/$entry cannot be copied" "is there room? df $prefix"
    done
    set -- "$incoming/jcds"
    ;;
esac
new=$1
chmod -R u+rwX,go+rX,go-w "$new"
read -r version <"$new/VERSION"
started=$(HOME=/nonexistent "$new/bin/jcds" --version) || fail "jcds $version does not start here" 'see the message above'
[ "$started" = "$version" ] || fail "what should be jcds $version says that it is $started" 'take the archive of a release'

hash=$(cat "$new/bin/jcds" "$new/libexec/host" "$new/libexec/jcds" "$new"/completions/* "$new/NOTICES" | sha256sum | cut -c 1-12)
name=$version-$hash
before=$(readlink "$store/current") || before=
[ -d "$store/$name" ] || mv -T "$new" "$store/$name" || [ -d "$store/$name" ]

ln -s "$name" "$incoming/current"
# -T: over the link, not into what it shows.
mv -fT "$incoming/current" "$store/current"
printf '%s\n' "$links" | while read -r link shown; do
  [ ! -h "$prefix/$link" ] || continue
  mkdir -p "$prefix/${link%/*}"
  ln -s "$(target_of "$link" "$shown")" "$incoming/link"
  mv -fT "$incoming/link" "$prefix/$link"
done
# The one before stays, for those who are starting it at this moment, and to go back to.
[ "$before" != "$name" ] || before=
for old in "$store"/*-????????????; do
  case ${old##*/} in
    "$name" | "$before") ;;
    *) [ -z "$before" ] || rm -rf "$old" ;;
  esac
done

echo "jcds $version is in $prefix"
case :$PATH: in
  *":$prefix/bin:"*) ;;
  *) echo "hint: $prefix/bin is not on PATH; for sh: export PATH=\"$prefix/bin:\$PATH\"" ;;
esac
