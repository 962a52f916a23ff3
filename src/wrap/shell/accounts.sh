# shellcheck shell=sh disable=SC2034,SC2154 # variables of the script that this is a part of
# resolv.conf and hosts, and the image's passwd and group with the lines of whoever runs the script
# (src/runtimes/accounts.ts): texts are given to bubblewrap by descriptors that the caller left free. dash can name none
# above 9.

jcds_input() { # TEXT, which gets a newline at its end; sets jcds_descriptor
  for jcds_descriptor in 9 8 7 6 5 4 3 none; do
    case $jcds_inputs in
      *" $jcds_descriptor<"*) ;;
      *) [ -h "/proc/$$/fd/$jcds_descriptor" ] || break ;;
    esac
  done
  case $jcds_descriptor in
    none)
      @NO_DESCRIPTOR@
      ;;
  esac
  eval "jcds_input_$jcds_descriptor=\$1"
  jcds_inputs="$jcds_inputs $jcds_descriptor<<JCDS"
  jcds_bodies="$jcds_bodies$jcds_newline\$jcds_input_$jcds_descriptor${jcds_newline}JCDS"
}
# A copy of the host's resolv.conf, which the job may change, as far as an input holds it.
jcds_text=''
if [ -f /etc/resolv.conf ] && [ -r /etc/resolv.conf ]; then
  while IFS= read -r jcds_word || [ -n "$jcds_word" ]; do
    jcds_text=$jcds_text$jcds_word$jcds_newline
  done </etc/resolv.conf
fi
jcds_room=@LIMIT@
if [ -n "$jcds_text" ] && [ "${#jcds_text}" -le "$jcds_room" ]; then
  jcds_input "${jcds_text%"$jcds_newline"}"
  jcds_mount_own /etc/resolv.conf file --perms 0644 --bind-data "$jcds_descriptor"
else
  jcds_mount_own /etc/resolv.conf file --ro-bind-try /etc/resolv.conf
fi
jcds_mount_own /etc/hosts file --ro-bind-try /etc/hosts
jcds_account() { # passwd|group OWN-LINES: an entry of the image with the caller's number gets the job's home
  jcds_text='' jcds_lines=$2 jcds_entry='' jcds_whole='' jcds_room=@LIMIT@
  jcds_locate "/etc/$1"
  [ -n "$jcds_left" ] || [ ! -f "$jcds_target$jcds_real" ] || while IFS= read -r jcds_word || [ -n "$jcds_word" ]; do
    jcds_text=$jcds_text$jcds_word$jcds_newline
    [ "${#jcds_text}" -lt 65536 ] || break
    jcds_item=${jcds_word#*:}
    jcds_item=${jcds_item#*:}
    case $1$jcds_entry:${jcds_item%%:*}:$jcds_word in
      passwd:"$jcds_uid":*:*:*:*:*:*:*)
        jcds_entry=$jcds_word jcds_lines=${jcds_word%:*}
        jcds_lines=${jcds_lines%:*}:$jcds_directory:${jcds_word##*:}
        ;;
    esac
  done <"$jcds_target$jcds_real"
  jcds_room=$((jcds_room - ${#jcds_lines}))
  for jcds_word in $jcds_text; do
    case $jcds_word in
      "$jcds_entry") jcds_word=$jcds_lines jcds_lines='' ;;
      *) jcds_room=$((jcds_room - ${#jcds_word} - 1)) ;;
    esac
    [ "$jcds_room" -ge 0 ] || break
    jcds_whole=$jcds_whole$jcds_word$jcds_newline
  done
  jcds_whole=$jcds_whole$jcds_lines
  jcds_input "${jcds_whole%"$jcds_newline"}"
  jcds_mount_own "/etc/$1" file --perms 0644 --bind-data "$jcds_descriptor"
}
jcds_find_user() { # this host's entry, on standard input
  while IFS=: read -r jcds_user jcds_word jcds_item jcds_group jcds_gecos jcds_rest jcds_shell || [ -n "$jcds_user" ]; do
    [ "$jcds_item" != "$jcds_uid" ] || return 0
  done
  return 1
} 2>/dev/null
jcds_harmless() { # NAME: sets jcds_item
  case $1 in
    '' | *[!A-Za-z0-9_.@-]*) jcds_item=user ;;
    *) jcds_item=$1 ;;
  esac
}
jcds_group_line() { # NAME NUMBER
  jcds_named="$jcds_named$2 "
  jcds_harmless "$1"
  jcds_word=$jcds_item:x:$2:
  jcds_harmless "$jcds_user"
  jcds_word=$jcds_word$jcds_item jcds_room=@GROUPS@
  [ $((${#jcds_groups} + ${#jcds_word} + 1)) -gt "$jcds_room" ] ||
    jcds_groups=$jcds_groups${jcds_groups:+"$jcds_newline"}$jcds_word
}
while IFS='	' read -r jcds_item jcds_word jcds_rest; do
  case $jcds_item in
    Uid:) jcds_uid=$jcds_word ;;
    Gid:) jcds_gid=$jcds_word ;;
    Groups:) jcds_wanted=" $jcds_word $jcds_gid " && break ;;
  esac
done </proc/self/status
if ! jcds_find_user </etc/passwd; then # what only a directory service knows is asked for
  jcds_text=$(jcds_run getent passwd "$jcds_uid" 2>/dev/null)
  jcds_find_user <<JCDS || jcds_user=${USER:-$jcds_uid} jcds_group=$jcds_gid jcds_shell=''
$jcds_text
JCDS
  jcds_gecos=''
fi
jcds_wanted="$jcds_wanted$jcds_group "
jcds_directory=$jcds_home
case $jcds_home in
  *:* | *"$jcds_newline"*) jcds_directory=/ ;;
esac
jcds_harmless "$jcds_user"
jcds_account passwd "$jcds_item:x:$jcds_uid:$jcds_group:$jcds_gecos:$jcds_directory:${jcds_shell:-/bin/sh}"
jcds_groups='' jcds_named=' '
[ ! -r /etc/group ] || while IFS=: read -r jcds_title jcds_word jcds_number jcds_rest || [ -n "$jcds_title" ]; do
  case "$jcds_named:${jcds_number:-none}:$jcds_wanted" in
    *" $jcds_number "*:*:* | *:*[!0-9]*:*) ;;
    *:*" $jcds_number "*) jcds_group_line "$jcds_title" "$jcds_number" ;;
  esac
done </etc/group
case $jcds_named in
  *" $jcds_group "*) ;;
  *) jcds_group_line "$jcds_user" "$jcds_group" ;;
esac
jcds_account group "$jcds_groups"
