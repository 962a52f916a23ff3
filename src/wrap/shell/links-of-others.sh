# shellcheck shell=sh disable=SC2034,SC2154 # variables of the script that this is a part of
# Another user's link would choose what of the host a job sees. Links of root, to whom / belongs, and of this user are followed.

jcds_follow() { # FILE: jcds_at is where it is
  jcds_at=$1 jcds_rest=$1
  while [ -n "$jcds_rest" ] && [ -e "$1" ]; do
    if [ ! -h "$jcds_rest" ]; then
      jcds_rest=${jcds_rest%/*}
      continue
    fi
    jcds_text=$(find "$jcds_rest" -prune ! -user "$(stat -c %u /)" ! -user "$(id -u)")
    [ -z "$jcds_text" ] ||
      @FOREIGN@
    jcds_text=$(readlink -- "$jcds_rest")
    [ "${jcds_text#/}" != "$jcds_text" ] || jcds_text=${jcds_rest%/*}/$jcds_text
    jcds_at=$jcds_text${jcds_at#"$jcds_rest"}
    jcds_rest=$jcds_at
  done
}
