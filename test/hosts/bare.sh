#!/bin/bash
# shellcheck disable=SC1091
# bare.sh [--root] [--report FILE] [COMMAND [ARGUMENT…]]: runs COMMAND (default: npm test) in a copy of this checkout on a Debian 12 that
# has Node.js and npm and nothing else of this host, as the ordinary user; --root: as root. FILE gets what it printed.
# The system is the root of the test image (install.sh images) under an overlay, which is thrown away at the end.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/settings.sh"

user=$JCDS_TEST_USER report=/dev/null
while :; do
  case ${1:-} in
    --root) user=root; shift ;;
    --report) report=$(realpath "$2"); shift 2 ;;
    -h | --help) sed -n '3,5s/^# //p' "$0"; exit ;;
    *) break ;;
  esac
done
[ $# -gt 0 ] || set -- npm test

lower=$JCDS_TEST_CACHE/images/roots/debian
[ -d "$lower/usr" ] || { echo "bare.sh: there is no $lower; install.sh images makes it" >&2; exit 1; }
mkdir -p "$JCDS_TEST_ROOT"
folder=$(mktemp -d "$JCDS_TEST_ROOT/bare.XXXXXX")
trap 'rm -rf "$folder"' EXIT
mkdir "$folder"/{upper,work,root}
add_user_to_tree_of() { # UPPER: the account files of the lower system, and the test user
  mkdir -p "$1/etc"
  for file in passwd group shadow subuid subgid; do
    if [ -e "$lower/etc/$file" ]; then cp -a "$lower/etc/$file" "$1/etc/$file"; else : > "$1/etc/$file"; fi
  done
  add_user_to_tree "$1"
}
add_user_to_tree_of "$folder/upper"
home=$([ "$user" = root ] && echo /root || echo "/home/$user")
copy=$home/of-another-name
mkdir -p "$folder/upper$home" "$folder/upper/usr/bin" "$folder/upper/opt/npm"
chmod 755 "$folder"/upper{,/etc,/usr,/usr/bin}
cp -a "$here/../.." "$folder/upper$copy"
rm -rf "$folder/upper$copy/.git" "$folder/upper$copy/dist"
cp "$(node -p process.execPath)" "$folder/upper/usr/bin/node"
cp -a "$(dirname "$(realpath "$(command -v npm)")")/.." "$folder/upper/opt/npm"
ln -s /opt/npm/bin/npm-cli.js "$folder/upper/usr/bin/npm"
chown -R "$user:" "$folder/upper$home"

# By pivot_root: a process after chroot may not make user namespaces, which tests do.
# shellcheck disable=SC2016
inside='
  folder=$1 lower=$2 user=$3 home=$4 copy=$5
  shift 5
  mount -t overlay -o "lowerdir=$lower,upperdir=$folder/upper,workdir=$folder/work" overlay "$folder/root"
  cd "$folder/root"
  mkdir -p proc sys dev tmp .old
  mount -t proc proc proc
  mount --rbind /sys sys
  mount --rbind /dev dev
  mount -t tmpfs -o mode=1777 tmpfs tmp
  pivot_root . .old
  umount -l /.old
  rmdir /.old
  cd "$copy"
  exec setpriv --reuid="$user" --regid="$user" --init-groups --inh-caps=-all -- \
    env -i PATH=/usr/local/bin:/usr/bin:/bin HOME="$home" USER="$user" LOGNAME="$user" LANG=C.UTF-8 "$@"'
unshare --mount --pid --fork --kill-child --propagation private /bin/sh -ec "$inside" bare.sh \
  "$folder" "$lower" "$user" "$home" "$copy" "$@" 2>&1 | tee "$report"
