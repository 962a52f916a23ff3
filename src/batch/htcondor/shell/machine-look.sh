# shellcheck shell=sh disable=SC2034,SC2154,SC2170 # variables of the script that this is a part of
# Answers `REPOSITORY WORD:REVISION`, where WORD is what the look says. It has the directory listed, and nothing more. Where
# looks of former times at the same place still hang, beyond SIGKILL, it adds none to them.

jcds_left_behind() { # REPOSITORY
  grep -lszxF jcds-machine-look /proc/[0-9]*/cmdline | while read -r jcds_file; do
    grep -qszxF -e "$jcds_root" "$jcds_file" && grep -qszxF -e "$1" "$jcds_file" && echo "$jcds_file"
  done | wc -l
}
jcds_look_at() { # REPOSITORY
  if [ "$(jcds_left_behind "$1")" -ge @MOST_LEFT@ ]; then
    echo "$1 HUNG:undefined"
    return
  fi
  jcds_word=$(
    PATH=/usr/bin:/bin:/usr/sbin:/sbin
    set -- /bin/sh -c "$jcds_look" jcds-machine-look "$jcds_root" "$1" '' "$jcds_timeout" "$$" '' '' ''
    [ ! -x /usr/bin/setsid ] || set -- /usr/bin/setsid "$@"
    exec "$@"
  )
  jcds_word=${jcds_word##*jcds_result=}
  jcds_word=${jcds_word%%:*}
  jcds_revision=undefined
  case $jcds_word in
    missing)
      jcds_word=healthy
      jcds_find_revision "$jcds_root/$1"
      ;;
    '' | *[!A-Z_]*) jcds_word=LOOK_FAILED ;;
  esac
  echo "$1 $jcds_word:$jcds_revision"
}
jcds_find_revision() { # DIRECTORY: by the first tool that is there and knows it
  for jcds_tool in getfattr attr python3; do
    case $jcds_tool in
      getfattr) jcds_text=$(getfattr -n user.revision --only-values --absolute-names -- "$1") ;;
      attr) jcds_text=$(attr -q -g revision "$1") ;;
      *) jcds_text=$(python3 -I -S -c 'import os, sys; print(os.getxattr(sys.argv[1], "user.revision").decode())' "$1") ;;
    esac
    case $jcds_text in
      '' | *[!0-9]* | ???????????????*) ;;
      *)
        jcds_revision=$jcds_text
        return
        ;;
    esac
  done
}
