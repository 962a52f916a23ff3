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
    set -- /bin/sh -c "$jcds_look" jcds-look "$@" .singularity.d/env \
      '.images/a1/b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4' ''
    [ ! -x /usr/bin/setsid ] || set -- /usr/bin/setsid "$@"
    PATH=/usr/bin:/bin:/usr/sbin:/sbin
    export PATH LC_ALL
    exec "$@" </dev/null 2>/dev/null 3<&- 4<&- 5<&- 6<&- 7<&- 8<&- 9<&-
  )
}

jcds_is_changed() { # WHAT
  jcds_text=$(jcds_clean "$1")
  jcds_fail 125 NOT_TEXT \
      'apptainer would change '"$jcds_text"': it is not UTF-8, or has a carriage return before a line end' \
      'jcds exec hands it on; so does a script of jcds wrap --runtime bubblewrap'
}
jcds_is_text() { # TEXT: whether Apptainer hands it on as it is: not what is no UTF-8, nor a carriage return before a line end
  case $1 in
    *[!$jcds_ascii]*) printf %s "$1" | jcds_run iconv -f UTF-8 -t UTF-16LE >/dev/null 2>&1 || return ;;
  esac
  case $1 in
    *"$jcds_return$jcds_newline"*) return 1 ;;
  esac
}
jcds_give() { # NAME VALUE
  if ! jcds_is_text "$2"; then
    jcds_text=$1
    jcds_is_changed "the variable $1"
  fi
  case $jcds_prefix in
    '') jcds_text=$2 ;;
    *)
      jcds_replace "$2" \\ \\\\
      jcds_replace "$jcds_text" \$ \\\$
      jcds_replace "$jcds_text" \` \\\`
      ;;
  esac
  export "$jcds_prefix$1=$jcds_text"
}
jcds_read_image() {
  jcds_search='' jcds_strange=''
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
      *) : ;;
    esac
  done
  jcds_search=${jcds_search:+$jcds_search:}/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
  [ -z "$jcds_strange" ] || printf 'jcds: %s%s\n' \
      "the ENV of $jcds_name has values that a script cannot hand on exactly; " \
      'jcds exec can, and a script written for it anew' >&2
}
jcds_own() { # SOURCE PLACE [ro]
  [ -e "$1" ] || return 0
  case $1$2 in
    *[:,\\\"]*)
      jcds_replace "src=$1" \" \"\"
      jcds_source=$jcds_text
      jcds_replace "dst=$2" \" \"\"
      jcds_option --mount "type=bind,\"$jcds_source\",\"$jcds_text\"${3:+,ro}"
      ;;
    *) jcds_option --bind "$1:$2${3:+:ro}" ;;
  esac
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
    jcds_on_host "$jcds_item"
    if [ -d "$jcds_at" ]; then
      case $1 in
        */*) jcds_refused='it is a directory' jcds_text=$jcds_item ;;
      esac
    elif [ -x "$jcds_at" ] || { [ -h "$jcds_at" ] && ! [ -e "$jcds_at" ]; }; then
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
    jcds_on_host "$jcds_item"
    jcds_rest=$(cd -P "${jcds_at%/*}/" 2>/dev/null && pwd)/
    case $jcds_at:$jcds_rest in
      *:/) jcds_at=${jcds_at%/*} ;;
      "$jcds_target"/*:"$jcds_target"/*) ;;
      "$jcds_target"/*) return ;;
    esac
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
    PATH | LD_LIBRARY_PATH | HOME | PWD | APPTAINER_* | APPTAINERENV_* | SINGULARITY_* | SINGULARITYENV_*) ;;
    PYTHONHOME | PYTHONPATH | PERL5LIB | LD_PRELOAD) jcds_kept='' ;;
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
        jcds_is_text "$jcds_word" || jcds_is_changed "the variable $jcds_item"
      fi
      ;;
  esac
done

jcds_options='' jcds_prefix=APPTAINERENV_
jcds_dropped=''
[ -e "$jcds_target/.singularity.d/env/99-base.sh" ] || [ ! -d "$jcds_target/.singularity.d/env" ] ||
  jcds_prefix=''
case $jcds_target in
  */'.images/a1/b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4')
    jcds_search='/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
    [ -n "${APPTAINERENV_GREETING+set}${SINGULARITYENV_GREETING+set}" ] || jcds_give GREETING 'it'\''s'
    ;;
  *) jcds_read_image ;;
esac
jcds_search=${APPTAINERENV_PATH:-${SINGULARITYENV_PATH:-$jcds_search}}
jcds_ahead=${APPTAINERENV_PREPEND_PATH-${SINGULARITYENV_PREPEND_PATH-}}
jcds_behind=${APPTAINERENV_APPEND_PATH-${SINGULARITYENV_APPEND_PATH-}}
jcds_search=${jcds_ahead:+$jcds_ahead:}$jcds_search${jcds_behind:+:$jcds_behind}
jcds_give JCDS_IMAGE "$jcds_name"
jcds_give JCDS_IMAGE_PATH "$jcds_target"
jcds_program='/STAGE/programs/apptainer'
[ -x "$jcds_program" ] || jcds_program=$(
  PATH=${PATH-}:/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin
  command -v apptainer
)
case $jcds_program in
  /*) ;;
  *)
    jcds_fail 125 NO_RUNTIME \
      'no container runtime of this host can run this job
  apptainer: is not installed' \
      'apptainer: install Apptainer, or load the site module that has it'
    ;;
esac
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
jcds_option "$jcds_program" -s exec
if [ -O /proc ]; then
  while IFS='	' read -r jcds_item jcds_word; do
    [ "$jcds_item" != CapEff: ] || break
  done </proc/self/status
  case ${jcds_word#"${jcds_word%%[!0]*}"} in
    [137f]*[!f]* | [!137f]* | '') jcds_option --userns ;;
  esac
fi
if [ "$jcds_result" = directory ] && ! [ -e "$jcds_target/tmp" ] && ! [ -h "$jcds_target/tmp" ]; then
  jcds_option --bind /tmp:/tmp
fi
case $jcds_home:$jcds_shown in
  /:*) jcds_option --home / ;;
  *:*:*)
    jcds_text=$jcds_home
    jcds_fail 125 HOME_NOT_POSSIBLE \
      'apptainer takes no home directory with a colon in its name: "'"$jcds_text"'"' \
      'choose another with --home DIR, or --no-home'
    ;;
  "$jcds_shown:$jcds_home") jcds_option --home "$jcds_home" ;;
  *) jcds_option --home "${jcds_shown:-/proc/0/home}:$jcds_home" ;;
esac
[ -z "$jcds_gpu" ] || jcds_option "$jcds_gpu"
[ -z "$jcds_dropped" ] || jcds_option --bind /dev/null:/.singularity.d/env/10-docker2singularity.sh
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
jcds_option --pwd "$jcds_cwd"
[ "$jcds_result" = file ] || jcds_check "$1"
jcds_is_text "$*" || jcds_is_changed "an argument"
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
eval "${jcds_before}exec $jcds_options $jcds_words \"\$jcds_target\" \"\$@\""
