# shellcheck shell=sh disable=SC2034,SC2154,SC2016 # variables of the script that this is a part of; text for another shell
# Whether the mount may only lack what a newer revision has: a client says so by its extended attributes, without the network.

jcds_attribute() { # NAME: text, as the client of this machine has it, or nothing
  jcds_text=$(jcds_run timeout -s KILL 5 sh -c '
    getfattr -n "user.$1" --only-values --absolute-names -- "$2" ||
      python3 -I -S -c "import os, sys; print(os.getxattr(*sys.argv[1:]).decode())" "$2" "user.$1"
  ' sh "$1" "$jcds_root/$jcds_repository" </dev/null 2>/dev/null)
}
jcds_is_overdue() { # whether the client should have looked for a newer revision than jcds_text by now
  jcds_attribute expires
  [ "${jcds_text#-[0-9]}" != "$jcds_text" ] && jcds_attribute revision
}
