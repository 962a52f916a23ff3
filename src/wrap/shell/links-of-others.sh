# shellcheck shell=sh disable=SC2034,SC2154 # variables of the script that this is a part of
# Another user's link would choose what of the host a job sees. Links of root, to whom / belongs, and of this user are followed.

jcds_follow() { # FILE: jcds_at is where it is
  jcds_at=$1
  while [ -e "$1" ] && jcds_find_link "$jcds_at"; do
    jcds_text=$(jcds_run find "$jcds_rest" -prune ! -user "$(jcds_run stat -c %u /)" ! -user "$(jcds_run id -u)")
    [ -z "$jcds_text" ] ||
      @FOREIGN@
    jcds_text=$(jcds_run readlink -- "$jcds_rest")
    case $jcds_text in
      /*) ;;
      *) jcds_text=${jcds_rest%/*}/$jcds_text ;;
    esac
    jcds_at=$jcds_text${jcds_at#"$jcds_rest"}
  done
}
