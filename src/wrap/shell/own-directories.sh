# shellcheck shell=sh disable=SC2034,SC2154,SC3067 # variables of the script that this is a part of; -O: in every sh
# jcds' own directories choose servers, runtimes and binds of later jobs: in what a job sees they are read-only, and the one above each
# is a mount of its own, which cannot be renamed (src/job/own-directories.ts). Tokens for forges are no job's, and may be written while
# it runs: the settings are covered. /var/lib/jcds is root's, with what engines start. All in the child,
# which goes to a directory to know its real name.

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
        @OWN@ ;;
      "${_CONDOR_SCRATCH_DIR:-//}"/*) continue ;; # of the job
      "$jcds_home"/*:/tmp | "$jcds_home"/*:/var/tmp) continue ;; # under the home
      "$jcds_config"/*) continue ;; # covered with it
      "$jcds_source"/*) ;;
      *) continue ;;
    esac
    case $jcds_held in "$jcds_config" | "$jcds_cache" | @ROOTS@) jcds_make "$jcds_held" ;; esac
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
