#!/bin/sh
# COMMAND [ARGUMENT...] in the container image library/debian:12, from CVMFS, without Node.js.
# Written by jcds VERSION (jcds wrap) from /STAGE/cvmfs/containers.jinr.ru/.images/a1/b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4,
# and runs what the tag names at each start. Rather write it anew than change it; docs/wrap.md of jcds explains it.
# shellcheck disable=SC2016,SC2034,SC2154 # texts for another shell; variables that eval sets and reads
# shellcheck disable=SC2030,SC2031 # PATH and LC_ALL of a subshell are its own
set +aeunvxC -f
unset -f '[' cd command getent grep head iconv id kill ldconfig ls printf pwd read readlink rm sed sleep test tr wait
unset GLOBIGNORE
[ -z "${BASH_VERSION-}" ] || eval 'shopt -u dotglob failglob nocaseglob nocasematch nullglob'
jcds_newline='
'
IFS=$jcds_newline jcds_locale=${LC_ALL+set}${LC_ALL-} LC_ALL=C

jcds_fail() { # CODE NAME MESSAGE HINT
  printf 'jcds: %s\n' "$3" >&2
  [ -z "$4" ] || printf 'hint: %s\n' "$4" >&2
  exit "$1"
}
jcds_run() { # COMMAND...: of the host
  PATH=/usr/bin:/bin:/usr/sbin:/sbin LC_ALL=C "$@"
}
jcds_clean() { # TEXT, as far as a terminal may see it
  printf %s "$1" | jcds_run tr '\t\n\r\1-\10\13\14\16-\37\177-\377' '   ?'
}
jcds_replace() { # TEXT OLD NEW: sets jcds_text
  jcds_text='' jcds_rest=$1
  while :; do
    case $jcds_rest in
      *"$2"*) jcds_text=$jcds_text${jcds_rest%%"$2"*}$3 jcds_rest=${jcds_rest#*"$2"} ;;
      *) break ;;
    esac
  done
  jcds_text=$jcds_text$jcds_rest
}
jcds_option() { # WORD...
  for jcds_option in "$@"; do
    jcds_replace "$jcds_option" "'" "'\\''"
    jcds_options="$jcds_options '$jcds_text'"
  done
}

jcds_look='root=$1 repository=$1/$2 entry=$3 seconds=$4 pid=$5 allowed=$6 deep=$7 recorded=$8 origin=$9 layout=
newline="
"
unset GLOBIGNORE
[ -z "${BASH_VERSION-}" ] || eval "shopt -u dotglob failglob nocaseglob nocasematch nullglob"
listed() { # DIRECTORY: whether it shows anything
  for seen in "$1"/* "$1"/.[!.]*; do
    case $seen in
      *"/*" | *"/.[!.]*") ;;
      *) return 0 ;;
    esac
  done
  return 1
}
look() { # sets word and text: where the image is, or what is in the way
  word=unseen text=$repository link='\'''\'' file='\'''\''
  if ! cd -P "$repository" || ! listed .; then
    explain_repository
    return
  fi
  top=$PWD
  place=$top/$entry
  [ "$root" = /cvmfs ] || follow
  if [ -z "$entry" ] || ! cd -P "$place" || ! listed .; then
    explain_entry || return
  fi
  case $PWD/ in
    *"$newline"*) return ;;
    "$top"/*) ;;
    *) leads_on || return ;;
  esac
  [ -n "$file" ] || read_image || text=$(read_image 2>&1 >/dev/null) || return
  word=${file:+file} text=$PWD$file
}
follow() { # sets link, and place: where it leads
  link=$(readlink -n "$place" && echo .) link=${link%.}
  case $link in
    '\'''\'') ;;
    /cvmfs/*) place=$root/${link#/cvmfs/} ;;
    /*) place=$link ;;
    *) place=${place%/*}/$link ;;
  esac
}
leads_on() { # whether the image is in another repository where links may lead
  for name in $allowed; do
    name=$(cd -P "$root/$name" && pwd) || continue
    case $PWD in
      "$name"/*) return 0 ;;
    esac
  done
  [ -n "$link" ] || follow
  word=escapes text=$link
  return 1
}
read_image() { # in its directory: what the script will list must be seen, and what it wants to know is told
  for place in $deep; do
    # a pattern finds what the listing above it says, also where the place itself cannot be seen
    for name in "${place%?}"[${place#"${place%?}"}]; do
      case $name in
        *]) continue ;;
      esac
      [ -h "$name" ] || listed "$name" || ls -A "./$name/." >/dev/null || return
    done
  done
  case $PWD in
    *"/${recorded:-/}") return ;;
  esac
  for name in .singularity.d/env/10-docker2singularity.s[h] .singularity.d/Singularit[y]; do
    case $name:$origin in
      *]:*) ;;
      *h:*) sed "s/^/=/" "$name" && echo || return ;;
      *:?*) sed "s/^/=@/" "$name" && echo || return ;;
    esac
  done
  for name in .singularity.d/env/*.sh; do
  case ${name##*/} in
    01-base.sh | 10-docker2singularity.sh | 94-appsbase.sh | 95-apps.sh | 99-base.sh | 99-runtimevars.sh) continue ;;
  esac
  [ ! -r "$name" ] || ! grep -qE "^[[:space:]]*[^#[:space:]]" "$name" || echo "=${name##*/}, a script of its own"
done
}
# Not in the usual way: why?
explain_repository() {
  text=$(ls -A "$repository/." 2>&1) || return
  text="$repository is empty, and nothing is mounted on it"
  ! grep -qF " $(cd -P "$repository" && pwd) " /proc/self/mountinfo || word=missing
}
explain_entry() { # succeeds where the image can be gone to all the same, or is a file
  text='\'''\''
  if [ -z "$entry" ] || ! text=$(ls -d "$top/$entry" 2>&1); then
    case $text in
      '\'''\'' | *": No such file or directory" | *": Not a directory" | *": File name too long") word=missing ;;
    esac
    return 1
  fi
  [ -n "$link" ] || follow
  name=${place#"$root"/}
  case $link:" ${repository##*/} $allowed " in
    /*:*" ${name%%/*} "*) ;;
    /*) leads_on || return ;;
  esac
  text=$(ls -A "$place/." 2>&1) && cd -P "$place" && return
  case $text in
    *": No such file or directory" | *" symbolic links") word=broken ;;
    *": Permission denied") [ ! -d "$place" ] || word=broken ;;
    *": Not a directory")
      word=broken
      case $(head -c 64 "$place" | tr "\0\n" "..") in
        hsqs* | ????????????????????????????????SIF_MAGIC*) file=/${place##*/} ;;
      esac
      [ -n "$file" ] && cd -P "${place%/*}" && return
      ;;
  esac
  return 1
}
cd / # what is left behind keeps no directory of the caller busy
trap "" TERM
printf "\1-\177\r\n"
{
  sleep "$seconds" >/dev/null &
  timer=$!
  {
    trap - TERM
    look "$@"
    printf "jcds_result=%s:%s\n" "${word:-directory}$layout" "$text"
    kill -KILL "$timer"
  } &
  look=$!
  wait "$timer"
  case $? in
    0) printf "\njcds_result=unseen:%s gave no answer within %s s\n" "$repository" "$seconds" ;;
    126 | 127) printf "\njcds_result=unseen:there is no sleep(1)\n" ;;
  esac
  kill -KILL "$look"
  kill -TERM "-$$" # and what it started: without setsid there is no group of this number
} | {
  tr "\0\n" "\n\1" <"/proc/$pid/environ"
  while IFS= read -r line; do
    printf "%s\n" "$line"
    case $line in
      jcds_result=*) break ;;
    esac
  done
}
'
jcds_look_at() {
  jcds_said=$(
    set -- "$jcds_root" "$jcds_repository" "$jcds_entry" "$jcds_timeout" "$$" "$jcds_allowed"
    set -- /bin/sh -c "$jcds_look" jcds-look "$@" 'etc var .singularity.d/env' \
      '.images/a1/b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4' ''
    [ ! -x /usr/bin/setsid ] || set -- /usr/bin/setsid "$@"
    PATH=/usr/bin:/bin:/usr/sbin:/sbin
    export PATH LC_ALL
    exec "$@" </dev/null 2>/dev/null 3<&- 4<&- 5<&- 6<&- 7<&- 8<&- 9<&-
  )
}

jcds_options='' jcds_libraries='' jcds_addressed='' jcds_addressed_before=''
jcds_give() { # NAME VALUE
  case $1 in
    PATH) jcds_search=$2 ;;
    LC_ALL) export LC_ALL && jcds_locale=set$2 ;;
    LD_LIBRARY_PATH) jcds_libraries=$2 ;;
    LD_* | GLIBC_TUNABLES | MALLOC_* | GCONV_PATH | LOCPATH | NLSPATH) jcds_option --setenv "$1" "$2" ;;
    '' | *[!A-Za-z0-9_]* | [0-9]* | _ | DIRSTACK | EUID | FUNCNAME | GROUPS | IFS | PIPESTATUS | SECONDS | SHLVL | UID | \
      BASH* | COMP_WORDBREAKS | EPOCH* | GLOBIGNORE | HISTCMD | LINENO | OLDPWD | OPTERR | OPTIND | POSIXLY_CORRECT | \
        PPID | PS[124] | RANDOM | SHELLOPTS | SRANDOM)
      jcds_replace "$2" "$jcds_newline" "${jcds_ascii%-?}"
      jcds_lost=$jcds_lost$1=$jcds_text$jcds_newline
      ;;
    *) export "$1=$2" ;;
  esac
}
jcds_read_image() {
  jcds_search='' jcds_strange=''
  [ -d "$jcds_target/.singularity.d" ] || printf 'jcds: %s\n' \
      "the image $jcds_name has no .singularity.d: a script cannot know its ENV; jcds exec asks its registry" >&2
  for jcds_word in $jcds_lines; do
    jcds_item=${jcds_word#export } jcds_rest=${jcds_word#*=\"}
    jcds_item=${jcds_item%%=*} jcds_rest=${jcds_rest%\"}
    case $jcds_word in
      '#'* | @*) continue ;;
      'export '*=\"*\") ;;
      *) jcds_rest=\" ;;
    esac
    case $jcds_rest in
      "\${$jcds_item:-\""*"\"}") jcds_rest=${jcds_rest#*:-\"} jcds_rest=${jcds_rest%\"\}} ;;
      "\${$jcds_item:-}") continue ;;
    esac
    case $jcds_item:$jcds_rest in
      *[\\\$\`\"\']*) jcds_strange=${jcds_strange:-$jcds_item} ;;
      PATH:*) jcds_search=$jcds_rest ;;
      *) jcds_give "$jcds_item" "$jcds_rest" ;;
    esac
  done
  if [ -n "$jcds_strange" ]; then
    jcds_text=$(jcds_clean "$jcds_strange")
    jcds_fail 125 ENVIRONMENT_UNREAD \
      'the ENV of library/debian:12 has a value that a script cannot read: '"$jcds_text" \
      'jcds exec can, and a script written for it anew with jcds wrap'
  fi
}
jcds_opened=// jcds_covered=// jcds_links='' jcds_inputs='' jcds_bodies=''
jcds_count=0 jcds_most=8900
jcds_locate() { # PATH: sets jcds_real, what there is of it, jcds_left, the rest, and jcds_found
  jcds_left=$1/ jcds_real='' jcds_found='' jcds_number=0
  while [ -n "$jcds_left" ]; do
    jcds_name=${jcds_left%%/*} jcds_next=${jcds_left#*/}
    case $jcds_name:$jcds_covered in
      :* | .:*) ;;
      ..:*) jcds_real=${jcds_real%/*} ;;
      *:*"/$jcds_real/$jcds_name//"*)
        jcds_real=$jcds_real/$jcds_name jcds_left=$jcds_next jcds_found=covered
        return
        ;;
      *)
        if [ -h "$jcds_target$jcds_real/$jcds_name" ]; then
          jcds_link=$(jcds_run readlink -n -- "$jcds_target$jcds_real/$jcds_name" && echo .)
          jcds_next=${jcds_link%.}/$jcds_next jcds_number=$((jcds_number + 1))
          case $jcds_number:$jcds_link in
            41:*) jcds_found=loop && return ;;
            *:/*) jcds_real='' ;;
          esac
        elif [ -e "$jcds_target$jcds_real/$jcds_name" ]; then
          jcds_real=$jcds_real/$jcds_name
        else
          return
        fi
        ;;
    esac
    jcds_left=$jcds_next
  done
}
jcds_open() { # DIRECTORY: the new root holds it, and all above it
  case $1:$jcds_opened in
    :* | *:*"/$1//"*) return ;;
  esac
  jcds_open "${1%/*}"
  jcds_opened=$jcds_opened${1#/}//
}
jcds_mount() { # PATH directory|file WORD...: what bubblewrap is told, but for the real place
  jcds_locate "$1"
  jcds_left=${jcds_left%"${jcds_left##*[!/]}"}
  jcds_spot=$jcds_real${jcds_left:+/$jcds_left}
  [ -n "$jcds_spot" ] || jcds_found=root
  if [ -d "$jcds_target$jcds_real" ]; then jcds_kind='directory'; else jcds_kind='file'; fi
  case $jcds_found:${jcds_left:+missing}:$jcds_kind in
    covered:* | ::"$2") ;;
    loop:*) jcds_no_place "$1" 'too many links' ;;
    root:*) jcds_no_place "$1" 'it is the root of the image' ;;
    ::*) jcds_no_place "$1" "it is no $2 in the image" ;;
    *:file) jcds_no_place "$1" "$jcds_real is no directory" ;;
    *)
      jcds_open "$jcds_real"
      case ${jcds_spot%/*} in
        ?*) jcds_option --dir "${jcds_spot%/*}" ;;
      esac
      ;;
  esac
  jcds_covered=$jcds_covered${jcds_spot#/}//
  shift 2
  jcds_option "$@" "$jcds_spot"
}
jcds_mount_own() { # PATH directory|file WORD...: unless something is shown there already, or was asked for there
  case $jcds_newline$jcds_binds in
    *"$jcds_newline$1$jcds_tab"*) return ;;
  esac
  jcds_locate "$1"
  case $jcds_found in
    '') jcds_mount "$@" ;;
  esac
}
jcds_no_place() { # PATH REASON
  jcds_text=$(jcds_clean "$1")
  jcds_shown_place=$(jcds_clean "$2")
  jcds_fail 125 BIND_PLACE \
      'nothing can be shown at "'"$jcds_text"'" in this image: '"$jcds_shown_place" \
      'choose another place inside: --bind SRC:DST'
}
jcds_show() { # DIRECTORY: its entries
  for jcds_item in "$jcds_target$1"/* "$jcds_target$1"/.[!.]* "$jcds_target$1"/..?*; do
    jcds_at=$1/${jcds_item##*/} jcds_count=$((jcds_count + 3))
    if [ "$jcds_count" -gt "$jcds_most" ]; then
      jcds_text=$(jcds_clean "${1:-/}")
      jcds_fail 125 UNSUPPORTED_BY_RUNTIME \
      'bubblewrap takes 8900 words, and more would be needed to show one by one what the image has in '"$jcds_text" \
      'jcds run --runtime apptainer (or unshare)'
    fi
    if [ -h "$jcds_item" ]; then
      case $jcds_covered in
        *"/$jcds_at//"*) ;;
        *) jcds_links=$jcds_links.$jcds_at$jcds_newline ;;
      esac
    elif [ -d "$jcds_item" ]; then
      case $jcds_opened in
        *"/$jcds_at//"*) jcds_option --dir "$jcds_at" ;;
        *) jcds_option --ro-bind "$jcds_item" "$jcds_at" ;;
      esac
    elif [ -f "$jcds_item" ]; then
      jcds_option --ro-bind "$jcds_item" "$jcds_at"
    elif [ -e "$jcds_item" ]; then
      continue # a device, a socket
    else
      case $jcds_at in
        "$1/*" | "$1/.[!.]*" | "$1/..?*") continue ;; # nothing is called so
      esac
      jcds_text=$(jcds_clean "$jcds_item")
      jcds_fail 75 CVMFS_UNREACHABLE \
      'the CVMFS repository containers.jinr.ru cannot be seen: '"$jcds_text"' could not be read (EIO)' \
      'its servers, this site'\''s proxy or the disk of its cache may be at fault: try again later; the '\
'client'\''s own counters tell: cvmfs_config stat -v containers.jinr.ru'
    fi
  done
}
jcds_show_root() {
  set +f
  jcds_show ''
  jcds_more=${jcds_opened#//}
  while [ -n "$jcds_more" ]; do
    jcds_show "/${jcds_more%%//*}"
    jcds_more=${jcds_more#*//}
  done
  set -f
  [ -n "$jcds_links" ] || return 0
  # shellcheck disable=SC2086 # a place a line
  jcds_more=$(
    cd "$jcds_target" || exit
    jcds_run readlink -- $jcds_links 2>/dev/null || for jcds_at in $jcds_links; do # that of busybox takes one
      jcds_run readlink -- "$jcds_at"
    done
    echo .
  )
  for jcds_at in $jcds_links; do
    jcds_option --symlink "${jcds_more%%"$jcds_newline"*}" "${jcds_at#.}"
    jcds_more=${jcds_more#*"$jcds_newline"}
  done
  [ "$jcds_more" = . ] ||
    jcds_fail 125 ODD_NAME \
      'a script cannot show a directory of such a name: of a link of the image, which has a line end in it' \
      'jcds exec can'
}
jcds_own() { # SOURCE PLACE [ro]
  if [ -d "$1" ]; then
    jcds_mount "$2" directory "--${3:+ro-}bind" "$1"
  elif [ -e "$1" ]; then
    jcds_mount "$2" file "--${3:+ro-}bind" "$1"
  fi
}
jcds_on_host_followed() { # PLACE
  jcds_found=''
  jcds_on_host "$1"
  case $jcds_at in
    "$jcds_target"/*) [ ! -e "$jcds_at" ] || return 0 ;;
    *) return ;;
  esac
  jcds_locate "$1"
  if [ -z "$jcds_left" ]; then jcds_at=$jcds_target$jcds_real; else jcds_on_host "$jcds_real/${jcds_left%/}"; fi
}
jcds_on_host() { # PLACE: jcds_at is where the host has it
  jcds_at=${jcds_shown:+$jcds_home}
  case $1 in
    /cvmfs/*) jcds_at=$jcds_root${1#/cvmfs} ;;
    /dev/* | /proc/* | /sys/*) jcds_at=$1 ;;
    "${jcds_at:-//}"/*) jcds_at=$jcds_shown${1#"$jcds_home"} ;;
    /tmp/* | /var/tmp/* | "${jcds_here:-/tmp}"/*) jcds_at=$1 ;;
    *) jcds_at=$jcds_target$1 ;;
  esac
}
jcds_check() { # COMMAND
  case $1 in
    '') jcds_places='' ;;
    *"$jcds_newline"*) return ;;
    /*) jcds_places=$1 ;;
    */*) jcds_places=$jcds_cwd/$1 ;;
    *)
      jcds_places=''
      IFS=:
      for jcds_item in $jcds_search; do
        case $jcds_item in
          /*) ;;
          *) jcds_item=$jcds_cwd/$jcds_item ;;
        esac
        jcds_places=$jcds_places$jcds_item/$1$jcds_newline
      done
      IFS=$jcds_newline
      ;;
  esac
  jcds_refused='' jcds_text=$1
  for jcds_item in $jcds_places; do
    jcds_on_host_followed "$jcds_item"
    if [ -d "$jcds_at" ]; then
      case $1 in
        */*) jcds_refused='it is a directory' jcds_text=$jcds_item ;;
      esac
    elif [ -x "$jcds_at" ] || { [ -h "$jcds_at" ] && ! [ -e "$jcds_at" ] && [ "$jcds_found" != loop ]; }; then
      return
    elif [ -e "$jcds_at" ] && [ -z "${jcds_refused##*directory}" ]; then
      jcds_refused='it has no execute permission for you' jcds_text=$jcds_item
    fi
  done
  jcds_text=$(jcds_clean "$jcds_text")
  [ -z "$jcds_refused" ] ||
    jcds_fail 126 COMMAND_NOT_EXECUTABLE \
      "$jcds_text"' in the image library/debian:12 cannot be executed: '"$jcds_refused" \
      'jcds exec library/debian:12 COMMAND'
  for jcds_item in $jcds_places; do
    jcds_on_host_followed "$jcds_item"
    if [ -d "$jcds_at" ] || [ "$jcds_found" = loop ]; then continue; fi
    jcds_rest=$(jcds_run ls -d "$jcds_at" 2>&1)
    case $jcds_rest in
      *'No such file'* | *'Not a directory'* | *'name too long'*) ;;
      *'nput/output error'* | *'I/O error'* | *'not connected'* | *' timed out'*)
        jcds_text=$(jcds_clean "$jcds_at")
        jcds_fail 75 CVMFS_UNREACHABLE \
      'the CVMFS repository containers.jinr.ru cannot be seen: '"$jcds_text"' could not be read (EIO)' \
      'its servers, this site'\''s proxy or the disk of its cache may be at fault: try again later; the '\
'client'\''s own counters tell: cvmfs_config stat -v containers.jinr.ru'
        ;;
      *) return ;;
    esac
  done
  [ -e "$jcds_target/bin/sh" ] || [ -h "$jcds_target/bin/sh" ] ||
    jcds_fail 127 COMMAND_NOT_FOUND \
      '"'"$jcds_text"'" is not in the image library/debian:12' \
      'the image has no shell; name one of its programs: jcds exec library/debian:12 /PROGRAM'
  jcds_fail 127 COMMAND_NOT_FOUND \
      '"'"$jcds_text"'" is not in the image library/debian:12' \
      'look what is there: jcds shell library/debian:12'
}

case $# in
  0) jcds_fail 125 USAGE 'this script needs a command' "$0 COMMAND [ARGUMENT...]" ;;
esac
jcds_name='library/debian:12' jcds_repository='containers.jinr.ru'
jcds_entry='library/debian:12' jcds_allowed=''
jcds_root=${JCDS_CVMFS_ROOT-}
case $jcds_root in
  '') jcds_root='/STAGE/cvmfs' ;;
  /*) ;;
  *) jcds_root=$PWD/$jcds_root ;;
esac
while :; do
  case $jcds_root in
    ?*/) jcds_root=${jcds_root%/} ;;
    *) break ;;
  esac
done
jcds_timeout=${JCDS_CVMFS_TIMEOUT:-20}
case $jcds_timeout in
  *[!0-9.]* | *.*.* | .) jcds_timeout=20 ;;
esac
jcds_look_at
jcds_marks=${jcds_said%%"$jcds_newline"*}
jcds_ascii=${jcds_marks%?} jcds_return=${jcds_marks#"${jcds_marks%?}"}
jcds_result=${jcds_said##*"${jcds_newline}jcds_result="} jcds_said=${jcds_said%"${jcds_newline}jcds_result="*}
jcds_text=${jcds_result#*:}
jcds_result=${jcds_result%%:*}
jcds_path=$jcds_root/$jcds_repository/$jcds_entry
[ "$jcds_result" = directory ] || [ "$jcds_result" = file ] || jcds_text=$(jcds_clean "${jcds_text:-no answer}")
case $jcds_result in
  directory | file) jcds_target=$jcds_text ;;
  missing)
    jcds_fail 125 NOT_PUBLISHED \
      'library/debian:12 is not published in containers.jinr.ru (looked at '"$jcds_path"')' \
      'see what is there with: jcds list --repository containers.jinr.ru '\''*debian*'\''; ask for it with: jcds '\
'request --repository containers.jinr.ru library/debian:12'
    ;;
  broken)
    jcds_fail 125 BROKEN_PUBLICATION \
      "$jcds_path"' is published, but cannot be used: '"$jcds_text" \
      'jcds status library/debian:12 says why; tell the people who run containers.jinr.ru'
    ;;
  escapes)
    jcds_fail 125 LINK_ESCAPES \
      'the link library/debian:12 in containers.jinr.ru leads out of the repository, to '"$jcds_text" \
      'tell the people who run containers.jinr.ru; a repository that is meant is named in allowedLinkTargets'
    ;;
  *)
    jcds_fail 75 CVMFS_UNREACHABLE \
      'the CVMFS repository containers.jinr.ru cannot be seen: '"$jcds_text" \
      'try again later; jcds status library/debian:12 says more, and so does cvmfs_config probe containers.jinr.ru'
    ;;
esac
jcds_gpu=''
case ${CUDA_VISIBLE_DEVICES-}:${NVIDIA_VISIBLE_DEVICES-} in
  10000:* | *:none | *:void) ;;
  *)
    set +f
    for jcds_item in /dev/nvidia[0-9] /dev/nvidia[0-9][0-9]; do
      [ ! -e "$jcds_item" ] || jcds_gpu=--nv
    done
    set -f
    ;;
esac
[ -n "$jcds_gpu" ] || [ ! -e /dev/kfd ] || jcds_gpu=--rocm

jcds_lost='' jcds_surplus='' jcds_level='' jcds_underscore='' jcds_lines=''
for jcds_word in $jcds_said; do
  jcds_item=${jcds_word%%=*} jcds_kept=1
  case $jcds_word in
    =*) jcds_lines=$jcds_lines${jcds_word#=}$jcds_newline && continue ;;
    *=*) ;;
    *) continue ;;
  esac
  jcds_text=${jcds_item#APPTAINERENV_}
  case ${jcds_text#SINGULARITYENV_} in
    JCDS_TOKEN* | GITLAB_TOKEN | GITLAB_ACCESS_TOKEN | OAUTH_TOKEN | GITHUB_TOKEN | GH_TOKEN | \
      GITHUB_ENTERPRISE_TOKEN | GH_ENTERPRISE_TOKEN | CI_JOB_TOKEN | CI_JOB_JWT* | CI_REGISTRY_PASSWORD | \
      CI_DEPLOY_PASSWORD | ACTIONS_RUNTIME_TOKEN | ACTIONS_ID_TOKEN_REQUEST_TOKEN)
      jcds_kept=''
      ;;
  esac
  case $jcds_item in
    APPTAINERENV_* | SINGULARITYENV_*) ;;
    PYTHONHOME | PYTHONPATH | PERL5LIB | LD_PRELOAD | PATH | LD_LIBRARY_PATH | APPTAINER_* | SINGULARITY_*) jcds_kept='' ;;
  esac
  case $jcds_kept:$jcds_item in
    *:PATH | *:HOME | *:PWD) continue ;;
    1:APPTAINERENV_?*) jcds_addressed=$jcds_addressed$jcds_word$jcds_newline jcds_kept='' ;;
    1:SINGULARITYENV_?*) jcds_addressed_before=$jcds_addressed_before$jcds_word$jcds_newline jcds_kept='' ;;
  esac
  case $jcds_item in
    jcds_*)
      jcds_text=$(jcds_clean "$jcds_item")
      jcds_fail 125 OWN_NAME \
      'the variable '"$jcds_text"' cannot be handed to the job: names that begin with jcds_ are the script'\''s own' \
      'unset it, or use jcds exec'
      ;;
    *[!A-Za-z0-9_]* | [0-9]* | IFS | _ | SHLVL | BASH* | COMP_WORDBREAKS | EPOCH* | GLOBIGNORE | HISTCMD | LINENO | OLDPWD | OPTERR | OPTIND | POSIXLY_CORRECT | \
      PPID | PS[124] | RANDOM | SHELLOPTS | SRANDOM)
      case $jcds_kept$jcds_item in
        1_) jcds_underscore=$jcds_word ;;
        1SHLVL) jcds_level=$jcds_word ;;
        1*[!A-Za-z0-9_]* | 1[0-9]* | 1IFS) jcds_lost=$jcds_lost$jcds_word$jcds_newline ;;
        1*) eval "[ \"\${$jcds_item-}\" = \"\${jcds_word#*=}\" ]" || jcds_lost=$jcds_lost$jcds_word$jcds_newline ;;
        *) jcds_surplus=$jcds_surplus$jcds_item$jcds_newline ;;
      esac
      ;;
    *)
      if [ -z "$jcds_kept" ]; then
        [ "$jcds_item" != LC_ALL ] || jcds_locale=''
        unset "$jcds_item"
      else
        case $jcds_item in
          LD_* | GLIBC_TUNABLES | MALLOC_* | GCONV_PATH | LOCPATH | NLSPATH)
            eval "jcds_option --setenv $jcds_item \"\$$jcds_item\""
            unset "$jcds_item"
            ;;
        esac
      fi
      ;;
  esac
done

if [ "$jcds_result" = file ]; then
  jcds_text=$(jcds_clean "$jcds_target")
  jcds_fail 125 UNSUPPORTED_BY_RUNTIME \
      'bubblewrap runs no image that is one file: '"$jcds_text" \
      'jcds run --runtime apptainer (or singularity)'
fi
jcds_program='/STAGE/programs/bwrap'
[ -x "$jcds_program" ] || jcds_program=$(
  PATH=${PATH-}:/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin
  command -v bwrap
)
case $jcds_program in
  /*) ;;
  *)
    jcds_fail 125 NO_RUNTIME \
      'no container runtime of this host can run this job
  bubblewrap: is not installed' \
      'bubblewrap: install the package bubblewrap'
    ;;
esac
case $jcds_target in
  */'.images/a1/b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4')
    jcds_search='/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
    jcds_give 'LANG' 'C.UTF-8'
    jcds_give 'GREETING' 'it'\''s'
    ;;
  *) jcds_read_image ;;
esac
for jcds_item in /usr/local/sbin /usr/local/bin /usr/sbin /usr/bin /sbin /bin; do
  case :$jcds_search: in
    *":$jcds_item:"*) ;;
    *) jcds_search=${jcds_search:+$jcds_search:}$jcds_item ;;
  esac
done
jcds_ahead='' jcds_instead='' jcds_behind=''
for jcds_word in $jcds_addressed_before $jcds_addressed; do
  jcds_replace "${jcds_word#*=}" "${jcds_ascii%-?}" "$jcds_newline"
  jcds_item=${jcds_word%%=*}
  case ${jcds_item#*ENV_} in
    HOME | GID) ;;
    PATH) jcds_instead=$jcds_text ;;
    PREPEND_PATH) jcds_ahead=$jcds_text ;;
    APPEND_PATH) jcds_behind=$jcds_text ;;
    *) jcds_give "${jcds_item#*ENV_}" "$jcds_text" ;;
  esac
done
jcds_search=${jcds_instead:-${jcds_ahead:+$jcds_ahead:}$jcds_search${jcds_behind:+:$jcds_behind}}
jcds_give JCDS_IMAGE "$jcds_name"
jcds_give JCDS_IMAGE_PATH "$jcds_target"
case ${PWD-} in
  /*) jcds_here=$PWD ;;
  *) jcds_here='' ;;
esac
jcds_find_home() {
  jcds_home=$(jcds_run getent passwd "$(jcds_run id -u)")
  jcds_home=${jcds_home%:*}
  jcds_home=${jcds_home##*:}
  jcds_home=${jcds_home:-/}
}
jcds_home=${HOME:-}
[ -n "$jcds_home" ] || jcds_find_home
if ! [ -d "$jcds_home" ]; then
  jcds_text=$jcds_home
  jcds_find_home
  [ -d "$jcds_home" ] && [ "$jcds_home" != / ] || jcds_home=$jcds_text
fi
if [ -d "$jcds_home" ]; then jcds_shown=$jcds_home; else jcds_shown=''; fi
jcds_linked='' jcds_text=$jcds_here
while [ -n "$jcds_text" ] && ! [ -h "$jcds_text" ]; do
  jcds_text=${jcds_text%/*}
done
if [ -n "$jcds_text" ]; then
  jcds_linked=$(pwd -P)
  case $jcds_here in
    "${jcds_shown:-/tmp}"/* | /tmp/* | /var/tmp/*) ;;
    *) jcds_here=$jcds_linked ;;
  esac
  case $jcds_linked in
    "${jcds_shown:-/tmp}" | "${jcds_shown:-/tmp}"/* | /tmp | /tmp/* | /var/tmp | /var/tmp/*)
      jcds_linked=''
      ;;
  esac
fi
jcds_fallback=${jcds_home%"${jcds_home##*[!/]}"}
jcds_fallback=${jcds_fallback:-/}
jcds_cwd=${jcds_here:-$jcds_fallback}
case $jcds_cwd in
  /bin | /boot | /dev | /etc | /lib | /lib64 | /mnt | /opt | /proc | /run | /sbin | /sys | /usr | /var)
    [ "$jcds_result" = file ] || [ -e "$jcds_target$jcds_cwd" ] || [ -h "$jcds_target$jcds_cwd" ] ||
      jcds_cwd=$jcds_fallback
    ;;
esac
jcds_check "$1"
jcds_variables=$jcds_options
jcds_options=''
jcds_mount_own /dev directory --dev-bind /dev
jcds_spot=''
jcds_mount_own /proc directory --proc
if [ -n "$jcds_spot" ] && [ -w /proc/sys/kernel/core_pattern ]; then # root: src/runtimes/held-places.ts
  for jcds_item in bus fs irq sys sysrq-trigger; do
    jcds_option --ro-bind-try "/proc/$jcds_item" "$jcds_spot/$jcds_item"
  done
fi
jcds_mount_own /sys directory --ro-bind /sys
jcds_mount_own /tmp directory --bind /tmp
jcds_mount_own /var/tmp directory --bind /var/tmp
case $jcds_home:$jcds_shown in
  /:*) ;;
  *:) jcds_mount "$jcds_home" directory --perms 0700 --tmpfs ;;
  *) jcds_mount "$jcds_home" directory --bind "$jcds_shown" ;;
esac
jcds_input() { # TEXT, which gets a newline at its end; sets jcds_descriptor
  for jcds_descriptor in 9 8 7 6 5 4 3 none; do
    case $jcds_inputs in
      *" $jcds_descriptor<"*) ;;
      *) [ -h "/proc/$$/fd/$jcds_descriptor" ] || break ;;
    esac
  done
  case $jcds_descriptor in
    none)
      jcds_fail 125 NO_FREE_DESCRIPTOR \
      'the runtime needs 1 file descriptors below 10, and the caller leaves 0 free' \
      'close descriptors before starting jcds, as in: jcds â¦ 3>&- 4>&-'
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
jcds_room=4095
if [ -n "$jcds_text" ] && [ "${#jcds_text}" -le "$jcds_room" ]; then
  jcds_input "${jcds_text%"$jcds_newline"}"
  jcds_mount_own /etc/resolv.conf file --perms 0644 --bind-data "$jcds_descriptor"
else
  jcds_mount_own /etc/resolv.conf file --ro-bind-try /etc/resolv.conf
fi
jcds_mount_own /etc/hosts file --ro-bind-try /etc/hosts
jcds_account() { # passwd|group OWN-LINES: an entry of the image with the caller's number gets the job's home
  jcds_text='' jcds_lines=$2 jcds_entry='' jcds_whole='' jcds_room=4095
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
  jcds_word=$jcds_word$jcds_item jcds_room=3072
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
jcds_locate /etc
if [ -e /etc/localtime ] && [ -z "$jcds_found$jcds_left" ] && [ -h "$jcds_target$jcds_real/localtime" ]; then
  jcds_open "$jcds_real"
  jcds_covered=$jcds_covered${jcds_real#/}/localtime//
  jcds_option --ro-bind /etc/localtime "$jcds_real/localtime"
elif [ -e /etc/localtime ]; then
  jcds_mount_own /etc/localtime file --ro-bind /etc/localtime
fi
[ -z "$jcds_gpu" ] ||
    jcds_fail 125 GPU_NOT_EXPECTED \
      'this host has a GPU, and a script for bubblewrap hands on only the kind that it was written for' \
      'jcds wrap --gpu nvidia, rocm or none; or jcds exec'
case $jcds_here in
  "" | / | /bin | /boot | /dev | /etc | /lib | /lib64 | /mnt | /opt | /proc | /run | /sbin | /sys | /usr | /var) ;;
  "${jcds_shown:-//}" | "${jcds_shown:-//}"/*) ;; # shown with it
  "$jcds_home" | "$jcds_home"/*) jcds_own "$jcds_here" "$jcds_here" ;; # an empty home is laid over it
  /tmp | /tmp/* | /var/tmp | /var/tmp/*) ;;
  *) jcds_own "$jcds_here" "$jcds_here" ;;
esac
[ -z "$jcds_linked" ] || jcds_own "$jcds_linked" "$jcds_linked"
jcds_own "$jcds_root" /cvmfs
[ "$jcds_root" = /cvmfs ] || jcds_own "$jcds_root" "$jcds_root"
jcds_file=${KRB5CCNAME-}
case $jcds_file in
  DIR::*/*) jcds_file=${jcds_file#DIR::} jcds_file=${jcds_file%/*} ;;
  FILE:* | WRFILE:* | DIR:*) jcds_file=${jcds_file#*:} ;;
esac
for jcds_item in "$jcds_file" "${X509_USER_PROXY-}" "${BEARER_TOKEN_FILE-}" "${XAUTHORITY-}"; do
  case $jcds_item in
    "$jcds_shown" | "${jcds_shown:-/tmp}"/* | "$jcds_here" | "${jcds_here:-/tmp}"/*)
      [ ! -h "$jcds_item" ] || jcds_file=$(jcds_run readlink -f -- "$jcds_item")
      [ ! -h "$jcds_item" ] || jcds_own "$jcds_file" "$jcds_file" ro
      ;;
    /tmp/* | /var/tmp/*)
      [ ! -h "$jcds_item" ] || jcds_file=$(jcds_run readlink -f -- "$jcds_item")
      [ ! -h "$jcds_item" ] || jcds_own "$jcds_file" "$jcds_file" ro
      ;;
    /*) jcds_own "$jcds_item" "$jcds_item" ro ;;
  esac
done
jcds_item=${JCDS_TOKEN_FILE:-${XDG_CONFIG_HOME:-${HOME-}/.config}/jcds/tokens}
case $jcds_item in
  "${jcds_shown:-//}"/*) [ ! -f "$jcds_item" ] || jcds_own /dev/null "$jcds_home${jcds_item#"$jcds_shown"}" ro ;;
esac
[ -z "$jcds_gpu" ] || jcds_own /etc/OpenCL/vendors /etc/OpenCL/vendors ro
jcds_mounts=$jcds_options
jcds_options=''
jcds_option "$jcds_program" --die-with-parent --cap-drop ALL --tmpfs /
jcds_show_root
jcds_options=$jcds_options$jcds_mounts
jcds_option --remount-ro / --chdir "$jcds_cwd"
jcds_options=$jcds_options$jcds_variables
[ -z "$jcds_libraries" ] || jcds_option --setenv LD_LIBRARY_PATH "$jcds_libraries"
export "PATH=$jcds_search" "HOME=$jcds_home" "PWD=$jcds_cwd"
case ${BASH_VERSION+bash}:$jcds_level in
  bash:) jcds_surplus=${jcds_surplus}SHLVL$jcds_newline ;;
  bash:*) ;; # puts it right itself
  :) unset SHLVL ;;
  *) SHLVL=${jcds_level#*=} ;;
esac
[ -z "${BASH_VERSION-}" ] || [ -n "$jcds_underscore" ] || jcds_surplus=${jcds_surplus}_$jcds_newline
jcds_words=$jcds_options jcds_options=''
if [ -n "$jcds_lost$jcds_surplus" ]; then
  jcds_option /usr/bin/env
  for jcds_item in $jcds_surplus; do
    jcds_option -u "$jcds_item"
  done
  jcds_option --
  for jcds_item in $jcds_lost; do
    jcds_replace "$jcds_item" "${jcds_ascii%-?}" "$jcds_newline"
    jcds_option "$jcds_text"
  done
fi
case $jcds_locale in
  set*) { LC_ALL=${jcds_locale#set}; } 2>/dev/null ;;
  *) unset LC_ALL ;;
esac
jcds_before=''
[ -z "$jcds_underscore" ] || jcds_before='_=${jcds_underscore#_=} '
eval "${jcds_before}exec $jcds_options $jcds_words -- \"\$@\"$jcds_inputs$jcds_bodies"
