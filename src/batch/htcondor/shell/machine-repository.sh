# shellcheck shell=sh disable=SC2034 # see below
# Whether a repository can be seen: the text of a `sh -c` in a session of its own, so that whatever hangs in it can be left behind
# (bounded.sh of the room wrap). $1 root, $2 repository, $3 a process that it kills when it is done. It prints jcds_result=WORD:TEXT:
# `missing` where the repository shows something, or is mounted and empty (no image is looked for), else `unseen` and the host's words.

newline="
"
[ -z "${BASH_VERSION-}" ] || eval "shopt -u dotglob failglob nocaseglob nocasematch nullglob"
listed() { # whether the working directory shows anything
  set -- * .[!.]*
  [ "$1$2" != "*.[!.]*" ]
}
cd / # what is left behind keeps no directory of the caller busy
word=unseen text="" repository=$1/$2
if cd -P "$repository" && listed; then
  word=missing
else
  text=$(ls -A "$repository/." 2>&1) && text="$repository is empty, and nothing is mounted on it" &&
    grep -qF " $(cd -P "$repository" && pwd) " /proc/self/mountinfo && word=missing
fi
printf "\njcds_result=%s:%s\n" "$word" "${text%%"$newline"*}"
kill -KILL "$3"
