# shellcheck shell=sh disable=SC2034,SC2154,SC2170 # variables of the script that this is a part of
# Answers `REPOSITORY WORD:REVISION`, where WORD is what the look says. It has the directory listed; then one small file of it is
# opened, and the client asked when it last could not deliver: a client without servers, or with a full disk, still lists. Where
# looks of former times at the same place still hang, beyond SIGKILL, it adds none to them.
# Of all processes only those of this account count that wait in the kernel although they were killed: nobody else can bring one
# about, and neither can a command line. Others are not even asked for theirs: that can be made to hang.

jcds_left_behind() { # REPOSITORY
  grep -ls '^State:.D' /proc/[0-9]*/status | while read -r jcds_file; do
    # SIGKILL is the ninth bit. -O: POSIX since 2024, and in dash, bash and busybox long before
    # shellcheck disable=SC3067
    [ -O "$jcds_file" ] || continue
    grep -qs '^ShdPnd:.*[13579bdf]..$' "$jcds_file" || continue
    jcds_file=${jcds_file%status}cmdline
    grep -qszxF jcds-machine-look "$jcds_file" && grep -qszxF -e "$jcds_root" "$jcds_file" &&
      grep -qszxF -e "$1" "$jcds_file" && echo "$jcds_file"
  done | wc -l
}
jcds_look() { # REPOSITORY: the look, in a session of its own where there is a setsid(1)
  set -- /bin/sh -c "$jcds_look" jcds-machine-look "$jcds_root" "$1" "$jcds_timer"
  [ ! -x /usr/bin/setsid ] || set -- /usr/bin/setsid "$@"
  exec "$@"
}
jcds_look_at() { # REPOSITORY
  if [ "$(jcds_left_behind "$1")" -ge @MOST_LEFT@ ]; then
    echo "$1 HUNG:undefined"
    return
  fi
  jcds_bounded jcds_look "$1"
  jcds_word=${jcds_answer##*jcds_result=}
  jcds_revision=undefined
  case $jcds_word in
    missing:*)
      jcds_word=healthy
      jcds_ask revision "$jcds_root/$1" && jcds_revision=$jcds_text
      jcds_delivers "$jcds_root/$1" || jcds_word=IO_ERRORS
      ;;
    unseen:*' is empty, and nothing is mounted on it') jcds_word=NOT_MOUNTED_EMPTY ;;
    unseen:*' gave no answer within '*) jcds_word=HUNG ;;
    unseen:*': No such file or directory')
      jcds_word=NOT_MOUNTED_ABSENT
      ! grep -F " $jcds_root " /proc/self/mountinfo | grep -q ' - autofs ' || jcds_word=NOT_KNOWN
      [ -e "$jcds_root" ] || jcds_word=NO_ROOT
      ;;
    unseen:*': Not a directory') jcds_word=NOT_A_DIRECTORY ;;
    unseen:*'not connected') jcds_word=ENOTCONN ;;
    unseen:*'nput/output error' | unseen:*': I/O error') jcds_word=EIO ;;
    unseen:*' symbolic links') jcds_word=ELOOP ;;
    unseen:*': Permission denied') jcds_word=EACCES ;;
    unseen:*) jcds_word=EUNKNOWN ;;
    *) jcds_word=LOOK_FAILED ;;
  esac
  echo "$1 $jcds_word:$jcds_revision"
}
jcds_delivers() { # DIRECTORY
  jcds_count=0
  for jcds_file in "$1"/[!.]* "$1"/.[!.]*; do
    jcds_count=$((jcds_count + 1))
    [ "$jcds_count" -le @MOST_NAMES@ ] || break
    if [ -h "$jcds_file" ] || ! [ -f "$jcds_file" ] || ! [ -r "$jcds_file" ]; then continue; fi
    head -c 1 "$jcds_file" >/dev/null || return
    break
  done
  jcds_ask timestamp_last_ioerr "$1" || return 0
  [ "$(($(date +%s) - jcds_text))" -gt @QUIET@ ]
}
jcds_ask() { # NAME DIRECTORY: text, a number, by the first tool that is there and knows it
  for jcds_tool in getfattr attr python3; do
    case $jcds_tool in
      getfattr) jcds_text=$(getfattr -n "user.$1" --only-values --absolute-names -- "$2") ;;
      attr) jcds_text=$(attr -q -g "$1" "$2") ;;
      *) jcds_text=$(python3 -I -S -c 'import os, sys; print(os.getxattr(sys.argv[2], "user." + sys.argv[1]).decode())' "$1" "$2") ;;
    esac
    case $jcds_text in
      '' | *[!0-9]* | ???????????????*) ;;
      *) return 0 ;;
    esac
  done
  return 1
}
