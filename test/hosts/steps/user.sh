# shellcheck shell=bash disable=SC2034,SC2154,SC1091,SC2016
summary="the ordinary user $JCDS_TEST_USER with a home, a range of subordinate ids and the use of /dev/fuse"
seconds=1

is_done() {
  id "$JCDS_TEST_USER" >/dev/null 2>&1 && grep -q "^$JCDS_TEST_USER:" /etc/subuid && grep -q "^$JCDS_TEST_USER:" /etc/subgid \
    && [ "$(stat -c %a /dev/fuse)" = 666 ]
}

install_step() {
  id "$JCDS_TEST_USER" >/dev/null 2>&1 || useradd --create-home --shell /bin/bash "$JCDS_TEST_USER" || return
  grep -q "^$JCDS_TEST_USER:" /etc/subuid /etc/subgid || usermod --add-subuids 700000-765535 --add-subgids 700000-765535 "$JCDS_TEST_USER" || return
  # udev gives everybody /dev/fuse; machines without udev (containers, small virtual machines) leave it to root.
  [ -e /dev/fuse ] || mknod /dev/fuse c 10 229
  chmod 666 /dev/fuse
}
