# shellcheck shell=sh disable=SC2034,SC2154 # variables of the script that this is a part of
# jcds' own directories choose servers, runtimes and binds of later jobs: in what a job sees they are read-only, and the one above each
# is a mount of its own, which cannot be renamed (src/job/own-directories.ts). Tokens for forges are no job's, and may be written while
# it runs: the settings are covered. Copies in a store are read-only. jcds_lib is root's, with what engines start. jcds_real PATH sets jcds_at to its real name;
# jcds_hold SOURCE PLACE is told what is shown.

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
      @OWN@
      ;;
  esac
  for jcds_held in "$jcds_cache" "$jcds_config" "$jcds_lib" "$jcds_cache_too" "$jcds_config_too" "$jcds_store"@STORE_TOO@; do
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
@REAL_STORE@
jcds_real @ROOTS@; jcds_lib=$jcds_at
