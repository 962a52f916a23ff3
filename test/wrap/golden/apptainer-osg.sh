#!/bin/sh
# COMMAND [ARGUMENT...] in the container image library/debian:12, from CVMFS, without Node.js.
# Written by jcds VERSION (jcds wrap) from
# /STAGE/cvmfs/containers.jinr.ru/.images/a1/b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4,
# and runs what the tag names at each start. Rather write it anew than change it; docs/wrap.md of jcds explains it.
# shellcheck disable=SC2016,SC2034,SC2154 # texts for another shell; variables that eval sets and reads
# shellcheck disable=SC2030,SC2031,SC2140 # PATH and LC_ALL of a subshell are its own; a word in two lines
set +aeunvxC -f
unset -f '[' awk cd command cut find getent grep head iconv id kill ldconfig ls mkdir mv printf pwd read readlink rm
unset -f sed sleep stat test timeout tr wait
unset GLOBIGNORE
[ -z "${BASH_VERSION-}" ] || eval 'shopt -u dotglob failglob nocaseglob nocasematch nullglob'
jcds_newline='
'
IFS=$jcds_newline OPTIND=1 jcds_locale=${LC_ALL-} LC_ALL=C

jcds_attribute() { # NAME: text, as the client of this machine has it, or nothing
  jcds_text=$(
    set -- "$1" "$jcds_root/$jcds_repository"
    set -- "$@" 'import os, sys; print(os.getxattr(sys.argv[2], "user." + sys.argv[1]).decode())'
    PATH=/usr/bin:/bin LC_ALL=C timeout -s KILL 5 /bin/sh -c '
      getfattr -n "user.$1" --only-values --absolute-names -- "$2" || attr -q -g "$1" "$2" ||
        python3 -I -S -c "$3" "$1" "$2"' sh "$@" </dev/null 2>/dev/null
  )
}
jcds_is_overdue() { # whether the client should have looked for a newer revision than jcds_text by now
  jcds_attribute expires
  case $jcds_text in
    -[0-9]*) jcds_attribute revision ;;
    *) return 1 ;;
  esac
}
jcds_fail() { # CODE NAME MESSAGE HINT, as far as a terminal may see them
  if [ "$2" = NOT_PUBLISHED ] && jcds_is_overdue; then
    jcds_text="$jcds_name is not in revision $jcds_text, which this host shows (a newer one may have it)"
    set -- 75 NOT_IN_REVISION "$jcds_repository: $jcds_text" "try again later, or: jcds wait $jcds_name"
  fi
  printf 'jcds: %s\n' "$3${4:+${jcds_newline}hint: $4}" | jcds_run tr '\t\r\1-\10\13\14\16-\37\177-\377' '  ?' >&2
  exit "$1"
}
jcds_run() { # COMMAND...: of the host
  PATH=/usr/bin:/bin:/usr/sbin:/sbin LC_ALL=C "$@"
}
jcds_find_link() { # PATH: whether a link is in it, the last of which is jcds_rest then
  jcds_rest=$1
  while [ -n "$jcds_rest" ] && [ ! -h "$jcds_rest" ]; do
    case $jcds_rest in
      */*) jcds_rest=${jcds_rest%/*} ;;
      *) jcds_rest='' ;;
    esac
  done
  [ -n "$jcds_rest" ]
}
jcds_replace() { # TEXT OLD NEW: sets jcds_text
  jcds_text=${1%%"$2"*} jcds_rest=$1
  while [ "$jcds_rest" != "${jcds_rest#*"$2"}" ]; do
    jcds_rest=${jcds_rest#*"$2"}
    jcds_text=$jcds_text$3${jcds_rest%%"$2"*}
  done
}

jcds_look='root=$1 name=$2 entry=$3 known=$5
newline="
"
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
  word=unseen repository=$root/$name
  if ! cd -P "$repository" || ! listed .; then
    text=$(ls -A "$repository/." 2>&1) && text="$repository is empty"
    return
  fi
  top=$PWD
  place=$repository/$entry
  if [ "$root" != /cvmfs ]; then # links mean /cvmfs
    link=$(readlink -n "$place" && echo .)
    case $link in
      /cvmfs/*.) link=${link%.} place=$root/${link#/cvmfs/} ;;
    esac
  fi
  if ! cd -P "$place" || ! listed .; then
    explain
    return
  fi
  case $PWD/ in
    *[\\\`\$$newline]*) word=broken text="its directory has an odd name" && return ;;
    "$top"/*) ;;
    *) word=escapes text=$PWD && return ;;
  esac
  if ! read_image; then
    text=$(read_image 2>&1 >/dev/null)
    case $text in
      *": Permission denied") word=broken ;; # modes in the image are its publisher'\''s
    esac
    return
  fi
  word=directory text=$PWD
}
explain() { # why the image cannot be gone to
  if ! text=$(ls -d "$top/$entry" 2>&1); then
    case $text in
      *": No such file or directory" | *": Not a directory" | *": File name too long") word=missing ;;
    esac
    return
  fi
  link=$(readlink "$top/$entry")
  case $link in
    "/cvmfs/$name"/* | "$repository"/* | [!/]* | "") ;;
    *) word=escapes text=$link && return ;;
  esac
  text=$(ls -A "$place/." 2>&1 >/dev/null)
  case $text in
    "") text="$place shows nothing" ;;
    *": Permission denied") [ ! -d "$place" ] || word=broken ;;
    *": No such file or directory" | *": Not a directory" | *" symbolic links") word=broken ;;
  esac
}
is_text() { # FILE: a regular one that lies in the image, of a size that can be read; else the image is broken
  if [ -h .singularity.d ] || [ -h .singularity.d/env ] || [ -h "$1" ] || { [ -e "$1" ] && ! [ -f "$1" ]; }; then
    size=2000000
  else
    size=$(wc -c <"$1") || return
  fi
  [ "$size" -gt 1048576 ] || return 0
  word=broken
  echo "$1 is no file of the image, or too long" >&2
  return 1
}
read_image() { # in its directory: what will be listed must be seen, and of an image that is not known ENV is told
  for part in .singularity.d/en[v]; do # as a pattern it is found where the listing above has it
    [ "$part" = "${part%]}" ] || continue
    [ -h "$part" ] || listed "$part" || ls -A "./$part/." >/dev/null || return
  done
  [ -e .singularity.d/env/99-base.sh ] || [ ! -d .singularity.d/env ] || echo "=-"
  case $PWD in
    */"$known") return 0 ;;
  esac
  odd="\\\`\$\"'\''"
  for part in .singularity.d/env/10-docker2singularity.s[h]; do
    [ "$part" = "${part%]}" ] || continue
    is_text "$part" || return
    sed -n "/^#/d;/^\$/d;/^export [^=]*=\".{[^:]*:-}\"\$/d
      s/^export \([A-Za-z_][A-Za-z0-9_]*\)=\"\([^$odd]*\)\"\$/=\1=\2/p;t
      s/^export \([A-Za-z_][A-Za-z0-9_]*\)=\".{\1:-\"\([^$odd]*\)\"}\"\$/=\1=\2/p;t
      s/^export \([A-Za-z0-9_]*\)=.*/=\1/p;t
      s/.*/=?/p" "$part" || return
  done
}
cd / # what is left behind keeps no directory of the caller busy
look "$@"
printf "\njcds_result=%s:%s\n" "$word" "${text%%"$newline"*}"
printf "\1\r\n"
exec tr "\0\n" "\n\1" <"/proc/$4/environ"
'
jcds_bounded() { # COMMAND...: jcds_answer is what it prints, which ends with a line jcds_result=...
  jcds_answer=$(
    exec </dev/null 2>/dev/null 3<&- 4<&- 5<&- 6<&- 7<&- 8<&- 9<&-
    trap '' HUP INT TERM
    {
      PATH=/usr/bin:/bin sleep "$jcds_timeout" >/dev/null &
      jcds_timer=$!
      "$@" &
      jcds_left=$! jcds_more='' IFS=' '
      if wait "$jcds_timer"; then
        kill -STOP "$jcds_left" # it starts nothing more
        read -r jcds_more <"/proc/$jcds_left/task/$jcds_left/children"
        for jcds_more in $jcds_left $jcds_more; do
          kill -KILL "$jcds_more" "-$jcds_more" # with its session
        done
        printf '\njcds_result=unseen: gave no answer within %s s\n\n' "$jcds_timeout" # busybox' sed reads ahead
      fi
    } | PATH=/usr/bin:/bin LC_ALL=C sed '/^jcds_result=/q'
  )
}
jcds_look() {
  PATH=/usr/bin:/bin:/usr/sbin:/sbin
  export PATH LC_ALL
  set -- "$jcds_root" "$jcds_repository" "$jcds_entry" "$$" \
    '.images/a1/b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4'
  set -- /bin/sh -c "$jcds_look" jcds-look "$@"
  [ ! -x /usr/bin/setsid ] || set -- /usr/bin/setsid "$@"
  exec "$@"
}
jcds_unseen() { # WHY
  jcds_fail 75 CVMFS_UNREACHABLE "the CVMFS repository containers.jinr.ru cannot be seen: $1" \
    'try again later; jcds status library/debian:12 says more, and so does cvmfs_config probe '\
'containers.jinr.ru'
}

jcds_ascii="$jcds_newline	 -~"
jcds_hand() { # TEXT WHAT: ends the script where Apptainer would change it
  case $1 in
    *"$jcds_return$jcds_newline"* | *"$jcds_return$jcds_one"*) ;;
    *[!$jcds_ascii]*) ! printf %s "$1" | jcds_run iconv -f UTF-8 -t UTF-16LE >/dev/null 2>&1 || return 0 ;;
    *) return 0 ;;
  esac
  jcds_fail 125 NOT_TEXT "apptainer would change $2: it is not UTF-8, or has a carriage return before a line end" \
    'jcds exec hands it on; so does a script of jcds wrap --runtime bubblewrap'
}
jcds_binds=''
jcds_own() { # SOURCE PLACE [ro]
  [ -e "$1" ] || return 0
  case $1$2 in
    *[:,\"$jcds_newline]*)
      jcds_fail 125 ODD_NAME "a script cannot show a directory of such a name: $1" 'jcds exec can'
      ;;
  esac
  jcds_binds=$1:$2${3:+:ro}$jcds_newline$jcds_binds
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
  jcds_places='' jcds_refused=''
  case $1 in
    *"$jcds_newline"*) return ;;
    /*) jcds_places=$1 ;;
    */*) jcds_places=$jcds_cwd/$1 ;;
    ?*)
      IFS=:
      for jcds_item in $jcds_search; do
        jcds_places=$jcds_places${jcds_item:-.}/$1$jcds_newline
      done
      IFS=$jcds_newline
      ;;
  esac
  for jcds_item in $jcds_places; do
    jcds_on_host "$jcds_item"
    if [ -d "$jcds_at" ]; then
      [ "$1" = "${1#*/}" ] || jcds_refused='it is a directory' jcds_text=$jcds_item
    elif [ -x "$jcds_at" ] || { [ -h "$jcds_at" ] && ! [ -e "$jcds_at" ]; }; then
      return
    elif [ -e "$jcds_at" ]; then
      jcds_refused='it has no execute permission for you' jcds_text=$jcds_item
    fi
  done
  [ -z "$jcds_refused" ] ||
    jcds_fail 126 COMMAND_NOT_EXECUTABLE \
      "$jcds_text in the image library/debian:12 cannot be executed: $jcds_refused" \
      'jcds exec library/debian:12 COMMAND'
  for jcds_item in $jcds_places; do
    jcds_on_host "$jcds_item"
    jcds_rest=$jcds_at
    until jcds_rest=${jcds_rest%/*} && [ -d "$jcds_rest/" ]; do
      [ ! -h "$jcds_rest" ] || return
    done
    case $jcds_item:$jcds_at:$(cd -P "$jcds_rest/" && pwd)/ in
      *:"$jcds_target"/*:"$jcds_target"/*) ;;
      [!/]* | *:"$jcds_target"/*) return ;;
    esac
    command ls -d "$jcds_at" 2>&1 | grep -qE 'No such file|Not a directory|name too long' || return
  done
  jcds_fail 127 COMMAND_NOT_FOUND '"'"$1"'" is not in the image library/debian:12' \
    'look what is there: jcds shell library/debian:12'
}

jcds_decide() {
jcds_gpu=''
set +f
for jcds_item in /dev/nvidia[0-9]*; do
  [ ! -e "$jcds_item" ] || jcds_gpu=--nv
done
set -f
case ${CUDA_VISIBLE_DEVICES-}:${NVIDIA_VISIBLE_DEVICES-} in
  10000:* | *:none | *:void) jcds_gpu='' ;;
esac
[ -n "$jcds_gpu" ] || [ ! -e /dev/kfd ] || jcds_gpu=--rocm
jcds_config=${XDG_CONFIG_HOME-} jcds_cache=${XDG_CACHE_HOME-}
jcds_tokens=${JCDS_TOKEN_FILE-} jcds_store=${XDG_DATA_HOME-}
jcds_site=${APPTAINER_BIND-${SINGULARITY_BIND-}},${APPTAINER_BINDPATH-${SINGULARITY_BINDPATH-}}
for jcds_item in CLEANENV COMPAT CONTAIN CONTAINALL CWD HOME MOUNT NO_EVAL NO_HOME NO_MOUNT PWD; do
  eval "jcds_text=\${APPTAINER_$jcds_item-\${SINGULARITY_$jcds_item-}}"
  [ -z "$jcds_text" ] ||
    jcds_fail 125 SITE_VARIABLE "a script cannot do what the site's variable says: APPTAINER_$jcds_item=$jcds_text" \
      'jcds exec can, or unset it'
done
jcds_text=${jcds_said%%"$jcds_newline"*}
jcds_one=${jcds_text%?} jcds_return=${jcds_text#?}
jcds_lost='' jcds_surplus=''
for jcds_word in $jcds_said; do
  jcds_item=${jcds_word%%=*} jcds_kept=1 jcds_same=''
  case $jcds_word in
    ?*=*) ;;
    *) continue ;;
  esac
  jcds_text=${jcds_item#APPTAINERENV_}
  case ${jcds_text#SINGULARITYENV_} in
    JCDS_TOKEN* | GITLAB_TOKEN | GITLAB_ACCESS_TOKEN | OAUTH_TOKEN | GITHUB_TOKEN | GH_TOKEN | \
      GITHUB_ENTERPRISE_TOKEN | GH_ENTERPRISE_TOKEN | CI_JOB_TOKEN | CI_JOB_JWT* | \
      CI_REGISTRY_PASSWORD | CI_DEPLOY_PASSWORD | ACTIONS_RUNTIME_TOKEN | \
      ACTIONS_ID_TOKEN_REQUEST_TOKEN) jcds_kept='' ;;
  esac
  case $jcds_item in
    PYTHONHOME | PYTHONPATH | PERL5LIB | LD_PRELOAD) jcds_kept='' ;;
  esac
  case $jcds_item in
    jcds_*)
      jcds_fail 125 OWN_NAME \
        "the variable $jcds_item cannot be handed to the job: names that begin with jcds_ are the script's own" \
        'unset it, or use jcds exec'
      ;;
    *[!A-Za-z0-9_]* | [0-9]* | IFS) ;;
    BASH* | COMP_WORDBREAKS | EPOCH* | EUID | GLOBIGNORE | HISTCMD | LINENO | OLDPWD | OPTERR | \
      OPTIND | POSIXLY_CORRECT | PPID | PS[124] | RANDOM | SHELLOPTS | SRANDOM | UID)
      [ -n "$jcds_kept" ] && eval "[ \"\${$jcds_item-}\" = \"\${jcds_word#*=}\" ]" && jcds_same=1
      ;;
    *) jcds_same=1 ;;
  esac
  case $jcds_kept:$jcds_same in
    1:) jcds_lost=$jcds_lost$jcds_word$jcds_newline ;;
    1:1) jcds_hand "$jcds_word" "the variable $jcds_item" ;;
    :1) unset "$jcds_item" && LC_ALL=C ;;
    :) jcds_surplus=$jcds_surplus$jcds_item$jcds_newline ;;
  esac
done
jcds_prefix=APPTAINERENV_
[ "${jcds_lines#=-}" = "$jcds_lines" ] || jcds_prefix=''
case $jcds_target in
  */'.images/a1/b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4')
    jcds_search='/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
    [ -n "${APPTAINERENV_GREETING+set}${SINGULARITYENV_GREETING+set}" ] ||
      export APPTAINERENV_GREETING='it'\''s'
    ;;
  *)
    jcds_search='' jcds_strange=''
    for jcds_word in $jcds_lines; do
      jcds_word=${jcds_word#=}
      [ "$jcds_word" != - ] || continue
      case $jcds_word in
        PATH=*) jcds_search=${jcds_word#*=} ;;
        *=*) : ;;
        *) jcds_strange=${jcds_strange:-$jcds_word} ;;
      esac
    done
    jcds_search=${jcds_search:+$jcds_search:}/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
    [ -z "$jcds_strange" ] || printf 'jcds: %s%s\n' \
      "the ENV of $jcds_name has values that a script cannot hand on exactly; " \
      'jcds exec can, and a script written for it anew' >&2
    ;;
esac
jcds_search=${APPTAINERENV_PATH:-${SINGULARITYENV_PATH:-$jcds_search}}
jcds_ahead=${APPTAINERENV_PREPEND_PATH-${SINGULARITYENV_PREPEND_PATH-}}
jcds_behind=${APPTAINERENV_APPEND_PATH-${SINGULARITYENV_APPEND_PATH-}}
jcds_search=${jcds_ahead:+$jcds_ahead:}$jcds_search${jcds_behind:+:$jcds_behind}
export "${jcds_prefix}JCDS_IMAGE=$jcds_name" "${jcds_prefix}JCDS_IMAGE_PATH=$jcds_target"
jcds_program='/STAGE/programs/apptainer'
[ -x "$jcds_program" ] || jcds_program=$(
  PATH=${PATH-}:/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin
  command -v apptainer
) ||
  jcds_fail 125 NO_RUNTIME \
    'no container runtime of this host can run this job
  apptainer: is not installed' \
    'apptainer: install Apptainer, or load the site module that has it'
jcds_here=''
case ${PWD-} in
  /*) [ ! -x "$PWD/." ] || jcds_here=$PWD ;;
esac
jcds_home=${HOME-}
if ! [ -d "$jcds_home" ]; then
  jcds_text=$(jcds_run getent passwd "$(jcds_run id -u)" | jcds_run cut -d: -f6)
  [ -n "$jcds_home" ] && [ ! -d "${jcds_text%/}" ] || jcds_home=${jcds_text:-/}
fi
jcds_shown=''
[ ! -d "$jcds_home" ] || jcds_shown=$jcds_home
jcds_linked=''
if jcds_find_link "$jcds_here"; then
  jcds_linked=$(pwd -P)
  case $jcds_here in
    "${jcds_shown:-/tmp}"/* | /tmp/* | /var/tmp/*) ;;
    *) jcds_here=$jcds_linked ;;
  esac
  case $jcds_linked in
    "${jcds_shown:-/tmp}" | "${jcds_shown:-/tmp}"/* | /tmp | /tmp/* | /var/tmp | /var/tmp/*) jcds_linked='' ;;
  esac
fi
jcds_fallback=${jcds_home%"${jcds_home##*[!/]}"}
jcds_fallback=${jcds_fallback:-/}
jcds_cwd=${jcds_here:-$jcds_fallback}
[ -z "$jcds_linked" ] || jcds_own "$jcds_linked" "$jcds_linked"
jcds_own "$jcds_root" /cvmfs
[ "$jcds_root" = /cvmfs ] || jcds_own "$jcds_root" "$jcds_root"
jcds_follow() { # FILE: jcds_at is where it is
  jcds_at=$1
  while [ -e "$1" ] && jcds_find_link "$jcds_at"; do
    jcds_text=$(jcds_run find "$jcds_rest" -prune ! -user "$(jcds_run stat -c %u /)" ! -user "$(jcds_run id -u)")
    [ -z "$jcds_text" ] ||
      jcds_fail 125 FOREIGN_LINK "a script follows no link of another user: $jcds_rest" \
        'jcds exec leaves out what it leads to; name files by paths of your own'
    jcds_text=$(jcds_run readlink -- "$jcds_rest")
    case $jcds_text in
      /*) ;;
      *) jcds_text=${jcds_rest%/*}/$jcds_text ;;
    esac
    jcds_at=$jcds_text${jcds_at#"$jcds_rest"}
  done
}
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
jcds_real() { # PATH
  jcds_at=$1
  jcds_find_link "$1" || jcds_rest=''
  case $jcds_rest:$1/ in
    ?*:* | *//* | */./* | */../*)
      jcds_text=$1 jcds_more=''
      until jcds_at=$(jcds_run readlink -f -- "${jcds_text:-/}"); do # of what is there
        [ "${jcds_text%/}" != "$jcds_text" ] || jcds_more=/${jcds_text##*/}$jcds_more
        jcds_text=${jcds_text%/*}
      done
      jcds_at=${jcds_at%/}$jcds_more
      ;;
  esac
}
jcds_keep() { # SOURCE PLACE [ro]: a place of what is shown once, or it would hide what is held in it
  case $jcds_newline$jcds_mine in
    *"$jcds_newline$2$jcds_newline"*) return ;;
  esac
  jcds_mine=$jcds_mine$2$jcds_newline
  jcds_own "$1" "$2" ${3:+ro}
}
jcds_hold() { # SOURCE PLACE [ro]
  jcds_real "$1"
  jcds_source=${jcds_at%/} jcds_cover='' jcds_mine=''
  case $jcds_source/ in
    "$jcds_config"/* | "$jcds_cache"/* | "$jcds_lib"/* | "$jcds_store"/*)
      jcds_fail 125 OWN_DIRECTORY "a script cannot show jcds' own directory: $1" \
        'jcds exec can, or start in another directory'
      ;;
  esac
  for jcds_held in "$jcds_cache" "$jcds_config" "$jcds_lib" "$jcds_cache_too" "$jcds_config_too" "$jcds_store"; do
    case $jcds_held:$jcds_shown:$1 in
      "${_CONDOR_SCRATCH_DIR:-//}"/*) ;; # of the job
      "$jcds_home"/*:*:/tmp | "$jcds_home"/*:*:/var/tmp) ;; # under the home
      "$jcds_source"/*)
        jcds_rest=${jcds_held%/*} jcds_more=''
        case $jcds_held in
          "$jcds_cache" | "$jcds_config" | "$jcds_lib")
            [ -d "$jcds_held" ] || (umask 077 && jcds_run mkdir -p "$jcds_held" 2>/dev/null)
            ;;
          *) [ -d "$jcds_held" ] || continue ;;
        esac
        while [ "$jcds_rest" != "$jcds_source" ]; do
          jcds_more=$jcds_rest$jcds_newline$jcds_more jcds_rest=${jcds_rest%/*}
        done
        for jcds_rest in $jcds_more; do
          jcds_keep "$jcds_rest" "$2${jcds_rest#"$jcds_source"}" "${3-}"
        done
        jcds_rest=$jcds_held
        case $jcds_held in
          "$jcds_config" | "$jcds_config_too")
            if [ -O "$jcds_cache" ] && [ ! -h "$jcds_cache/nothing" ]; then
              [ -d "$jcds_cache/nothing" ] || jcds_run mkdir -m 700 "$jcds_cache/nothing" 2>/dev/null
              [ ! -O "$jcds_cache/nothing" ] || jcds_rest=$jcds_cache/nothing jcds_cover=1
            fi
            ;;
        esac
        jcds_keep "$jcds_rest" "$2${jcds_held#"$jcds_source"}" ro
        ;;
    esac
  done
  case $jcds_cover:$jcds_tokens:$1 in
    ?*:"$jcds_config"/* | *:"$jcds_home"/*:/tmp | *:"$jcds_home"/*:/var/tmp) ;;
    *:"$jcds_source"/*) [ ! -f "$jcds_tokens" ] || jcds_own /dev/null "$2${jcds_tokens#"$jcds_source"}" ro ;;
  esac
}
jcds_at=${HOME-} # a home that is none gives way to the account's, which is shown then
[ -d "$jcds_at/" ] && [ "${jcds_at#/}" != "$jcds_at" ] ||
  jcds_at=$(jcds_run getent passwd "$(jcds_run id -u)" | jcds_run cut -d: -f6)
jcds_cache_too=${jcds_at}/.cache/jcds jcds_config_too=${jcds_at}/.config/jcds # used without XDG variables
[ "${jcds_config#/}" != "$jcds_config" ] || jcds_config=${jcds_at}/.config
[ "${jcds_cache#/}" != "$jcds_cache" ] || jcds_cache=${jcds_at}/.cache
[ "${jcds_store#/}" != "$jcds_store" ] || jcds_store=${jcds_at}/.local/share
jcds_real "$jcds_config/jcds"; jcds_config=$jcds_at
jcds_real "$jcds_cache/jcds"; jcds_cache=$jcds_at
jcds_real "$jcds_store/jcds/store"; jcds_store=$jcds_at
[ "${jcds_tokens#/}" != "$jcds_tokens" ] || jcds_tokens=$jcds_config/tokens
jcds_real "$jcds_tokens"; jcds_tokens=$jcds_at
jcds_real "$jcds_cache_too"; jcds_cache_too=$jcds_at
jcds_real "$jcds_config_too"; jcds_config_too=$jcds_at
jcds_real /var/lib/jcds; jcds_lib=$jcds_at
IFS=,
for jcds_word in $jcds_site; do
  IFS=$jcds_newline
  jcds_item=${jcds_word%%:*} jcds_rest=${jcds_word#*:}
  jcds_place=${jcds_rest%%:*} jcds_rest=${jcds_rest#"$jcds_place"}
  case $jcds_rest:$jcds_item:$jcds_place in
    ::) continue ;;
    :/*:/* | :rw:/*:/*) jcds_own "$jcds_item" "$jcds_place" ;;
    :ro:/*:/*) jcds_own "$jcds_item" "$jcds_place" ro ;;
    *) jcds_fail 125 SITE_VARIABLE "a script cannot do what the site's variable says: APPTAINER_BIND=$jcds_word" \
        'jcds exec can, or unset it' ;;
  esac
  [ ! -e "$jcds_item" ] || jcds_hold "$jcds_item" "$jcds_place"
  [ -e "$jcds_item" ] ||
    jcds_warned="${jcds_warned}jcds: $jcds_item does not exist: not shown in the container$jcds_newline"
done
IFS=$jcds_newline
[ -z "$jcds_shown" ] || jcds_hold "$jcds_shown" "$jcds_home"
case $jcds_home:$jcds_here/ in
  *:/ | *:// | "$jcds_shown:$jcds_shown"/*) ;; # shown with the home
  *)
    jcds_real "$jcds_here"
    case $jcds_config:$jcds_cache:$jcds_tokens:$jcds_lib:$jcds_store in
      "$jcds_at"/* | *:"$jcds_at"/*) jcds_own "$jcds_here" "$jcds_here" ;;
    esac
    jcds_hold "$jcds_here" "$jcds_here"
    ;;
esac
jcds_hold /tmp /tmp
jcds_hold /var/tmp /var/tmp
[ -z "$jcds_gpu" ] || jcds_own /etc/OpenCL/vendors /etc/OpenCL/vendors ro
unset APPTAINER_BIND APPTAINER_BINDPATH SINGULARITY_BIND SINGULARITY_BINDPATH
}
jcds_survey() { # COMMAND
  jcds_fail() { jcds_code=$1 jcds_error=$2 jcds_message=$3 jcds_hint=$4 && jcds_hand_back; }
  jcds_said=$(jcds_look)
jcds_lines=${jcds_said%%"${jcds_newline}jcds_result="*} jcds_said=${jcds_said#*"${jcds_newline}jcds_result="}
jcds_result=${jcds_said%%"$jcds_newline"*} jcds_said=${jcds_said#*"$jcds_newline"}
jcds_text=${jcds_result#*:} jcds_result=${jcds_result%%:*}
jcds_path=$jcds_root/$jcds_repository/$jcds_entry
case $jcds_result in
  directory) jcds_target=/${jcds_text#/} ;;
  missing)
    jcds_fail 125 NOT_PUBLISHED "library/debian:12 is not published in containers.jinr.ru (looked at $jcds_path)" \
      'see what is there with: jcds list --repository containers.jinr.ru '\''*debian*'\''; ask for it with: jcds '\
'request --repository containers.jinr.ru library/debian:12'
    ;;
  broken)
    jcds_fail 125 BROKEN_PUBLICATION "$jcds_path is published, but cannot be used: $jcds_text" \
      'jcds status library/debian:12 says why; tell the people who run containers.jinr.ru'
    ;;
  escapes)
    jcds_fail 125 LINK_ESCAPES \
      "the link library/debian:12 in containers.jinr.ru leads out of the repository, to $jcds_text" \
      'tell the people who run containers.jinr.ru; a repository that is meant is named in allowedLinkTargets'
    ;;
  unseen) jcds_unseen "$jcds_text" ;;
  *) jcds_unseen 'no answer' ;;
esac
  jcds_decide
  PATH=/usr/bin:/bin:/usr/sbin:/sbin
  export PATH LC_ALL
  case $jcds_cwd in
  /bin | /boot | /dev | /etc | /lib | /lib64 | /mnt | /opt | /proc | /run | /sbin | /sys | /usr | \
    /var)
    [ -e "$jcds_target$jcds_cwd" ] || [ -h "$jcds_target$jcds_cwd" ] || jcds_cwd=$jcds_fallback
    ;;
esac
jcds_check "$1"
[ -e "$jcds_target/tmp" ] || [ -h "$jcds_target/tmp" ] || jcds_lacks=/tmp
  jcds_hand_back
}
jcds_hand_back() {
  IFS=$jcds_newline
  for jcds_item in said lines; do # which have no empty lines, but lines too long for jcds_replace
    printf %s "jcds_$jcds_item"
    eval "printf '=%s\n' \$jcds_$jcds_item"
  done
  for jcds_item in code error message hint warned target cwd lacks; do
    eval "jcds_text=\$jcds_$jcds_item"
    case $jcds_text in
      *"$jcds_newline"*) jcds_replace "$jcds_text" "$jcds_newline" "$jcds_newline=" ;; # slow in a long text
    esac
    printf '%s\n' "jcds_$jcds_item=$jcds_text"
  done
  printf 'jcds_result=seen\n'
  kill -KILL "$jcds_timer"
  exit
}
jcds_take_back() {
  for jcds_word in $jcds_answer; do
    case $jcds_word in
      =*) eval "$jcds_item=\$$jcds_item\$jcds_newline\${jcds_word#=}" ;;
      *) jcds_item=${jcds_word%%=*} && eval "$jcds_item=\${jcds_word#*=}" ;;
    esac
  done
}

[ $# != 0 ] || jcds_fail 125 USAGE 'this script needs a command' "$0 COMMAND [ARGUMENT...]"
jcds_name='library/debian:12' jcds_entry='library/debian:12'
jcds_repository='containers.jinr.ru'
jcds_root=${JCDS_CVMFS_ROOT:-'/STAGE/cvmfs'}
case $jcds_root in
  /*) ;;
  *) jcds_root=$PWD/$jcds_root ;;
esac
jcds_root=${jcds_root%"${jcds_root##*[!/]}"}
jcds_timeout=${JCDS_CVMFS_TIMEOUT:-20}
case $jcds_timeout in
  *[!0-9.]* | *.*.* | .) jcds_timeout=20 ;;
esac
jcds_result='' jcds_code='' jcds_warned='' jcds_target=''
jcds_bounded jcds_survey "$1"
jcds_take_back
[ "$jcds_result" = seen ] || jcds_unseen "$jcds_root/$jcds_repository gave no answer within $jcds_timeout s"
[ -z "$jcds_target" ] || jcds_decide
jcds_take_back
[ -z "$jcds_warned" ] || printf %s "$jcds_warned" >&2
[ -z "$jcds_code" ] || jcds_fail "$jcds_code" "$jcds_error" "$jcds_message" "$jcds_hint"
IFS=" " && jcds_hand "$*" "an argument"
IFS=$jcds_newline
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
      'choose another with --home DIR, or --no-home'
    ;;
  "$jcds_shown:$jcds_home") set -- --home "$jcds_home" "$@" ;;
  *) set -- --home "${jcds_shown:-/proc/0/home}:$jcds_home" "$@" ;;
esac
[ -z "$jcds_lacks" ] || set -- --bind /tmp:/tmp "$@"
[ -O /proc ] && ! jcds_run grep -qE '^CapEff:.0*[137f]f*$' /proc/self/status && set -- --userns "$@"
set -- "$jcds_program" -s exec "$@"
for jcds_word in $jcds_lost; do
  jcds_replace "$jcds_word" "$jcds_one" "$jcds_newline"
  set -- "$jcds_text" "$@"
done
if [ -n "$jcds_lost$jcds_surplus" ]; then
  set -- -- "$@"
  for jcds_item in $jcds_surplus; do
    set -- -u "$jcds_item" "$@"
  done
  set -- /usr/bin/env "$@"
fi
{ LC_ALL=$jcds_locale; } 2>/dev/null
exec "$@"
