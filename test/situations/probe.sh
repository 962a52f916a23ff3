#!/bin/busybox-judge sh
# shellcheck shell=sh
# probe.sh CODE PLACE…: says what a job sees, one fact a line: NAME, a tab, VALUE (in which line ends are byte 1 and tabs byte 2).
# It lies in every image of the situations, and needs nothing of it but the static busybox beside it. Ends with CODE.
b=/bin/busybox-judge
code=$1
shift
line='
'
tab=$(printf '\t')
one=$(printf '\001')
two=$(printf '\002')
# It starts as few programs as it can: most of what a situation costs is this.
# shellcheck disable=SC3060 # busybox knows ${…//…}
fact() { value=${2//$line/$one}; printf '%s\t%s\n' "$1" "${value//$tab/$two}"; }

# The names in a directory; of very many their number and sum.
names() {
  # Processes and devices come and go.
  case $1 in /proc | /proc/* | /dev | /sys | /sys/*) return ;; esac
  set -- "$($b ls -A "$1" 2>&1)"
  if [ ${#1} -lt 2000 ]; then printf '%s' "$1"; else printf '%s' "$1" | $b grep -v '^\.judge' | $b md5sum; fi
}

place() {
  if [ -d "$1" ]; then
    mode=ro
    if true > "$1/.judge-$$"; then mode=rw; $b rm -f "$1/.judge-$$"; fi
    if [ -x "$1" ]; then fact "place $1" "directory $mode
$(names "$1")"; else fact "place $1" "directory closed"; fi
  elif [ -c "$1" ]; then
    if echo > "$1"; then fact "place $1" 'device rw'; else fact "place $1" 'device unusable'; fi
  elif [ -f "$1" ]; then
    mode=ro
    true >> "$1" && mode=rw
    fact "place $1" "file $mode $($b md5sum < "$1" || echo closed)"
  elif [ -e "$1" ]; then fact "place $1" other
  elif [ -L "$1" ]; then fact "place $1" 'dangling link'
  else fact "place $1" absent; fi
}

fact begin 1
$b tr '\n\t\000' '\001\002\n' < /proc/$$/environ | $b sed 's/^/env	/'
fact cwd "$($b readlink /proc/$$/cwd || $b pwd -P)"
fact cwd-names "$(names .)"
pwd=$($b tr '\000' '\n' < /proc/$$/environ | $b sed -n 's/^PWD=//p')
# shellcheck disable=SC3013 # busybox knows -ef
if [ "$pwd" -ef . ]; then fact pwd-is-cwd yes; else fact pwd-is-cwd no; fi
id=$($b id -u)
fact ids "$id $($b id -g)"
fact passwd "$($b grep "^[^:]*:[^:]*:$id:" /etc/passwd 2>&-)"
fact group "$($b grep "^[^:]*:[^:]*:$($b id -g):" /etc/group 2>&-)"
fact zone "$($b date +%Z%z)"
# A bind may stand at /dev/null, or nothing: what is said of failures goes nowhere.
for place in "$@"; do place "$place"; done 2>&-
fact end 1
exit "$code"
