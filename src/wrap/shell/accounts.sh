# shellcheck shell=sh disable=SC2016,SC2034,SC2154,SC2170 # a text for awk; variables of the script that this is a part of
# The image's passwd and group with the lines of whoever runs the script (src/runtimes/accounts.ts), and the host's resolv.conf,
# each ended by an empty line: bubblewrap gets them by descriptors of here-documents. awk(1) reads all of them at once.

jcds_accounts='function safe(name) { return name ~ /^[A-Za-z0-9_.@-]+$/ ? name : "user" }
function take() { name = $1; group = $4; gecos = $5; shell = $7 }
function give(line) { if (line != "" && (size += length(line) + 1) < @LIMIT@) print line }
function add(id, title) { if (!named[id]++ && length(own) < @GROUPS@) own = own safe(title) ":x:" id ":" safe(name) "\n" }
BEGIN {
  FS = OFS = ":"
  home = ENVIRON["jcds_directory"]
  while ((getline <"/proc/self/status") > 0) {
    split($2, id, " ")
    if ($1 == "Uid") uid = id[1]
    if ($1 == "Gid") group = gid = id[1]
    if ($1 == "Groups") wanted = $2 " " gid " "
  }
  name = ENVIRON["USER"] ? ENVIRON["USER"] : uid
  while ((getline <"/etc/passwd") > 0) if ($3 == uid && !found++) take()
  if (!found && ((command = "getent passwd " uid) | getline) > 0) take()
  sub("\t", " ", wanted)
  own = safe(name) ":x:" uid ":" group ":" gecos ":" home ":" (shell ? shell : "/bin/sh")
  size = length(own)
  while ((read = (getline <"etc/passwd")) > 0) {
    if (own && $3 == uid && NF > 6) {
      $(NF - 1) = home
      own = ""
    }
    give($0)
  }
  if (read < 0 && !system("set -- etc/passw[d]; test $1 = etc/passwd")) exit 1
  print own (own ? "\n" : "")
  own = ""
  while ((getline <"/etc/group") > 0) if ($3 != "" && index(wanted group " ", " " $3 " ")) add($3, $1)
  add(group, name)
  size = length(own)
  while ((read = (getline <"etc/group")) > 0) give($0)
  if (read < 0 && !system("set -- etc/grou[p]; test $1 = etc/group")) exit 1
  print own
  while ((getline <"/etc/resolv.conf") > 0) print
}'
for jcds_item in etc etc/passwd etc/group; do
  [ ! -h "$jcds_target/$jcds_item" ] || jcds_no_place "/$jcds_item" 'it is a link'
  [ ! -e "$jcds_target/$jcds_item" ] || [ -r "$jcds_target/$jcds_item" ] ||
    jcds_no_place "/$jcds_item" 'permission denied'
done
for jcds_item in $(
  cd "$jcds_target" && find etc/passwd etc/group -prune '(' ! -type f -o -size +2048 ')'
); do
  jcds_no_place "/$jcds_item" 'it is no regular file, or longer than 1 MiB'
done
jcds_text=$(
  jcds_directory=$jcds_home
  case $jcds_home in
    *:* | *"$jcds_newline"*) jcds_directory=/ ;;
  esac
  export jcds_directory USER
  cd "$jcds_target" && awk "$jcds_accounts"
)$jcds_newline$jcds_newline ||
  @UNREADABLE@
jcds_passwd=${jcds_text%%"$jcds_newline$jcds_newline"*} jcds_text=${jcds_text#*"$jcds_newline$jcds_newline"}
jcds_group=${jcds_text%%"$jcds_newline$jcds_newline"*} jcds_resolver=${jcds_text#*"$jcds_newline$jcds_newline"}
jcds_covered=${jcds_covered}etc/passwd//etc/group//etc/resolv.conf//
@INPUTS@
[ "${#jcds_resolver}" -lt @LIMIT@ ] || jcds_option --ro-bind-try /etc/resolv.conf /etc/resolv.conf
for jcds_item in /etc/hosts /etc/localtime; do
  [ ! -e "$jcds_item" ] || jcds_covered=$jcds_covered${jcds_item#/}//
  jcds_option --ro-bind-try "$jcds_item" "$jcds_item"
done
