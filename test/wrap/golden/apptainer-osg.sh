#!/bin/sh
# COMMAND [ARGUMENT...] in the container image library/debian:12, from CVMFS, without Node.js.
# Written by jcds VERSION (jcds wrap) from
# /STAGE/cvmfs/containers.jinr.ru/.images/a1/b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4,
# and runs what the tag names at each start. Rather write it anew than change it; docs/wrap.md of jcds explains it.
# shellcheck disable=SC2016,SC2034,SC2154 # texts for another shell; variables that eval sets and reads
# shellcheck disable=SC2030,SC2031,SC2086,SC2140 # what a subshell sets is its own; lists; a word in two lines
set +aeunvxC -f
unset -f '[' awk cd command cut find getent grep head iconv id kill ldconfig ls mkdir mv printf pwd read readlink rm
unset -f sed sleep stat test timeout tr wait
unset GLOBIGNORE
[ -z "${BASH_VERSION-}" ] || eval 'shopt -u dotglob failglob nocaseglob nocasematch nullglob'
jcds_newline='
'
IFS=$jcds_newline OPTIND=1 jcds_locale=${LC_ALL-} LC_ALL=C

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
jcds_fail() { # CODE NAME MESSAGE HINT, as far as a terminal may see them
  if [ "$2" = NOT_PUBLISHED ] && jcds_is_overdue; then
    jcds_text="$jcds_name is not in revision $jcds_text, which this host shows (a newer one may have it)"
    set -- 75 NOT_IN_REVISION "$jcds_repository: $jcds_text" "try again later, or: jcds wait $jcds_name"
  fi
  printf 'jcds: %s\n' "$3${4:+${jcds_newline}hint: $4}" | jcds_run tr '\t\r\1-\10\13\14\16-\37\177-\377' '  ?' >&2
  exit "$1"
}
jcds_run() { PATH=/usr/bin:/bin:/usr/sbin:/sbin LC_ALL=C "$@"; } # COMMAND...: of the host
jcds_replace() { # TEXT OLD NEW: sets jcds_text
  jcds_text=${1%%"$2"*} jcds_rest=$1
  while [ "$jcds_rest" != "${jcds_rest#*"$2"}" ]; do
    jcds_rest=${jcds_rest#*"$2"}
    jcds_text=$jcds_text$3${jcds_rest%%"$2"*}
  done
}

jcds_lists() { # DIRECTORY: whether it shows anything
  set -- "$1" "$1"/* "$1"/.[!.]*
  [ "$2$3" != "$1/*$1/.[!.]*" ]
}
jcds_look() { # sets jcds_result and jcds_text: where the image is, or what is in the way
  jcds_result=unseen jcds_place=$jcds_root/$jcds_repository jcds_search='' jcds_strange=''
  if ! cd -P "$jcds_place" || ! jcds_lists .; then
    jcds_text=$(ls -A "$jcds_place/." 2>&1) && jcds_text="$jcds_place is empty"
    return
  fi
  jcds_top=$PWD
  jcds_place=$jcds_place/$jcds_entry
  if [ "$jcds_root" != /cvmfs ]; then # links mean /cvmfs
    jcds_text=$(readlink "$jcds_place")
    [ "${jcds_text#/cvmfs/}" = "$jcds_text" ] || jcds_place=$jcds_root/${jcds_text#/cvmfs/}
  fi
  if ! cd -P "$jcds_place" || ! jcds_lists .; then
    jcds_explain
    return
  fi
  jcds_text=$PWD
  case $PWD/ in
    *[\\\`\$$jcds_newline]*) jcds_result=broken jcds_text='its directory has an odd name' && return ;;
    "$jcds_top"/*) ;;
    *) jcds_result=escapes && return ;;
  esac
  if ! jcds_read_image; then
    jcds_text=$(jcds_read_image 2>&1 >/dev/null)
    # modes in the image are its publisher's
    [ "${jcds_text%: Permission denied}" = "$jcds_text" ] || jcds_result=broken
    return
  fi
  jcds_result=directory jcds_text=$PWD
}
jcds_explain() { # why nobody can go to the image
  if ! jcds_text=$(ls -ld "$jcds_top/$jcds_entry" 2>&1); then
    case $jcds_text in
      *": No such file or directory" | *": Not a directory" | *": File name too long") jcds_result=missing ;;
    esac
    return
  fi
  jcds_text=$(readlink "$jcds_top/$jcds_entry")
  case $jcds_text in
    "/cvmfs/$jcds_repository"/* | "$jcds_root/$jcds_repository"/* | [!/]* | '') ;;
    *) jcds_result=escapes && return ;;
  esac
  jcds_text=$(ls -A "$jcds_place/." 2>&1 >/dev/null)
  case $jcds_text in
    '') jcds_text="$jcds_place shows nothing" ;;
    *": Permission denied") [ ! -d "$jcds_place" ] || jcds_result=broken ;;
    *": No such file or directory" | *": Not a directory" | *" symbolic links") jcds_result=broken ;;
  esac
}
jcds_is_text() { # FILE: a regular one that lies in the image, of a size that can be read; else the image is broken
  jcds_text=$(find "$1" -prune -type f -size -2049) || return
  [ -z "$jcds_text" ] || [ -h .singularity.d ] || [ -h .singularity.d/env ] || return 0
  jcds_result=broken
  echo "$1 is no file of the image, or too long" >&2
  return 1
}
jcds_read_image() { # in its directory: what will be listed must be seen, and of an image that is not known ENV is read
  for jcds_item in .singularity.d/en[v]; do # as a pattern it is found where the listing above has it
    [ "$jcds_item" = "${jcds_item%]}" ] || continue
    [ -h "$jcds_item" ] || jcds_lists "$jcds_item" || ls -A "./$jcds_item/." >/dev/null || return
  done
  case $PWD in
    */'.images/a1/b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4')
      return 0 ;;
  esac
  for jcds_item in .singularity.d/env/10-docker2singularity.s[h]; do
    [ "$jcds_item" = "${jcds_item%]}" ] || continue
    jcds_is_text "$jcds_item" || return
    jcds_search=$(sed -nE 's/^export PATH="(\$\{PATH:-")?([^\`$"'\'']*)"(\}")?$/\2/p' "$jcds_item") || return
    jcds_strange=$(sed -E '/^(#.*)?$/d
      /^export [A-Za-z0-9_]+="(\$\{[A-Za-z0-9_]+:-("[^\`$"'\'']*")?\}|[^\`$"'\'']*)"$/d' "$jcds_item") || return
  done
}
jcds_bounded() { # COMMAND...: jcds_answer is what it prints, which ends with a line jcds_result=...
  jcds_answer=$(
    exec </dev/null 2>/dev/null 3<&- 4<&- 5<&- 6<&- 7<&- 8<&- 9<&-
    trap '' HUP INT TERM
    {
      PATH=/usr/bin:/bin sleep "$jcds_timeout" >/dev/null &
      jcds_timer=$!
      "$@" &
      jcds_left=$! IFS=' '
      if wait "$jcds_timer"; then
        jcds_end "$jcds_left"
        printf '\njcds_result=unseen: gave no answer within %s s\n\n' "$jcds_timeout" # busybox' sed reads ahead
      fi
    } | PATH=/usr/bin:/bin LC_ALL=C sed '/^jcds_result=/q'
  )
}
jcds_end() { # PROCESS, and all that it has started
  kill -STOP "$1" # it starts nothing more
  jcds_more=''
  read -r jcds_more <"/proc/$1/task/$1/children"
  for jcds_more in $jcds_more; do
    jcds_end "$jcds_more"
  done
  kill -KILL "$1"
}
jcds_unseen() { # WHY
  jcds_fail 75 CVMFS_UNREACHABLE "the CVMFS repository containers.jinr.ru cannot be seen: $1" \
    'try again later; jcds status library/debian:12 says more, and so does cvmfs_config probe '\
'containers.jinr.ru'
}

jcds_binds=''
jcds_own() { # SOURCE PLACE [ro]
  [ -e "$1" ] || return 0
  case $1$2 in
    *[:,\\\"$jcds_newline]*)
      jcds_fail 125 ODD_NAME "a script cannot show a directory of such a name: $1" 'jcds exec can' ;;
  esac
  jcds_binds=$1:$2${3:+:ro}$jcds_newline$jcds_binds
}
jcds_follow() { # FILE: jcds_at is where it is
  jcds_at=$1 jcds_rest=$1
  while [ -n "$jcds_rest" ] && [ -e "$1" ]; do
    if [ ! -h "$jcds_rest" ]; then
      jcds_rest=${jcds_rest%/*}
      continue
    fi
    jcds_text=$(find "$jcds_rest" -prune ! -user "$(stat -c %u /)" ! -user "$(id -u)")
    [ -z "$jcds_text" ] ||
      jcds_fail 125 FOREIGN_LINK "a script follows no link of another user: $jcds_rest" \
        'jcds exec leaves out what it leads to; name files by paths of your own'
    jcds_text=$(readlink -- "$jcds_rest")
    [ "${jcds_text#/}" != "$jcds_text" ] || jcds_text=${jcds_rest%/*}/$jcds_text
    jcds_at=$jcds_text${jcds_at#"$jcds_rest"}
    jcds_rest=$jcds_at
  done
}
jcds_real() { # PATH: jcds_at is its real name, as far as it is there
  jcds_rest=/${1#/} jcds_more=''
  until cd -P "${jcds_rest:-/}"; do
    jcds_more=/${jcds_rest##*/}$jcds_more jcds_rest=${jcds_rest%/*}
    jcds_rest=${jcds_rest%"${jcds_rest##*[!/]}"}
  done
  jcds_at=${PWD%/}$jcds_more
}
jcds_make() { [ -d "$1" ] || (umask 077 && mkdir -p "$1"); } # one of jcds' own: else the job would make it
jcds_hold() { # SOURCE PLACE [ro]: in what is shown there no job can write to jcds' own directories, or rename them
  [ -e "$1" ] || return 0
  jcds_real "$1"
  jcds_source=$jcds_at jcds_done=$jcds_newline
  for jcds_held in $jcds_others $jcds_settings; do
    case $jcds_held:$jcds_source/:$1 in
      *:"$jcds_held"/*:*)
        jcds_fail 125 OWN_DIRECTORY "a script cannot show jcds' own directory: $1" \
          'jcds exec can, or start in another directory' ;;
      "${_CONDOR_SCRATCH_DIR:-//}"/*) continue ;; # of the job
      "$jcds_home"/*:/tmp | "$jcds_home"/*:/var/tmp) continue ;; # under the home
      "$jcds_config"/*) continue ;; # covered with it
      "$jcds_source"/*) ;;
      *) continue ;;
    esac
    case $jcds_held in "$jcds_config" | "$jcds_cache" | /var/lib/jcds) jcds_make "$jcds_held" ;; esac
    [ -e "$jcds_held" ] || continue
    jcds_above=$jcds_source jcds_below=${jcds_held#"$jcds_source"/}
    while [ "$jcds_below" != "${jcds_below#*/}" ]; do # a mount of its own cannot be renamed
      jcds_above=$jcds_above/${jcds_below%%/*} jcds_below=${jcds_below#*/}
      # again it would hide what is held in it
      case $jcds_done in *"$jcds_newline$jcds_above$jcds_newline"*) continue ;; esac
      jcds_done=$jcds_done$jcds_above$jcds_newline
      jcds_own "$jcds_above" "$2${jcds_above#"$jcds_source"}" "${3-}"
    done
    jcds_cover=$jcds_held jcds_done=$jcds_done$jcds_held$jcds_newline
    case $jcds_newline$jcds_settings in
      *"$jcds_newline$jcds_held$jcds_newline"*)
        jcds_cover=$jcds_cache/nothing
        jcds_make "$jcds_cover"
        { [ -O "$jcds_cover" ] && [ ! -h "$jcds_cover" ]; } || jcds_cover=$jcds_held
        [ -d "$jcds_held" ] || jcds_cover=/dev/null
        ;;
    esac
    jcds_own "$jcds_cover" "$2${jcds_held#"$jcds_source"}" ro
    [ "$jcds_cover" != "$jcds_held" ] || [ ! -f "$jcds_held/tokens" ] ||
      jcds_own /dev/null "$2${jcds_held#"$jcds_source"}/tokens" ro
  done
}
jcds_on_host() { # PLACE: jcds_at is where the host has it
  jcds_at=$1
  case $1 in
    /cvmfs/*) jcds_at=$jcds_root${1#/cvmfs} ;;
    /dev/* | /proc/* | /sys/* | "${jcds_shown:-//}"/* | /tmp/* | /var/tmp/* | "${jcds_here:-/tmp}"/*) ;;
    *) jcds_at=$jcds_target$1 ;;
  esac
}
jcds_check() { # COMMAND
  jcds_command=$1 jcds_refused='' jcds_missing=''
  IFS=:
  case $1 in
    /*) set -- / ;;
    */*) set -- "$jcds_cwd" ;;
    *) set -- $jcds_search ;;
  esac
  IFS=$jcds_newline
  for jcds_item in "$@"; do
    [ "${jcds_item#/}" != "$jcds_item" ] || return 0
    jcds_item=${jcds_item%/}/${jcds_command#/}
    jcds_on_host "$jcds_item"
    if [ -d "$jcds_at" ]; then
      [ "$jcds_command" = "${jcds_command#*/}" ] || jcds_refused='it is a directory' jcds_text=$jcds_item
    elif [ -x "$jcds_at" ]; then
      return 0
    elif [ -e "$jcds_at" ]; then
      jcds_refused='it has no execute permission for you' jcds_text=$jcds_item
    else
      jcds_rest=$jcds_at
      until cd -P "$jcds_rest/"; do
        [ ! -h "$jcds_rest" ] || return 0
        jcds_rest=${jcds_rest%/*}
      done
      case $jcds_at:$PWD/ in
        "$jcds_target"/*:"$jcds_target"/*) ;;
        "$jcds_target"/*) return 0 ;;
      esac
      jcds_missing=$jcds_missing$jcds_newline$jcds_at
    fi
  done
  [ -z "$jcds_refused" ] ||
    jcds_fail 126 COMMAND_NOT_EXECUTABLE \
      "$jcds_text in the image library/debian:12 cannot be executed: $jcds_refused" \
      'jcds exec library/debian:12 COMMAND'
  ! command ls -d $jcds_missing 2>&1 | grep -qvE 'No such file|Not a directory|name too long' || return 0
  jcds_fail 127 COMMAND_NOT_FOUND '"'"$jcds_command"'" is not in the image library/debian:12' \
    'look what is there: jcds shell library/debian:12'
}
jcds_survey() { # COMMAND
  jcds_fail() { jcds_code=$1 jcds_error=$2 jcds_message=$3 jcds_hint=$4 && jcds_hand_back; }
  jcds_gpu=''
set +f
for jcds_item in /dev/nvidia[0-9]*; do
  [ ! -e "$jcds_item" ] || jcds_gpu=--nv
done
set -f
case ${CUDA_VISIBLE_DEVICES-}:${NVIDIA_VISIBLE_DEVICES-} in 10000:* | *:none | *:void) jcds_gpu='' ;; esac
[ -n "$jcds_gpu" ] || [ ! -e /dev/kfd ] || jcds_gpu=--rocm
jcds_program='/STAGE/programs/apptainer'
[ -x "$jcds_program" ] ||
  jcds_program=$(PATH=${PATH-}:/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin command -v apptainer) ||
  jcds_fail 125 NO_RUNTIME \
    'no container runtime of this host can run this job
  apptainer: is not installed' \
    'apptainer: install Apptainer, or load the site module that has it'
jcds_here=${PWD-}
{ [ "${jcds_here#/}" != "$jcds_here" ] && [ -x "$jcds_here/." ]; } || jcds_here=''
jcds_home=${HOME-}
if [ "${jcds_home#/}" = "$jcds_home" ] || [ ! -d "$jcds_home" ]; then
  jcds_text=$(jcds_run getent passwd "$(jcds_run id -u)" | jcds_run cut -d: -f6)
  [ "${jcds_home#/}" != "$jcds_home" ] && [ ! -d "${jcds_text%/}" ] || jcds_home=${jcds_text:-/}
fi
jcds_shown=''
[ ! -d "$jcds_home" ] || jcds_shown=$jcds_home
jcds_linked=''
if [ -n "$jcds_here" ] && cd -P . && [ "$PWD" != "$jcds_here" ]; then
  jcds_linked=$PWD
  case $jcds_here in
    "${jcds_shown:-/tmp}"/* | /tmp/* | /var/tmp/*) ;;
    *) jcds_here=$PWD ;;
  esac
fi
jcds_fallback=${jcds_home%"${jcds_home##*[!/]}"}
jcds_fallback=${jcds_fallback:-/}
jcds_cwd=${jcds_here:-$jcds_fallback}
jcds_account=$jcds_home
jcds_config=${XDG_CONFIG_HOME-} jcds_cache=${XDG_CACHE_HOME-} jcds_settings='' jcds_others=''
[ "${jcds_config#/}" != "$jcds_config" ] || jcds_config=$jcds_account/.config
[ "${jcds_cache#/}" != "$jcds_cache" ] || jcds_cache=$jcds_account/.cache
jcds_store=${XDG_DATA_HOME-}
[ "${jcds_store#/}" != "$jcds_store" ] || jcds_store=$jcds_account/.local/share
for jcds_item in "$jcds_config/jcds" "$jcds_account/.config/jcds" "/${JCDS_TOKEN_FILE#/}"; do
  jcds_real "$jcds_item" && jcds_settings=$jcds_settings$jcds_at$jcds_newline
done
for jcds_item in "$jcds_cache/jcds" "$jcds_account/.cache/jcds" "$jcds_store/jcds/store" /var/lib/jcds; do
  jcds_real "$jcds_item" && jcds_others=$jcds_others$jcds_at$jcds_newline
done
jcds_config=${jcds_settings%%"$jcds_newline"*} jcds_cache=${jcds_others%%"$jcds_newline"*}
jcds_site=${APPTAINER_BIND-${SINGULARITY_BIND-}},${APPTAINER_BINDPATH-${SINGULARITY_BINDPATH-}}
for jcds_item in CLEANENV COMPAT CONTAIN CONTAINALL CWD HOME MOUNT NO_EVAL NO_HOME NO_MOUNT PWD; do
  eval "jcds_text=\${APPTAINER_$jcds_item-\${SINGULARITY_$jcds_item-}}"
  [ -z "$jcds_text" ] ||
    jcds_fail 125 SITE_VARIABLE "a script cannot do what the site's variable says: APPTAINER_$jcds_item=$jcds_text" \
      'jcds exec can, or unset it'
done
  export LC_ALL PATH=/usr/bin:/bin:/usr/sbin:/sbin
  jcds_said=$(printf '\1\r\n' && exec tr '\0\n' '\n\1' <"/proc/$$/environ")
  cd / # what is left behind keeps no directory of the caller busy
  set +f
  jcds_look
  set -f
  jcds_text=${jcds_text%%"$jcds_newline"*}
jcds_path=$jcds_root/$jcds_repository/$jcds_entry
case $jcds_result in
  directory) jcds_target=$jcds_text ;;
  missing)
    jcds_fail 125 NOT_PUBLISHED "library/debian:12 is not published in containers.jinr.ru (looked at $jcds_path)" \
      'see what is there with: jcds list --repository containers.jinr.ru '\''*debian*'\''; ask for it with: jcds '\
'request --repository containers.jinr.ru library/debian:12' ;;
  broken)
    jcds_fail 125 BROKEN_PUBLICATION "$jcds_path is published, but cannot be used: $jcds_text" \
      'jcds status library/debian:12 says why; tell the people who run containers.jinr.ru' ;;
  escapes)
    jcds_fail 125 LINK_ESCAPES \
      "the link library/debian:12 in containers.jinr.ru leads out of the repository, to $jcds_text" \
      'tell the people who run containers.jinr.ru; a repository that is meant is named in allowedLinkTargets' ;;
  *) jcds_unseen "$jcds_text" ;;
esac
jcds_search=${jcds_search:+$jcds_search:}/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
[ -z "$jcds_strange" ] ||
  jcds_warned="${jcds_warned}jcds: the ENV of $jcds_name has values that a script cannot hand on exactly; "\
'jcds exec can, and a script written for it anew'
jcds_search=${APPTAINERENV_PATH:-${SINGULARITYENV_PATH:-$jcds_search}}
jcds_ahead=${APPTAINERENV_PREPEND_PATH-${SINGULARITYENV_PREPEND_PATH-}}
jcds_behind=${APPTAINERENV_APPEND_PATH-${SINGULARITYENV_APPEND_PATH-}}
jcds_search=${jcds_ahead:+$jcds_ahead:}$jcds_search${jcds_behind:+:$jcds_behind}
[ -z "$jcds_linked" ] || jcds_own "$jcds_linked" "$jcds_linked"
jcds_own "$jcds_root" /cvmfs
[ "$jcds_root" = /cvmfs ] || jcds_own "$jcds_root" "$jcds_root"
jcds_item=${KRB5CCNAME-}
[ "$jcds_item" = "${jcds_item#DIR::}" ] || jcds_item=${jcds_item%/*}
jcds_item=${jcds_item#"${jcds_item%%/*}"} # from the first slash on
for jcds_item in "$jcds_item" "${X509_USER_PROXY-}" "${BEARER_TOKEN_FILE-}" "${XAUTHORITY-}"; do
  case $jcds_item in
    "$jcds_shown" | "${jcds_shown:-/tmp}"/* | "$jcds_here" | "${jcds_here:-/tmp}"/* | /tmp/* | /var/tmp/*)
      [ -h "$jcds_item" ] || continue
      jcds_follow "$jcds_item"
      jcds_own "$jcds_at" "$jcds_at" ro
      ;;
    /*)
      jcds_follow "$jcds_item"
      jcds_own "$jcds_at" "$jcds_item" ro
      ;;
  esac
done
IFS=,
for jcds_word in $jcds_site; do
  IFS=$jcds_newline jcds_place=${jcds_word%:ro} jcds_mode=''
  [ "$jcds_place" = "$jcds_word" ] || jcds_mode=ro
  jcds_item=${jcds_word%%:*} jcds_place=${jcds_place#*:}
  case $jcds_item:$jcds_place in
    :) continue ;;
    [!/]* | *:[!/]* | *:*:*)
      jcds_fail 125 SITE_VARIABLE "a script cannot do what the site's variable says: APPTAINER_BIND=$jcds_word" \
        'jcds exec can, or unset it' ;;
  esac
  jcds_own "$jcds_item" "$jcds_place" "$jcds_mode"
  jcds_hold "$jcds_item" "$jcds_place"
  [ -e "$jcds_item" ] ||
    jcds_warned="${jcds_warned}jcds: $jcds_item does not exist: not shown in the container$jcds_newline"
done
IFS=$jcds_newline
[ -z "$jcds_shown" ] || [ "$jcds_home" = / ] || jcds_hold "$jcds_shown" "$jcds_home"
case $jcds_home:$jcds_here/ in
  *:/ | *:// | "$jcds_shown:$jcds_shown"/*) ;; # shown with the home
  *)
    jcds_real "$jcds_here"
    case $jcds_newline$jcds_settings$jcds_others in
      *"$jcds_newline$jcds_at"/*) jcds_own "$jcds_here" "$jcds_here" ;;
    esac
    jcds_hold "$jcds_here" "$jcds_here"
    ;;
esac
jcds_hold /tmp /tmp
jcds_hold /var/tmp /var/tmp
[ -z "$jcds_gpu" ] || jcds_own /etc/OpenCL/vendors /etc/OpenCL/vendors ro
case $jcds_cwd in
  /bin | /boot | /dev | /etc | /lib | /lib64 | /mnt | /opt | /proc | /run | /sbin | /sys | /usr | /var)
    [ -e "$jcds_target$jcds_cwd" ] || [ -h "$jcds_target$jcds_cwd" ] || jcds_cwd=$jcds_fallback
    ;;
esac
jcds_check "$1"
jcds_lacks=''
[ -e "$jcds_target/tmp" ] || [ -h "$jcds_target/tmp" ] || jcds_lacks=/tmp
  jcds_hand_back
}
jcds_hand_back() {
  IFS=$jcds_newline
  for jcds_item in code error message hint warned said target \
    program cwd home shown binds lacks gpu; do
    printf 'jcds_%s=\n' "$jcds_item"
    eval "printf '=%s\n' \$jcds_$jcds_item"
  done
  printf 'jcds_result=seen\n'
  kill -KILL "$jcds_timer"
  exit
}
jcds_take_back() {
  for jcds_word in $jcds_answer; do
    case $jcds_word in
      =*) eval "$jcds_item=\${$jcds_item:+\$$jcds_item\$jcds_newline}\${jcds_word#=}" ;;
      *) jcds_item=${jcds_word%%=*} && eval "$jcds_item=\${jcds_word#*=}" ;;
    esac
  done
}

[ $# != 0 ] || jcds_fail 125 USAGE 'this script needs a command' "$0 COMMAND [ARGUMENT...]"
jcds_name='library/debian:12' jcds_entry='library/debian:12'
jcds_repository='containers.jinr.ru'
jcds_root=${JCDS_CVMFS_ROOT:-'/STAGE/cvmfs'}
[ "${jcds_root#/}" != "$jcds_root" ] || jcds_root=$PWD/$jcds_root
jcds_root=${jcds_root%"${jcds_root##*[!/]}"}
jcds_timeout=${JCDS_CVMFS_TIMEOUT:-20}
case $jcds_timeout in *[!0-9.]* | *.*.* | .) jcds_timeout=20 ;; esac
jcds_result='' jcds_code='' jcds_warned='' jcds_target=''
jcds_bounded jcds_survey "$1"
jcds_take_back
[ "$jcds_result" = seen ] || jcds_unseen "$jcds_root/$jcds_repository gave no answer within $jcds_timeout s"
[ -z "$jcds_warned" ] || printf '%s\n' "$jcds_warned" >&2
[ -z "$jcds_code" ] || jcds_fail "$jcds_code" "$jcds_error" "$jcds_message" "$jcds_hint"
jcds_text=${jcds_said%%"$jcds_newline"*}
jcds_one=${jcds_text%?} jcds_return=${jcds_text#?}
jcds_lost='' jcds_surplus=''
for jcds_word in $jcds_said; do
  jcds_item=${jcds_word%%=*} jcds_kept=1 jcds_same=1
  { [ -n "$jcds_item" ] && [ "$jcds_item" != "$jcds_word" ]; } || continue
  jcds_text=${jcds_item#APPTAINERENV_}
  case ${jcds_text#SINGULARITYENV_} in
    JCDS_TOKEN* | GITLAB_TOKEN | GITLAB_ACCESS_TOKEN | OAUTH_TOKEN | GITHUB_TOKEN | GH_TOKEN | \
      GITHUB_ENTERPRISE_TOKEN | GH_ENTERPRISE_TOKEN | CI_JOB_TOKEN | CI_JOB_JWT* | \
      CI_REGISTRY_PASSWORD | CI_DEPLOY_PASSWORD | ACTIONS_RUNTIME_TOKEN | \
      ACTIONS_ID_TOKEN_REQUEST_TOKEN) jcds_kept='' ;;
  esac
  case $jcds_item in PYTHONHOME | PYTHONPATH | PERL5LIB | LD_PRELOAD) jcds_kept='' ;; esac
  case $jcds_item in
    jcds_*)
      jcds_fail 125 OWN_NAME \
        "the variable $jcds_item cannot be handed to the job: names that begin with jcds_ are the script's own" \
        'unset it, or use jcds exec' ;;
    *[!A-Za-z0-9_]* | [0-9]* | IFS) jcds_same='' ;;
    BASH* | COMP_WORDBREAKS | EPOCH* | EUID | GLOBIGNORE | HISTCMD | LINENO | OLDPWD | OPTERR | \
      OPTIND | POSIXLY_CORRECT | PPID | PS[124] | RANDOM | SHELLOPTS | SRANDOM | UID)
      [ -n "$jcds_kept" ] && eval "[ \"\${$jcds_item-}\" = \"\${jcds_word#*=}\" ]" || jcds_same=''
      ;;
  esac
  case $jcds_kept:$jcds_same in
    1:1) : ;;
    1:) jcds_lost=$jcds_lost$jcds_word$jcds_newline ;;
    :1) unset "$jcds_item" && LC_ALL=C ;;
    :) jcds_surplus=$jcds_surplus-u$jcds_item$jcds_newline ;;
  esac
done
unset APPTAINER_BIND APPTAINER_BINDPATH SINGULARITY_BIND SINGULARITY_BINDPATH
case $jcds_target in
  */'.images/a1/b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4')
    [ -n "${APPTAINERENV_GREETING+set}${SINGULARITYENV_GREETING+set}" ] ||
      export APPTAINERENV_GREETING='it'\''s'
    ;;
esac
export "JCDS_IMAGE=$jcds_name" "APPTAINERENV_JCDS_IMAGE=$jcds_name"
export "JCDS_IMAGE_PATH=$jcds_target" "APPTAINERENV_JCDS_IMAGE_PATH=$jcds_target"
IFS=' ' # between two arguments is no line end
jcds_text="${jcds_said#*"$jcds_newline"} $*" jcds_plain="$jcds_one$jcds_newline -~"
IFS=$jcds_newline
case $jcds_text in
  *"$jcds_return$jcds_newline"* | *"$jcds_return$jcds_one"*) jcds_text='' ;;
  *[!$jcds_plain]*) printf %s "$jcds_text" | jcds_run iconv -f UTF-8 -t UTF-16LE >/dev/null 2>&1 || jcds_text='' ;;
esac
[ -n "$jcds_text" ] ||
  jcds_fail 125 NOT_TEXT \
    'apptainer would change an argument or a variable: it is not UTF-8, or has a carriage return before a line '\
'end' \
    'jcds exec hands it on; so does a script of jcds wrap --runtime bubblewrap'
set -- "$jcds_target" "$@"
set -- --pwd "$jcds_cwd" "$@"
for jcds_item in $jcds_binds; do
  set -- --bind "$jcds_item" "$@"
done
[ -z "$jcds_gpu" ] || set -- "$jcds_gpu" "$@"
case $jcds_home:$jcds_shown in
  /:*) set -- --home / "$@" ;;
  *:*:*)
    jcds_fail 125 HOME_NOT_POSSIBLE 'apptainer takes no home directory with a colon in its name: "'"$jcds_home"'"' \
      'choose another with --home DIR, or --no-home' ;;
  *) set -- --home "${jcds_shown:-/proc/0/home}:$jcds_home" "$@" ;;
esac
[ -z "$jcds_lacks" ] || set -- --bind /tmp:/tmp "$@"
[ -O /proc ] && ! jcds_run grep -qE '^CapEff:.0*[137f]f*$' /proc/self/status && set -- --userns "$@"
set -- "$jcds_program" -s exec "$@"
for jcds_word in $jcds_lost; do
  jcds_replace "$jcds_word" "$jcds_one" "$jcds_newline"
  set -- "$jcds_text" "$@"
done
[ -z "$jcds_lost$jcds_surplus" ] || set -- /usr/bin/env $jcds_surplus -- "$@"
{ LC_ALL=$jcds_locale; } 2>/dev/null
exec "$@"
