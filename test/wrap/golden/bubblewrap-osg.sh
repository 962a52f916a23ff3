#!/bin/sh
# COMMAND [ARGUMENT...] in the container image library/debian:12, from CVMFS, without Node.js.
# Written by jcds VERSION (jcds wrap) from /STAGE/cvmfs/containers.jinr.ru/.images/a1/b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4,
# and runs what the tag names at each start. Rather write it anew than change it; docs/wrap.md of jcds explains it.
# shellcheck disable=SC2016,SC2034,SC2154 # texts for another shell; variables by number, which eval sets and reads
# shellcheck disable=SC2030,SC2031 # PATH and LC_ALL of a subshell are its own
set +aefunvxC
unset -f '[' cd command getent head id kill ls od printf pwd read readlink sed shopt test tr wait
unset GLOBIGNORE jcds_account jcds_account_text jcds_accounts jcds_addressed jcds_ahead jcds_allowed jcds_another jcds_at jcds_before jcds_behind jcds_bind jcds_bind_all jcds_bodies jcds_bound jcds_candidate jcds_cern jcds_check jcds_count jcds_covered jcds_cwd jcds_deep jcds_descriptor jcds_dir jcds_entry jcds_env jcds_exact_environment jcds_extend_path jcds_fail jcds_fallback jcds_file jcds_files jcds_find jcds_find_home jcds_find_user jcds_forget_addressed jcds_found jcds_free_descriptor jcds_gecos jcds_gid jcds_give jcds_give_addressed jcds_give_image jcds_give_own jcds_given jcds_giver jcds_gpu jcds_gpu_libraries jcds_group jcds_group_line jcds_groups jcds_hand_on jcds_hand_over_secrets jcds_harmless jcds_head jcds_here jcds_high jcds_home jcds_input jcds_inputs jcds_is_open jcds_is_shown jcds_item jcds_keep jcds_known_link jcds_last jcds_left jcds_letter jcds_level jcds_libraries jcds_lines jcds_links jcds_locale jcds_locate jcds_look jcds_look_at jcds_look_for_absence jcds_look_up jcds_lost jcds_made jcds_make jcds_marks jcds_mode jcds_mounts jcds_name jcds_named jcds_newline jcds_next jcds_no_place jcds_number jcds_on_host jcds_on_host_followed jcds_open jcds_opened jcds_option jcds_options jcds_other jcds_own jcds_path jcds_pattern jcds_piece jcds_place jcds_place_below jcds_places jcds_program jcds_read_link jcds_read_variables jcds_real jcds_reference jcds_refuse jcds_refuse_scripts jcds_refused jcds_remounts jcds_replace_link jcds_repository jcds_rest jcds_result jcds_room jcds_root jcds_said jcds_saved jcds_search jcds_secrets jcds_seen jcds_shell jcds_show_directory jcds_show_links jcds_show_root jcds_shown jcds_shown_place jcds_shown_text jcds_source jcds_spot jcds_start jcds_steer jcds_strange jcds_surplus jcds_target jcds_text jcds_timeout jcds_title jcds_uid jcds_underscore jcds_unescape jcds_unquote jcds_unquote_go jcds_unread jcds_unread_words jcds_user jcds_usual_places jcds_verdict jcds_wanted jcds_where jcds_whole jcds_word jcds_zone
case ${BASH_VERSION+bash} in
  bash) eval "shopt -u dotglob failglob nocaseglob nocasematch nullglob" ;;
esac
jcds_newline='
'
jcds_ascii="$jcds_newline	 -~"
jcds_fail() { # CODE NAME MESSAGE HINT
  printf 'jcds: %s\n' "$3" >&2
  [ -z "$4" ] || printf 'hint: %s\n' "$4" >&2
  exit "$1"
}

jcds_find() { # NAME
  jcds_program=''
  IFS=:
  set -f
  for jcds_item in ${PATH-} /usr/local/bin /usr/bin /bin /usr/local/sbin /usr/sbin /sbin; do
    case $jcds_item in
      /*)
        if [ -x "$jcds_item/$1" ] && [ -f "$jcds_item/$1" ]; then
          jcds_program=$jcds_item/$1
          break
        fi
        ;;
    esac
  done
  unset IFS
  set +f
}
jcds_shown_text() { # TEXT
  (
    PATH=/usr/bin:/bin LC_ALL=C
    export PATH LC_ALL
    printf %s "$1" | tr '\t\n\r\1-\10\13\14\16-\37\177-\377' '   ?'
  )
}

jcds_find_home() {
  jcds_home=$(
    PATH=/usr/bin:/bin:/usr/sbin:/sbin
    export PATH
    getent passwd "$(id -u)"
  )
  jcds_home=${jcds_home%:*}
  jcds_home=${jcds_home##*:}
  jcds_home=${jcds_home:-/}
}

jcds_on_host() { # PLACE
  jcds_at=${jcds_shown:+$jcds_home}
  case $1 in
    /cvmfs/*) jcds_at=$jcds_root${1#/cvmfs} ;;
    /dev/* | /proc/* | /sys/*) jcds_at=$1 ;;
    "${jcds_at:-//}"/*) jcds_at=$jcds_shown${1#"$jcds_home"} ;;
    /tmp/* | /var/tmp/* | "${jcds_here:-/tmp}"/*) jcds_at=$1 ;;
    *) jcds_at=$jcds_target$1 ;;
  esac
}

jcds_count=0 jcds_options=''
jcds_keep() { # VALUE: jcds_reference is how the last line names it
  jcds_count=$((jcds_count + 1))
  eval "jcds_$jcds_count=\$1"
  jcds_reference="\"\$jcds_$jcds_count\""
}
jcds_option() { # WORD...
  for jcds_word in "$@"; do
    jcds_keep "$jcds_word"
    jcds_options="$jcds_options $jcds_reference"
  done
}

jcds_own() { # SOURCE PLACE [,ro]
  ! [ -e "$1" ] || jcds_bind "$@"
}

jcds_deep='etc home var .singularity.d/env'

jcds_bound=0
jcds_bind() { # SOURCE PLACE [,ro]
  case $1:$jcds_here/ in
    "$2:$2"/*) jcds_is_shown=1 ;;
  esac
  jcds_other=0
  while [ "$jcds_other" -lt "$jcds_bound" ]; do
    jcds_other=$((jcds_other + 1))
    eval "jcds_another=\$jcds_to_$jcds_other"
    if [ "$jcds_another" = "$2" ]; then
      eval "jcds_from_$jcds_other=\$1 jcds_how_$jcds_other=\${3-}"
      return
    fi
  done
  jcds_bound=$((jcds_bound + 1))
  eval "jcds_from_$jcds_bound=\$1 jcds_to_$jcds_bound=\$2 jcds_how_$jcds_bound=\${3-}"
}
# shellcheck disable=SC3012 # < and >: POSIX since 2024, and in dash, bash and busybox long before
jcds_bind_all() {
  jcds_last='' jcds_remounts=''
  while :; do
    jcds_next='' jcds_number=0
    while [ "$jcds_number" -lt "$jcds_bound" ]; do
      jcds_number=$((jcds_number + 1))
      eval "jcds_another=\$jcds_to_$jcds_number"
      if [ "$jcds_another" \> "$jcds_last" ] && { [ -z "$jcds_next" ] || [ "$jcds_another" \< "$jcds_next" ]; }; then
        jcds_next=$jcds_another
        eval "jcds_source=\$jcds_from_$jcds_number jcds_mode=\$jcds_how_$jcds_number"
      fi
    done
    case $jcds_next in
      '') break ;;
    esac
    jcds_last=$jcds_next
    if [ -d "$jcds_source" ]; then
      jcds_place "$jcds_next" directory
    else
      jcds_place "$jcds_next" file
    fi
    case $jcds_mode in
      '') jcds_option --bind "$jcds_source" "$jcds_spot" ;;
      ,open)
        jcds_option --bind "$jcds_source" "$jcds_spot"
        jcds_saved=$jcds_options
        jcds_options=$jcds_remounts
        jcds_option --remount-ro "$jcds_spot"
        jcds_remounts=$jcds_options
        jcds_options=$jcds_saved
        ;;
      *) jcds_option --ro-bind "$jcds_source" "$jcds_spot" ;;
    esac
  done
}

jcds_inputs='' jcds_bodies=''
jcds_free_descriptor() {
  for jcds_descriptor in 9 8 7 6 5 4 3; do
    case $jcds_inputs in
      *" $jcds_descriptor<"*) continue ;;
    esac
    [ -h "/proc/$$/fd/$jcds_descriptor" ] || return 0
  done
  jcds_fail 125 NO_FREE_DESCRIPTOR 'the runtime needs 1 file descriptors below 10, and the caller leaves 0 free' 'close descriptors before starting jcds, as in: jcds â¦ 3>&- 4>&-'
}
jcds_input() { # TEXT, which gets a newline at its end; sets jcds_descriptor
  jcds_free_descriptor
  jcds_keep "$1"
  jcds_inputs="$jcds_inputs $jcds_descriptor<<JCDS"
  jcds_bodies="$jcds_bodies$jcds_newline\$jcds_$jcds_count${jcds_newline}JCDS"
}

jcds_secrets='' jcds_libraries=''
jcds_give() { # NAME VALUE, by jcds_giver
  case $1 in
    PATH) jcds_search=$2 ;;
    LC_ALL)
      export "$1=C"
      jcds_locale=set$2
      ;;
    LD_LIBRARY_PATH) jcds_libraries=$jcds_giver:$2 ;;
    LD_* | GLIBC_TUNABLES | MALLOC_* | GCONV_PATH | LOCPATH | NLSPATH) jcds_steer "$@" ;;
    '' | *[!A-Za-z0-9_]* | [0-9]* | _ | DIRSTACK | EUID | FUNCNAME | GROUPS | IFS | PIPESTATUS | SECONDS | SHLVL | UID | BASH* | COMP_WORDBREAKS | EPOCH* | GLOBIGNORE | HISTCMD | LINENO | OLDPWD | OPTERR | OPTIND | POSIXLY_CORRECT | PPID | PS[124] | RANDOM | SHELLOPTS | SRANDOM)
      jcds_keep "$1=$2"
      jcds_given="$jcds_given $jcds_reference"
      ;;
    *) export "$1=$2" ;;
  esac
}
jcds_steer() { # NAME VALUE
  case $jcds_giver in
    person)
      jcds_keep "$2"
      jcds_secrets="$jcds_secrets --setenv $1 $jcds_reference"
      ;;
    *) jcds_option --setenv "$1" "$2" ;;
  esac
}
jcds_hand_over_secrets() { # into the here-document, which is a pipe or a file
  jcds_free_descriptor
  eval "exec $jcds_descriptor<<JCDS$jcds_newline${jcds_newline}JCDS"
  read -r jcds_item <"/proc/$$/fd/$jcds_descriptor"
  eval "printf '%s\\0' $jcds_secrets" >>"/proc/$$/fd/$jcds_descriptor"
  jcds_option --args "$jcds_descriptor"
}

jcds_give_own() { # NAME VALUE: of the image's own ENV
  jcds_give "$@"
}

jcds_give_addressed() { # PREFIX
  set -f
  IFS=$jcds_newline
  for jcds_word in $jcds_addressed; do
    case $jcds_word in
      "$1"*) ;;
      *) continue ;;
    esac
    jcds_item=${jcds_word%%=*}
    case $jcds_item in
      *[!A-Za-z0-9_]*) jcds_text=${jcds_word#*=} ;;
      *) eval "jcds_text=\$$jcds_item" ;;
    esac
    case ${jcds_item#"$1"} in
      HOME | GID | PATH | PREPEND_PATH | APPEND_PATH) ;;
      *) jcds_give "${jcds_item#"$1"}" "$jcds_text" ;;
    esac
  done
  unset IFS
  set +f
}
jcds_forget_addressed() {
  set -f
  IFS=$jcds_newline
  for jcds_word in $jcds_addressed; do
    jcds_item=${jcds_word%%=*}
    case $jcds_item in
      *[!A-Za-z0-9_]*) ;;
      *) unset "$jcds_item" ;;
    esac
  done
  unset IFS
  set +f
}
jcds_extend_path() {
  jcds_ahead=${APPTAINERENV_PREPEND_PATH-${SINGULARITYENV_PREPEND_PATH-}}
  jcds_search=${APPTAINERENV_PATH-${SINGULARITYENV_PATH-$jcds_search}}
  jcds_behind=${APPTAINERENV_APPEND_PATH-${SINGULARITYENV_APPEND_PATH-}}
  jcds_text=''
  for jcds_item in "$jcds_ahead" "$jcds_search" "$jcds_behind"; do
    [ -z "$jcds_item" ] || jcds_text=${jcds_text:+$jcds_text:}$jcds_item
  done
  jcds_search=$jcds_text
}

jcds_usual_places() {
  for jcds_item in /usr/local/sbin /usr/local/bin /usr/sbin /usr/bin /sbin /bin; do
    case :$jcds_search: in
      *":$jcds_item:"*) ;;
      *) jcds_search=${jcds_search:+$jcds_search:}$jcds_item ;;
    esac
  done
}

jcds_strange=''
jcds_unquote() { # TEXT twice|once
  jcds_text=$1
  case $1 in
    *[\\\"]*) ;;
    *) return ;;
  esac
  case $2 in
    twice) ! jcds_unquote_go "$1" || ! jcds_unescape "$jcds_text" strictly || return 0 ;;
  esac
  case $jcds_strange in
    '') jcds_unescape "$1" || jcds_strange=1 ;;
  esac
}
jcds_unquote_go() { # TEXT
  jcds_text='' jcds_left=$1
  while :; do
    case $jcds_left in
      *\\*) ;;
      *) break ;;
    esac
    jcds_piece=${jcds_left%%\\*}
    case $jcds_piece in
      *\"*)
        jcds_strange=1
        return 1
        ;;
    esac
    jcds_left=${jcds_left#*\\}
    jcds_letter=${jcds_left%"${jcds_left#?}"} jcds_left=${jcds_left#?}
    case $jcds_letter in
      [\\\"]) jcds_text=$jcds_text$jcds_piece$jcds_letter ;;
      n) jcds_text=$jcds_text$jcds_piece$jcds_newline ;;
      t) jcds_text="$jcds_text$jcds_piece	" ;;
      [abfrvxuU])
        jcds_strange=1
        return 1
        ;;
      *) return 1 ;;
    esac
  done
  case $jcds_left in
    *\"*)
      jcds_strange=1
      return 1
      ;;
  esac
  jcds_text=$jcds_text$jcds_left
}
jcds_unescape() { # TEXT [strictly]: fails where it was not escaped so; a quote by itself ends it
  jcds_text='' jcds_left=$1
  while :; do
    case $jcds_left in
      *\\*) jcds_piece=${jcds_left%%\\*} ;;
      *) jcds_piece=$jcds_left ;;
    esac
    case ${2-}:$jcds_piece in
      *\"* | strictly:*[\$\`]*) return 1 ;;
    esac
    jcds_text=$jcds_text$jcds_piece
    case $jcds_left in
      *\\*) ;;
      *) return 0 ;;
    esac
    jcds_left=${jcds_left#*\\}
    jcds_letter=${jcds_left%"${jcds_left#?}"} jcds_left=${jcds_left#?}
    case $jcds_letter:${2-} in
      [\\\"\$\`]:*) jcds_text=$jcds_text$jcds_letter ;;
      *:strictly) return 1 ;;
      *) jcds_text=$jcds_text\\$jcds_letter ;;
    esac
  done
}
jcds_read_variables() {
  jcds_file=$jcds_target/.singularity.d/env/10-docker2singularity.sh
  [ -d "$jcds_target/.singularity.d" ] || printf 'jcds: %s\n' \
    "the image $jcds_name has no .singularity.d: a script cannot know its ENV; jcds exec asks its registry" >&2
  # patterns find what the listing says, also where the place itself cannot be seen
  for jcds_item in "${jcds_file%v/*}"[v] "${jcds_file%h}"[h]; do
    case $jcds_item in
      *']') continue ;;
    esac
    if ! [ -e "$jcds_item" ] && ! [ -h "$jcds_item" ]; then
      jcds_text=$(jcds_shown_text "$jcds_item")
      jcds_fail 75 CVMFS_UNREACHABLE 'the CVMFS repository containers.jinr.ru cannot be seen: '"$jcds_text"' could not be read (EIO)' 'its servers or this site'\''s proxy may not answer: try again later; see the client'\''s view with: cvmfs_config stat -v containers.jinr.ru'
    fi
  done
  if ! [ -r "$jcds_file" ]; then
    jcds_refuse_scripts
    return
  fi
  while IFS= read -r jcds_word || [ -n "$jcds_word" ]; do
    case $jcds_word in
      'export '[A-Za-z_]*=*) ;;
      *) continue ;;
    esac
    jcds_item=${jcds_word#export }
    jcds_rest=${jcds_item#*=} jcds_item=${jcds_item%%=*}
    case $jcds_item in
      *[!A-Za-z0-9_]*) continue ;;
    esac
    case $jcds_rest in
      "\"\${$jcds_item:-}\"") continue ;;
      "\"\${$jcds_item:-\""*'"}"')
        jcds_rest=${jcds_rest#*:-\"}
        jcds_unquote "${jcds_rest%\"\}\"}" twice
        ;;
      '""') jcds_text='' ;;
      '"'*'"')
        jcds_rest=${jcds_rest#\"}
        case $jcds_item in
          PATH) jcds_unquote "${jcds_rest%\"}" twice ;;
          *) jcds_unquote "${jcds_rest%\"}" once ;;
        esac
        ;;
      "'"*"'"*"'" | '"'* | "'") jcds_strange=1 ;;
      "'"*"'") jcds_text=${jcds_rest#\'} jcds_text=${jcds_text%\'} ;;
      *) jcds_text=$jcds_rest ;;
    esac
    case $jcds_strange:$jcds_item in
      1:*)
        jcds_text=$jcds_item
        jcds_fail 125 ENVIRONMENT_UNREAD 'the ENV of library/debian:12 has a value that a script cannot read: '"$jcds_text" 'jcds exec can, and a script written for it anew with jcds wrap'
        ;;
      :PATH) jcds_search=$jcds_text ;;
      *) jcds_give_own "$jcds_item" "$jcds_text" ;;
    esac
  done <"$jcds_file"
  jcds_refuse_scripts
}
jcds_refuse_scripts() { # what else sets variables in the image, and only a shell in it can run
  for jcds_item in "${jcds_file%/*}"/*.sh; do
    case ${jcds_item##*/} in
      01-base.sh | 10-docker2singularity.sh | 94-appsbase.sh | 95-apps.sh | 99-base.sh | 99-runtimevars.sh) continue ;;
    esac
    [ -f "$jcds_item" ] || continue
    [ -r "$jcds_item" ] || continue
    jcds_text="${jcds_item##*/}, a script of its own"
    while read -r jcds_word || [ -n "$jcds_word" ]; do
      case $jcds_word in
        '' | '#'*) ;;
        *) jcds_fail 125 ENVIRONMENT_UNREAD 'the ENV of library/debian:12 has a value that a script cannot read: '"$jcds_text" 'jcds exec can, and a script written for it anew with jcds wrap' ;;
      esac
    done <"$jcds_item"
  done
}
jcds_give_image() {
  case $jcds_target in
    */'.images/a1/b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4')
      jcds_search='/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
      jcds_give_own 'LANG' 'C.UTF-8'
      jcds_give_own 'GREETING' 'it'\''s'
      return
      ;;
  esac
  jcds_read_variables
}

jcds_known_link() { # PLACE
  case $jcds_target in
    */'.images/a1/b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4') ;;
    *) return 1 ;;
  esac
  case $1 in
    '/.exec') jcds_text='.singularity.d/actions/exec' ;;
    '/.run') jcds_text='.singularity.d/actions/run' ;;
    '/.shell') jcds_text='.singularity.d/actions/shell' ;;
    '/.test') jcds_text='.singularity.d/actions/test' ;;
    '/bin') jcds_text='usr/bin' ;;
    '/environment') jcds_text='.singularity.d/env/90-environment.sh' ;;
    '/lib') jcds_text='usr/lib' ;;
    '/lib64') jcds_text='usr/lib64' ;;
    '/sbin') jcds_text='usr/sbin' ;;
    '/singularity') jcds_text='.singularity.d/runscript' ;;
    '/etc/localtime') jcds_text='/usr/share/zoneinfo/Etc/UTC' ;;
    '/etc/os-release') jcds_text='../usr/lib/os-release' ;;
    '/etc/rmt') jcds_text='/usr/sbin/rmt' ;;
    *) return 1 ;;
  esac
}

jcds_opened=// jcds_made=// jcds_files=// jcds_covered=//
jcds_locate() { # PATH: sets jcds_real, jcds_left (names that lead no further) and jcds_found
  jcds_left=$1/ jcds_real='' jcds_found='directory' jcds_links=0
  while :; do
    case $jcds_left in
      '') return ;;
      /* | ./*)
        jcds_left=${jcds_left#*/}
        continue
        ;;
    esac
    case $jcds_covered in
      *"/$jcds_real//"*)
        jcds_found='covered'
        return
        ;;
    esac
    jcds_item=${jcds_left%%/*} jcds_rest=${jcds_left#*/}
    case $jcds_item in
      ..)
        jcds_left=$jcds_rest jcds_real=${jcds_real%/*} jcds_found='directory'
        continue
        ;;
    esac
    jcds_look_up "$jcds_real/$jcds_item"
    case $jcds_found:$jcds_rest in
      link:*)
        jcds_links=$((jcds_links + 1))
        if [ "$jcds_links" -gt 40 ]; then
          jcds_found='loop'
          return
        fi
        jcds_read_link "$jcds_real/$jcds_item"
        jcds_left=$jcds_text/$jcds_rest jcds_found='directory'
        case $jcds_text in
          /*) jcds_real='' ;;
        esac
        ;;
      directory:* | file: | other:) jcds_real=$jcds_real/$jcds_item jcds_left=$jcds_rest ;;
      *) return ;;
    esac
  done
}
jcds_look_up() { # PLACE: sets jcds_found
  case $jcds_files in
    *"/$1//"*)
      jcds_found='file'
      return
      ;;
  esac
  case $jcds_made in
    *"/$1//"*)
      jcds_found='directory'
      return
      ;;
  esac
  if [ -h "$jcds_target$1" ]; then
    jcds_found='link'
  elif [ -d "$jcds_target$1" ]; then
    jcds_found='directory'
  elif [ -f "$jcds_target$1" ]; then
    jcds_found='file'
  elif [ -e "$jcds_target$1" ]; then
    jcds_found='other'
  else
    jcds_found=''
  fi
}
jcds_read_link() { # PLACE of a link: sets jcds_text
  ! jcds_known_link "$1" || return 0
  jcds_text=$(
    PATH=/usr/bin:/bin
    export PATH
    readlink -n -- "$jcds_target$1" && echo .
  )
  jcds_text=${jcds_text%.}
}
jcds_place() { # PATH KIND: makes sure that something can be mounted there; sets jcds_spot, its real place
  jcds_locate "$1"
  case $jcds_left in
    '')
      jcds_spot=$jcds_real
      case $jcds_real in
        '') jcds_no_place "$1" 'it is the root of the image' ;;
      esac
      if jcds_is_open "$jcds_real"; then
        [ "$jcds_found" = "$2" ] || jcds_no_place "$1" 'it is a directory that other places are in'
      else
        # What will be covered needs no mount of its own where the new root holds what it is in.
        [ "$jcds_found" = "$2" ] || jcds_open "${jcds_real%/*}"
        ! jcds_is_open "${jcds_real%/*}" || jcds_make "$jcds_real" "$2"
      fi
      ;;
    *) jcds_place_below "$@" ;;
  esac
  jcds_covered=$jcds_covered${jcds_spot#/}//
}
jcds_place_below() { # PATH KIND: the image has not all of it
  case $jcds_found in
    covered)
      jcds_spot=$jcds_real/${jcds_left%"${jcds_left##*[!/]}"}
      return
      ;;
    loop) jcds_no_place "$1" 'too many links' ;;
    ?*) jcds_no_place "$1" "$jcds_real/${jcds_left%%/*} is no directory" ;;
  esac
  jcds_open "$jcds_real"
  jcds_spot=$jcds_real
  while [ -n "$jcds_left" ]; do
    jcds_item=${jcds_left%%/*} jcds_left=${jcds_left#*/}
    case $jcds_item in
      '' | .) continue ;;
    esac
    jcds_spot=$jcds_spot/$jcds_item
    case $jcds_left in
      '')
        jcds_make "$jcds_spot" "$2"
        return
        ;;
    esac
    jcds_make "$jcds_spot" directory
    jcds_opened=$jcds_opened${jcds_spot#/}//
  done
}
jcds_make() { # PLACE KIND
  case $jcds_made in
    *"/$1//"*) ;;
    *) jcds_made=$jcds_made${1#/}// ;;
  esac
  case $2 in
    file) jcds_files=$jcds_files${1#/}// ;;
  esac
}
jcds_is_open() { # DIRECTORY
  case $1 in
    '') return 0 ;;
  esac
  case $jcds_opened in
    *"/$1//"*) return 0 ;;
  esac
  return 1
}
jcds_open() { # DIRECTORY: the new root holds it from now on, and all above it
  ! jcds_is_open "$1" || return 0
  jcds_open "${1%/*}"
  jcds_opened=$jcds_opened${1#/}//
}
jcds_no_place() { # PATH REASON
  jcds_text=$(jcds_shown_text "$1")
  jcds_shown_place=$(jcds_shown_text "$2")
  jcds_fail 125 BIND_PLACE 'nothing can be shown at "'"$jcds_text"'" in this image: '"$jcds_shown_place" 'choose another place inside: --bind SRC:DST'
}

jcds_show_root() {
  jcds_unread=0 jcds_unread_words=''
  jcds_show_directory ''
  jcds_rest=${jcds_opened#//}
  while :; do
    case $jcds_rest in
      '') break ;;
    esac
    jcds_show_directory "/${jcds_rest%%//*}"
    jcds_rest=${jcds_rest#*//}
  done
  case $jcds_unread in
    0) ;;
    *) jcds_show_links ;;
  esac
  jcds_rest=${jcds_made#//}
  while :; do
    case $jcds_rest in
      '') break ;;
    esac
    jcds_item=/${jcds_rest%%//*} jcds_rest=${jcds_rest#*//}
    case $jcds_files in
      *"/$jcds_item//"*) ;;
      *) jcds_option --dir "$jcds_item" ;;
    esac
  done
}
jcds_show_directory() { # DIRECTORY: its entries
  for jcds_item in "$jcds_target$1"/* "$jcds_target$1"/.[!.]* "$jcds_target$1"/..?*; do
    jcds_at=$1/${jcds_item##*/}
    if ! [ -e "$jcds_item" ] && ! [ -h "$jcds_item" ]; then
      case $jcds_at in
        "$1/*" | "$1/.[!.]*" | "$1/..?*") continue ;; # nothing is called so
      esac
      jcds_text=$(jcds_shown_text "$jcds_item")
      jcds_fail 75 CVMFS_UNREACHABLE 'the CVMFS repository containers.jinr.ru cannot be seen: '"$jcds_text"' could not be read (EIO)' 'its servers or this site'\''s proxy may not answer: try again later; see the client'\''s view with: cvmfs_config stat -v containers.jinr.ru'
    fi
    case $jcds_made in
      *"/$jcds_at//"*) continue ;;
    esac
    if [ "$jcds_count" -gt 8900 ]; then
      jcds_text=$(jcds_shown_text "${1:-/}")
      jcds_fail 125 UNSUPPORTED_BY_RUNTIME 'bubblewrap takes 8900 words, and more would be needed to show one by one what the image has in '"$jcds_text" 'jcds run --runtime apptainer (or unshare)'
    fi
    if [ -h "$jcds_item" ]; then
      if jcds_known_link "$jcds_at"; then
        jcds_option --symlink "$jcds_text" "$jcds_at"
      else
        jcds_unread=$((jcds_unread + 1))
        eval "jcds_unread_$jcds_unread=\$jcds_at"
        jcds_unread_words="$jcds_unread_words \"\$jcds_target\$jcds_unread_$jcds_unread\""
      fi
    elif [ -d "$jcds_item" ]; then
      case $jcds_opened in
        *"/$jcds_at//"*) jcds_option --dir "$jcds_at" ;;
        *) jcds_option --ro-bind "$jcds_item" "$jcds_at" ;;
      esac
    elif [ -f "$jcds_item" ]; then
      jcds_option --ro-bind "$jcds_item" "$jcds_at"
    fi
  done
}
jcds_show_links() {
  jcds_said=$(
    PATH=/usr/bin:/bin
    export PATH
    eval "exec readlink -- $jcds_unread_words" 2>/dev/null
  )
  set -f
  IFS=$jcds_newline
  jcds_links=0
  for jcds_text in $jcds_said; do
    jcds_links=$((jcds_links + 1))
  done
  jcds_number=0
  for jcds_text in $jcds_said; do
    case $jcds_links in
      "$jcds_unread") ;;
      *) break ;;
    esac
    jcds_number=$((jcds_number + 1))
    eval "jcds_at=\$jcds_unread_$jcds_number"
    jcds_option --symlink "$jcds_text" "$jcds_at"
  done
  unset IFS
  set +f
  while [ "$jcds_number" -lt "$jcds_unread" ]; do
    jcds_number=$((jcds_number + 1))
    eval "jcds_at=\$jcds_unread_$jcds_number"
    jcds_read_link "$jcds_at"
    jcds_option --symlink "$jcds_text" "$jcds_at"
  done
}

jcds_account_text() { # NAME: sets jcds_text
  case $jcds_target:$1 in
    */'.images/a1/b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4':passwd)
      jcds_text='root:x:0:0:root:/root:/bin/bash
daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
'
      return
      ;;
    */'.images/a1/b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4':group)
      jcds_text='root:x:0:
users:x:100:
nogroup:x:65534:
'
      return
      ;;
  esac
  jcds_locate "/etc/$1"
  jcds_text=''
  case $jcds_left:$jcds_found in
    :file) ;;
    *) return ;;
  esac
  while IFS= read -r jcds_word || [ -n "$jcds_word" ]; do
    jcds_text=$jcds_text$jcds_word$jcds_newline
    [ "${#jcds_text}" -lt 65536 ] || break
  done <"$jcds_target$jcds_real"
} 2>/dev/null
jcds_account() { # NAME OWN-LINES
  jcds_account_text "$1"
  jcds_own=$2 jcds_entry='' jcds_whole=''
  set -f
  IFS=$jcds_newline
  for jcds_word in $jcds_text; do
    jcds_item=${jcds_word#*:}
    jcds_item=${jcds_item#*:}
    case $1:${jcds_item%%:*}:$jcds_word in
      passwd:"$jcds_uid":*:*:*:*:*:*:*)
        jcds_entry=$jcds_word jcds_rest=${jcds_word%:*}
        jcds_own=${jcds_rest%:*}:$jcds_dir:${jcds_word##*:}
        break
        ;;
    esac
  done
  jcds_room=$((4095 - ${#jcds_own}))
  for jcds_word in $jcds_text; do
    case $jcds_word in
      "$jcds_entry") jcds_word=$jcds_own jcds_own='' ;;
      *)
        jcds_room=$((jcds_room - ${#jcds_word} - 1))
        [ "$jcds_room" -ge 0 ] || break
        ;;
    esac
    jcds_whole=$jcds_whole$jcds_word$jcds_newline
  done
  unset IFS
  set +f
  jcds_whole=$jcds_whole$jcds_own
  jcds_place "/etc/$1" file
  jcds_input "${jcds_whole%"$jcds_newline"}"
  jcds_option --perms 0644 --bind-data "$jcds_descriptor" "$jcds_spot"
}
jcds_find_user() { # this host's entry; what only a directory service knows is asked for
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
jcds_groups() { # sets jcds_lines
  jcds_lines='' jcds_named=' '
  while IFS=: read -r jcds_title jcds_word jcds_number jcds_rest || [ -n "$jcds_title" ]; do
    case "$jcds_named:${jcds_number:-none}:$jcds_wanted" in
      *" $jcds_number "*:*:* | *:*[!0-9]*:*) ;;
      *:*" $jcds_number "*) jcds_group_line "$jcds_title" "$jcds_number" ;;
    esac
  done </etc/group
  case $jcds_named in
    *" $jcds_group "*) ;;
    *) jcds_group_line "$jcds_user" "$jcds_group" ;;
  esac
} 2>/dev/null
jcds_group_line() { # NAME NUMBER
  jcds_named="$jcds_named$2 "
  jcds_harmless "$1"
  jcds_word=$jcds_item:x:$2:
  jcds_harmless "$jcds_user"
  jcds_word=$jcds_word$jcds_item
  [ $((${#jcds_lines} + ${#jcds_word} + 1)) -gt 3072 ] || jcds_lines=$jcds_lines${jcds_lines:+"$jcds_newline"}$jcds_word
}
jcds_accounts() {
  while read -r jcds_item jcds_word jcds_rest; do
    case $jcds_item in
      Uid:) jcds_uid=$jcds_word ;;
      Gid:) jcds_gid=$jcds_word ;;
      Groups:)
        jcds_wanted=" $jcds_word $jcds_rest $jcds_gid "
        break
        ;;
    esac
  done </proc/self/status
  if ! jcds_find_user </etc/passwd; then
    jcds_text=$(
      PATH=/usr/bin:/bin
      export PATH
      getent passwd "$jcds_uid" 2>/dev/null
    )
    jcds_find_user <<JCDS || jcds_user=${USER:-$jcds_uid} jcds_group=$jcds_gid jcds_shell=''
$jcds_text
JCDS
    jcds_gecos=''
  fi
  jcds_wanted="$jcds_wanted$jcds_group "
  case $jcds_home in
    *:* | *"$jcds_newline"*) jcds_dir=/ ;;
    *) jcds_dir=$jcds_home ;;
  esac
  jcds_harmless "$jcds_user"
  jcds_account passwd "$jcds_item:x:$jcds_uid:$jcds_group:$jcds_gecos:$jcds_dir:${jcds_shell:-/bin/sh}"
  jcds_groups
  jcds_account group "$jcds_lines"
}

jcds_zone() {
  [ -e /etc/localtime ] || return 0
  jcds_locate /etc
  case $jcds_left in
    '') ! [ -h "$jcds_target$jcds_real/localtime" ] || jcds_replace_link "$jcds_real/localtime" ;;
  esac
  jcds_place /etc/localtime file
  jcds_option --ro-bind /etc/localtime "$jcds_spot"
}
jcds_replace_link() { # PLACE
  jcds_open "${1%/*}"
  jcds_make "$1" file
}

jcds_gpu_libraries() {
  case $jcds_gpu in
    --nv) jcds_pattern='lib(cuda|cudadebugger|nv(idia|cuvid|optix)[^ ]*|vdpau_nvidia|E?GL(X|ESv[12]_CM|ESv[12]|dispatch)?(_nvidia)?|OpenGL|OpenCL|gdsto[^ ]*)(\.so|-)[^ ]*' ;;
    *) jcds_pattern='lib(amd|hip|hsa|roc|MIOpen|OpenCL|drm|numa|pciaccess|comgr)[^ ]*\.so' ;;
  esac
  jcds_text=$(
    PATH=/usr/sbin:/sbin:/usr/bin:/bin
    export PATH
    ldconfig -p 2>/dev/null |
      sed -nE "/^[[:space:]]${jcds_pattern}[^ ]* \([^)]*(x86-64|AArch64|64bit)[^)]*\) => \/[^ ]*$/s/^.([^ ]*) .* => (.*)/\1 \2/p"
  )
  jcds_seen=' '
  set -f
  IFS=$jcds_newline
  for jcds_word in $jcds_text; do
    jcds_source=${jcds_word#* } jcds_word=${jcds_word%% *}
    case $jcds_seen in
      *" $jcds_word "*) continue ;;
    esac
    jcds_seen="$jcds_seen$jcds_word "
    jcds_place "/.singularity.d/libs/${jcds_source##*/}" file
    jcds_option --bind "$jcds_source" "$jcds_spot"
  done
  unset IFS
  set +f
}

jcds_exact_environment() {
  for jcds_word in $jcds_said; do :; done
  jcds_said=$(
    PATH=/usr/bin:/bin LC_ALL=C
    export PATH LC_ALL
    exec tr '\0\n' '\n\1' <"/proc/$$/environ"
  )$jcds_newline$jcds_word
  jcds_high=1
}

jcds_hand_on() {
  jcds_env=/usr/bin/env
  set -f
  IFS=$jcds_newline
  for jcds_item in $jcds_surplus; do
    jcds_keep "$jcds_item"
    jcds_env="$jcds_env -u $jcds_reference"
  done
  jcds_env="$jcds_env --"
  for jcds_item in $jcds_lost; do
    while :; do
      case $jcds_item in
        *"${jcds_marks%?}"*)
          jcds_item=${jcds_item%%"${jcds_marks%?}"*}$jcds_newline${jcds_item#*"${jcds_marks%?}"}
          ;;
        *) break ;;
      esac
    done
    jcds_keep "$jcds_item"
    jcds_env="$jcds_env $jcds_reference"
  done
  jcds_env=$jcds_env$jcds_given
  unset IFS
  set +f
}

jcds_on_host_followed() { # PLACE
  jcds_found=''
  jcds_on_host "$1"
  case $jcds_at in
    "$jcds_target"/*) ! [ -e "$jcds_at" ] || return 0 ;;
    *) return ;;
  esac
  jcds_candidate=$jcds_item
  jcds_locate "$1"
  jcds_item=$jcds_candidate
  case $jcds_left in
    '') jcds_at=$jcds_target$jcds_real ;;
    *) jcds_on_host "$jcds_real/${jcds_left%/}" ;;
  esac
}
jcds_check() { # COMMAND
  jcds_places=''
  case $1 in
    '') ;;
    *"$jcds_newline"*) return ;;
    /*) jcds_places=$1 ;;
    */*) jcds_places=$jcds_cwd/$1 ;;
    *)
      IFS=:
      set -f
      for jcds_item in $jcds_search; do
        case $jcds_item in
          /*) jcds_places=$jcds_places$jcds_newline$jcds_item/$1 ;;
          *) jcds_places=$jcds_places$jcds_newline$jcds_cwd/$jcds_item/$1 ;;
        esac
      done
      ;;
  esac
  IFS=$jcds_newline
  set -f
  jcds_refused=''
  for jcds_item in $jcds_places; do
    jcds_on_host_followed "$jcds_item"
    if [ -d "$jcds_at" ]; then
      case $1 in
        */*) jcds_refused=directory jcds_where=$jcds_item ;;
      esac
    elif [ -x "$jcds_at" ] || { [ -h "$jcds_at" ] && ! [ -e "$jcds_at" ] && [ "$jcds_found" != loop ]; }; then
      jcds_refused=none
      break
    elif [ -e "$jcds_at" ]; then
      jcds_where=${jcds_refused:+$jcds_where}
      jcds_where=${jcds_where:-$jcds_item} jcds_refused=permission
    fi
  done
  unset IFS
  set +f
  case $jcds_refused in
    none) return ;;
    '') jcds_refuse "$1" ;;
    *) jcds_refuse "$jcds_where" ;;
  esac
}
jcds_refuse() { # WORD
  jcds_text=$(jcds_shown_text "$1")
  case $jcds_refused in
    directory) jcds_fail 126 COMMAND_NOT_EXECUTABLE "$jcds_text"' in the image library/debian:12 cannot be executed: it is a directory' 'jcds exec library/debian:12 COMMAND' ;;
    permission) jcds_fail 126 COMMAND_NOT_EXECUTABLE "$jcds_text"' in the image library/debian:12 cannot be executed: it has no execute permission for you' 'jcds exec library/debian:12 COMMAND' ;;
  esac
  jcds_verdict=$(jcds_look_for_absence)
  case $jcds_verdict in
    absent)
      if [ -e "$jcds_target/bin/sh" ] || [ -h "$jcds_target/bin/sh" ]; then
        jcds_fail 127 COMMAND_NOT_FOUND '"'"$jcds_text"'" is not in the image library/debian:12' 'look what is there: jcds shell library/debian:12'
      fi
      jcds_fail 127 COMMAND_NOT_FOUND '"'"$jcds_text"'" is not in the image library/debian:12' 'the image has no shell; name one of its programs: jcds exec library/debian:12 /PROGRAM'
      ;;
    /*)
      jcds_text=$jcds_verdict
      jcds_fail 75 CVMFS_UNREACHABLE 'the CVMFS repository containers.jinr.ru cannot be seen: '"$jcds_text"' could not be read (EIO)' 'its servers or this site'\''s proxy may not answer: try again later; see the client'\''s view with: cvmfs_config stat -v containers.jinr.ru'
      ;;
  esac
}
jcds_look_for_absence() { # says absent, or the place that cannot be seen; nothing where only the container knows
  PATH=/usr/bin:/bin:/usr/sbin:/sbin LC_ALL=C IFS=$jcds_newline
  export PATH LC_ALL
  set -f
  for jcds_item in $jcds_places; do
    jcds_on_host_followed "$jcds_item"
    [ ! -d "$jcds_at" ] || continue
    case $jcds_found in
      loop) continue ;;
    esac
    jcds_said=$(ls -d "$jcds_at" 2>&1)
    case $jcds_said in
      *'No such file'* | *'Not a directory'* | *'name too long'*) ;;
      *'nput/output error'* | *'I/O error'* | *'not connected'* | *' timed out'*)
        jcds_shown_text "$jcds_at"
        return
        ;;
      *) return ;;
    esac
  done
  echo absent
}

jcds_start() { # COMMAND [ARGUMENT...]
  jcds_locale=${LC_ALL+set}${LC_ALL-}
  LC_ALL=C
  case $jcds_result in
    file) jcds_fail 125 UNSUPPORTED_BY_RUNTIME 'bubblewrap runs no image that is one file: '"$jcds_text" 'jcds run --runtime apptainer (or singularity)' ;;
  esac
  jcds_program='/STAGE/programs/bwrap'
  [ -x "$jcds_program" ] || jcds_find bwrap
  case $jcds_program in
    '') jcds_fail 125 NO_RUNTIME 'no container runtime of this host can run this job
  bubblewrap: is not installed' 'bubblewrap: install the package bubblewrap' ;;
  esac
  jcds_giver=image jcds_search=''
  jcds_give_image
  jcds_usual_places
  jcds_extend_path
  jcds_giver=person
  jcds_give_addressed SINGULARITYENV_
  jcds_give_addressed APPTAINERENV_
  jcds_forget_addressed
  jcds_give JCDS_IMAGE "$jcds_name"
  jcds_give JCDS_IMAGE_PATH "$jcds_target"
  case ${PWD-} in
    /*) jcds_here=$PWD ;;
    *) jcds_here='' ;;
  esac
  jcds_home=${HOME:-}
  case $jcds_home in
    '') jcds_find_home ;;
  esac
  if ! [ -d "$jcds_home" ]; then
    jcds_text=$jcds_home
    jcds_find_home
    [ -d "$jcds_home" ] && [ "$jcds_home" != / ] || jcds_home=$jcds_text
  fi
  if [ -d "$jcds_home" ]; then jcds_shown=$jcds_home; else jcds_shown=''; fi
  jcds_cwd=${jcds_home%"${jcds_home##*[!/]}"}
  jcds_fallback=${jcds_cwd:-/}
  jcds_cwd=${jcds_here:-$jcds_fallback}
  case $jcds_cwd:$jcds_result in
    /bin:directory | /boot:directory | /dev:directory | /etc:directory | /lib:directory | /lib64:directory | /mnt:directory | /opt:directory | /proc:directory | /run:directory | /sbin:directory | /sys:directory | /usr:directory | /var:directory)
      [ -e "$jcds_target$jcds_cwd" ] || [ -h "$jcds_target$jcds_cwd" ] || jcds_cwd=$jcds_fallback
      ;;
  esac
  jcds_gpu=''
  case ${CUDA_VISIBLE_DEVICES-}:${NVIDIA_VISIBLE_DEVICES-} in
    10000:* | *:none | *:void) ;;
    *)
      for jcds_item in /dev/nvidia[0-9]*; do
        case ${jcds_item#/dev/nvidia} in
          *[!0-9]*) ;;
          *) jcds_gpu=--nv ;;
        esac
      done
      ;;
  esac
  [ -n "$jcds_gpu" ] || [ ! -e /dev/kfd ] || jcds_gpu=--rocm
  jcds_is_shown=''
  case $jcds_here in
    "" | / | /bin | /boot | /dev | /etc | /lib | /lib64 | /mnt | /opt | /proc | /run | /sbin | /sys | /usr | /var) ;;
    "${jcds_shown:-//}" | "${jcds_shown:-//}"/*) ;; # shown with it
    "$jcds_home" | "$jcds_home"/*) jcds_own "$jcds_here" "$jcds_here" ;; # an empty home is laid over it
    /tmp | /tmp/* | /var/tmp | /var/tmp/*) ;;
    *) jcds_own "$jcds_here" "$jcds_here" ;;
  esac
  jcds_own "$jcds_root" /cvmfs
  [ "$jcds_root" = /cvmfs ] || jcds_own "$jcds_root" "$jcds_root"
  jcds_file=${KRB5CCNAME-}
  jcds_file=${jcds_file#FILE:}
  for jcds_item in "${jcds_file#DIR:}" "${X509_USER_PROXY-}" "${BEARER_TOKEN_FILE-}" "${XAUTHORITY-}"; do
    case $jcds_item in
      "$jcds_shown" | "${jcds_shown:-/tmp}"/* | "$jcds_here" | "${jcds_here:-/tmp}"/*) ;;
      /tmp/* | /var/tmp/*) ;;
      /*) jcds_own "$jcds_item" "$jcds_item" ,ro ;;
    esac
  done
  [ -z "$jcds_gpu" ] || jcds_own /etc/OpenCL/vendors /etc/OpenCL/vendors ,ro
  jcds_check "$1"
  jcds_head=$jcds_options
  jcds_options=''
  jcds_place /dev directory
  jcds_option --dev-bind /dev "$jcds_spot"
  jcds_place /proc directory
  jcds_option --proc "$jcds_spot"
  jcds_place /sys directory
  jcds_option --ro-bind /sys "$jcds_spot"
  for jcds_item in /tmp /var/tmp; do
    jcds_source=$jcds_item
    jcds_place "$jcds_source" directory
    jcds_option --bind "$jcds_source" "$jcds_spot"
  done
  case $jcds_home:$jcds_shown in
    /:*) ;;
    *)
      jcds_place "$jcds_home" directory
      case $jcds_shown in
        '') jcds_option --perms 0700 --tmpfs "$jcds_spot" ;;
        *) jcds_option --bind "$jcds_shown" "$jcds_spot" ;;
      esac
      ;;
  esac
  for jcds_source in /etc/resolv.conf /etc/hosts; do
    jcds_place "$jcds_source" file
    jcds_option --ro-bind-try "$jcds_source" "$jcds_spot"
  done
  jcds_accounts
  jcds_zone
  [ -z "$jcds_gpu" ] || jcds_gpu_libraries
  jcds_bind_all
  jcds_mounts=$jcds_options
  jcds_options=''
  jcds_show_root
  jcds_options=" --die-with-parent --cap-drop ALL --tmpfs /$jcds_options$jcds_mounts$jcds_remounts --remount-ro /"
  jcds_option --chdir "$jcds_cwd"
  jcds_options=$jcds_options$jcds_head
  [ -z "$jcds_gpu" ] || jcds_libraries=${jcds_libraries:-image:}
  case $jcds_libraries in
    '') ;;
    *)
      jcds_giver=${jcds_libraries%%:*} jcds_libraries=${jcds_libraries#*:}
      [ -z "$jcds_gpu" ] || jcds_libraries=${jcds_libraries:+$jcds_libraries:}/.singularity.d/libs
      jcds_steer LD_LIBRARY_PATH "$jcds_libraries"
      ;;
  esac
  [ -z "$jcds_secrets" ] || jcds_hand_over_secrets
  export "PATH=$jcds_search" "HOME=$jcds_home" "PWD=$jcds_cwd"
  jcds_before='' jcds_env=''
  case ${BASH_VERSION+bash}:$jcds_level in
    bash:) jcds_surplus=$jcds_surplus${jcds_newline}SHLVL ;;
    bash:*) ;;
    :) unset SHLVL ;;
    :*) SHLVL=${jcds_level#*=} ;;
  esac
  case ${BASH_VERSION+bash}:$jcds_underscore in
    bash:) jcds_surplus=${jcds_surplus}${jcds_newline}_ ;;
    bash:*) jcds_underscore=${jcds_underscore#*=} jcds_before='_=$jcds_underscore ' ;;
  esac
  [ -z "$jcds_lost$jcds_surplus$jcds_given" ] || jcds_hand_on
  case $jcds_locale in
    set*) { LC_ALL=${jcds_locale#set}; } 2>/dev/null ;;
    *) unset LC_ALL ;;
  esac
  eval "${jcds_before}exec $jcds_env \"\$jcds_program\" $jcds_options -- \"\$@\"$jcds_inputs$jcds_bodies"
}

jcds_look='root=$1 repository=$1/$2 entry=$3 seconds=$4 allowed=$6 osg=$3 cern=$7 files=$8 deep=$9 chosen=
newline="
"
unset GLOBIGNORE
case ${BASH_VERSION+bash} in
  bash) eval "shopt -u dotglob failglob nocaseglob nocasematch nullglob" ;;
esac
enter() { # goes to the image: target, kind
  cd -P "$repository" || return
  top=$PWD
  listed || return
  case $cern$files in
    ?*)
      if [ -d .flat ] || [ -d .multiarch ]; then entry=$cern chosen=@cern
      elif [ -d all ] && ! [ -d .images ]; then entry=$files chosen=@files
      else entry=$osg chosen=
      fi
      ;;
  esac
  case $entry in
    "") return 1 ;;
  esac
  name=./$entry
  case $root in
    /cvmfs) ;;
    *)
      text=$(readlink -n "$name" && echo .) && case $text in
        /cvmfs/*) name=$root/${text#/cvmfs/} name=${name%.} ;;
        "$root"/*) ;;
        /*) return 1 ;;
      esac
      ;;
  esac
  if cd -P "$name"; then
    target=$PWD kind=directory
    listed || return
    seen_below || return
  elif [ -f "$name" ] && ! [ -h "$name" ]; then
    is_image "$name" || return
    target=$top/$entry kind=file
  else return 1
  fi
  case $target in
    *"$newline"*) return 1 ;;
    "$top"/*) ;;
    *) return 1 ;;
  esac
}
listed() { # whether something can be seen in the working directory
  for seen in *; do
    case $seen in
      "*") return 1 ;;
    esac
    return 0
  done
}
seen_below() { # lists directories of the image that the script will list
  case $deep in
    "") return ;;
  esac
  # patterns find what the listing says, also where the place itself cannot be seen
  for name in ./et[c] ./hom[e] ./va[r] ./.singularity.d/en[v]; do
    case $name in
      *"[c]" | *"[e]" | *"[r]" | *"[v]") continue ;;
    esac
    if ! [ -d "$name" ]; then
      [ -e "$name" ] || [ -h "$name" ] || return
      continue
    fi
    [ -h "$name" ] || for seen in "$name"/*; do
      case $seen in
        "./etc/*" | "./var/*" | *"/env/*") return 1 ;; # never empty: what does ls say?
      esac
      break
    done
  done
}
is_image() { # what src/cvmfs/careful-look.ts takes for an image file
  case $(head -c 64 "$1" | tr "\0\n" "..") in
    hsqs* | ????????????????????????????????SIF_MAGIC*) ;;
    *) return 1 ;;
  esac
}
say() { # WORD TEXT, as far as a terminal may see it
  printf "jcds_result=%s:%s\n" "$1$chosen" "$(printf %s "$2" | tr "\t\n\r\1-\10\13\14\16-\37\177-\377" "   ?")"
  case $1 in
    missing) exit 1 ;;
  esac
  exit 0
}
say_published() {
  printf "jcds_result=%s:%s\n" "$kind$chosen" "$target"
  exit
}

{ exec >/dev/null; enter; } & # else dash keeps a copy of the pipe
look=$!
printf "\1\2\n"
tr "\0\n\200-\377" "\n\1\2" <"/proc/$5/environ"
tries=
while :; do
  stat=") Z " # the shell has met it already
  read -r stat <"/proc/$look/stat"
  case $stat$tries in
    *") Z "*)
      wait "$look" && deep= && enter && say_published
      break
      ;;
    *........) break ;;
  esac
  tries=$tries.
  (:) # lets it have the processor: on a full machine tr may have been quicker
done
deep=$9

# Not in the usual way, or not yet.
failed() { # PATH: why listing it fails; text: what the system says
  text=$(ls -dA "$1" 2>&1) && text=$(ls -A "$1" 2>&1) && return 1
  why_from_text
}
why_from_text() {
  case $text in
    *"No such file"*) why=ENOENT ;;
    *"Not a directory"*) why=ENOTDIR ;;
    *"File name too long"*) why=ENAMETOOLONG ;;
    *"not connected"*) why=ENOTCONN ;;
    *"connection abort"*) why=ECONNABORTED ;;
    *"nput/output error"* | *"I/O error"*) why=EIO ;;
    *"tale "*) why=ESTALE ;;
    *" timed out"*) why=ETIMEDOUT ;;
    *"ymbolic link"*) why=ELOOP ;;
    *"ermission denied"*) why=EACCES ;;
    *"not permitted"*) why=EPERM ;;
    *) why=EUNKNOWN ;;
  esac
}
mounted() { # DIRECTORY TYPE: by the list of the kernel
  while read -r _ _ _ _ directory rest; do
    case $directory:${rest##* - } in
      "$1:$2"*) return 0 ;;
    esac
  done </proc/self/mountinfo
  return 1
}
survey() { # finds out: word, text
  cd / || return
  if failed "$repository/."; then
    case $why in
      ENOTDIR) word=NOT_A_DIRECTORY text=$repository ;;
      ENOENT)
        word=NOT_MOUNTED_ABSENT
        if failed "$root/."; then
          case $why in
            ENOENT) word=NO_ROOT ;;
            *) word=$why ;;
          esac
          text=$root
        else
          mounted "$root" "autofs " && word=NOT_KNOWN
          text=$repository
        fi
        ;;
      *) word=$why text=$repository ;;
    esac
    return
  fi
  case $text in
    "")
      if ! mounted "$(cd -P "$repository" && pwd -P)" ""; then
        word=NOT_MOUNTED_EMPTY text=$repository
        return
      fi
      ;;
  esac
  cd /proc || return # says how far it came
  chosen=
  case $cern$files:$newline$text$newline in
    :*) ;;
    *"$newline.flat$newline"* | *"$newline.multiarch$newline"*) entry=$cern chosen=@cern ;;
    *"$newline.images$newline"*) entry=$osg ;;
    *"${newline}all$newline"*) entry=$files chosen=@files ;;
    *) entry=$osg ;;
  esac
  case $entry in
    "") word=missing text= ;;
    *) walk ;;
  esac
}
walk() { # from link to link, by the rules of src/repositories/links.ts
  place=$repository rest=$entry/ links=0 leads=
  while :; do
    case $rest in
      "") break ;;
    esac
    name=${rest%%/*} rest=${rest#*/}
    case $name in
      "" | .) continue ;;
      ..)
        place=${place%/*}
        continue
        ;;
    esac
    if [ -h "$place/$name" ]; then
      links=$((links + 1))
      if [ "$links" -gt 40 ]; then
        word=loop text=$place/$name
        return
      fi
      text=$(readlink -n "$place/$name" && echo .) text=${text%.}
      follow || return
    elif [ -e "$place/$name" ]; then
      place=$place/$name
    else
      text=$(ls -d "$place/$name" 2>&1)
      why_from_text
      case $why in
        ENOENT | ENOTDIR | ENAMETOOLONG)
          case $leads in
            "") word=missing text= ;;
            *) word=dangling text=$leads ;;
          esac
          ;;
        *) word=$why text=$place/$name ;;
      esac
      return
    fi
  done
  if [ -d "$place" ]; then
    if failed "$place/."; then
      case $why in
        EACCES | EPERM) word=unreadable text=$place ;;
        *) word=$why text=$place ;;
      esac
      return
    fi
    for name in $deep; do
      if [ -h "$place/$name" ] || ! failed "$place/$name/."; then continue; fi
      case $why in
        EACCES | EPERM | ENOENT | ENOTDIR) continue ;;
      esac
      word=$why text=$place/$name
      return
    done
    target=$(cd -P "$place" && pwd -P && echo .) target=${target%"$newline".} kind=directory word=
  elif [ -f "$place" ] && is_image "$place"; then
    target=$(cd -P "${place%/*}" && pwd -P && echo .) target=${target%"$newline".}/${place##*/} kind=file word=
  else word=no-image text=$place
  fi
}
follow() { # the link PLACE/NAME, whose text is TEXT
  case $text in
    /cvmfs/*) to=${text#/cvmfs/} ;;
    "$root"/*) to=${text#"$root"/} ;;
    "" | /*) to= ;;
    *) to=${place#"$root"/}/$text ;;
  esac
  below= # the place below the root that it leads to, without . and ..
  to=$to/
  while :; do
    case $to in
      "") break ;;
    esac
    part=${to%%/*} to=${to#*/}
    case $part:$below in
      :* | .:*) ;;
      ..:)
        below=
        break
        ;;
      ..:*) below=${below%/*} ;;
      *) below=$below/$part ;;
    esac
  done
  part=${below#/} part=${part%%/*}
  case " ${repository##*/} $allowed " in
    *" ${part:-.} "*) ;;
    *)
      word=escapes
      return 1
      ;;
  esac
  leads=$root$below place=$root rest=${below#/}/$rest
}

sleep "$seconds" >/dev/null &
timer=$!
{
  exec >/dev/null
  survey
  # Were the one that waits gone, the timer would be too, and its number could belong to another process by now.
  read -r stat </proc/self/stat
  stat=${stat##*) ?} stat=${stat# }
  [ "${stat%% *}" = "$$" ] && kill -KILL "$timer"
} &
careful=$!
wait "$timer"
case $? in
  0)
    word=HUNG text=$repository
    # shellcheck disable=SC3013 # -ef: POSIX since 2024, and in dash, bash and busybox long before
    [ "/proc/$careful/cwd" -ef /proc ] && text=$repository/$entry
    kill -KILL "$look" "$careful"
    # and what they started: without setsid there is no group of this number
    trap "" TERM
    kill -TERM "-$$"
    ;;
  126 | 127) word=LOOK_FAILED text=sleep ;;
  *)
    wait "$careful"
    survey
    ;;
esac
case $word in
  "") say_published ;;
esac
say "$word" "$text"
'

jcds_look_at() {
  jcds_said=$(
    PATH=/usr/bin:/bin:/usr/sbin:/sbin LC_ALL=C
    export PATH LC_ALL
    set -- "$jcds_root" "$jcds_repository" "$jcds_entry" "$jcds_timeout" "$$" "$jcds_allowed" "${jcds_cern-}" "${jcds_files-}" "${jcds_deep-}"
    set -- /bin/sh -c "$jcds_look" jcds-look "$@"
    [ ! -x /usr/bin/setsid ] || set -- /usr/bin/setsid "$@"
    exec "$@" </dev/null 2>/dev/null 3<&- 4<&- 5<&- 6<&- 7<&- 8<&- 9<&-
  )
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

jcds_lost='' jcds_surplus='' jcds_level='' jcds_underscore='' jcds_high='' jcds_given='' jcds_addressed=''
jcds_marks=${jcds_said%%"$jcds_newline"*}
set -f
IFS=$jcds_newline
case ${jcds_said#??} in
  *"${jcds_marks#?}"*) jcds_exact_environment ;;
esac
for jcds_word in $jcds_said; do
  case $jcds_word in
    [!=]*=*) ;;
    *) continue ;;
  esac
  jcds_item=${jcds_word%%=*}
  case $jcds_item in
    jcds_[0-9]* | jcds_*_[0-9]* | JCDS_TOKEN* | APPTAINERENV_JCDS_TOKEN* | SINGULARITYENV_JCDS_TOKEN* | GITLAB_TOKEN | APPTAINERENV_GITLAB_TOKEN | SINGULARITYENV_GITLAB_TOKEN | GITLAB_ACCESS_TOKEN | APPTAINERENV_GITLAB_ACCESS_TOKEN | SINGULARITYENV_GITLAB_ACCESS_TOKEN | OAUTH_TOKEN | APPTAINERENV_OAUTH_TOKEN | SINGULARITYENV_OAUTH_TOKEN | GITHUB_TOKEN | APPTAINERENV_GITHUB_TOKEN | SINGULARITYENV_GITHUB_TOKEN | GH_TOKEN | APPTAINERENV_GH_TOKEN | SINGULARITYENV_GH_TOKEN | GITHUB_ENTERPRISE_TOKEN | APPTAINERENV_GITHUB_ENTERPRISE_TOKEN | SINGULARITYENV_GITHUB_ENTERPRISE_TOKEN | GH_ENTERPRISE_TOKEN | APPTAINERENV_GH_ENTERPRISE_TOKEN | SINGULARITYENV_GH_ENTERPRISE_TOKEN | CI_JOB_TOKEN | APPTAINERENV_CI_JOB_TOKEN | SINGULARITYENV_CI_JOB_TOKEN | CI_JOB_JWT* | APPTAINERENV_CI_JOB_JWT* | SINGULARITYENV_CI_JOB_JWT* | CI_REGISTRY_PASSWORD | APPTAINERENV_CI_REGISTRY_PASSWORD | SINGULARITYENV_CI_REGISTRY_PASSWORD | CI_DEPLOY_PASSWORD | APPTAINERENV_CI_DEPLOY_PASSWORD | SINGULARITYENV_CI_DEPLOY_PASSWORD | ACTIONS_RUNTIME_TOKEN | APPTAINERENV_ACTIONS_RUNTIME_TOKEN | SINGULARITYENV_ACTIONS_RUNTIME_TOKEN | ACTIONS_ID_TOKEN_REQUEST_TOKEN | APPTAINERENV_ACTIONS_ID_TOKEN_REQUEST_TOKEN | SINGULARITYENV_ACTIONS_ID_TOKEN_REQUEST_TOKEN)
      case ${BASH_VERSION+bash}:$jcds_item in
        :*[!A-Za-z0-9_:]* | :[0-9]*) ;;
        *:*[!A-Za-z0-9_:]* | *:[0-9]*) jcds_surplus=$jcds_surplus$jcds_newline$jcds_item ;;
        *:IFS | *:_ | *:SHLVL) jcds_surplus=$jcds_surplus$jcds_newline$jcds_item ;;
        *)
          case $jcds_item in
            BASH* | COMP_WORDBREAKS | EPOCH* | GLOBIGNORE | HISTCMD | LINENO | OLDPWD | OPTERR | OPTIND | POSIXLY_CORRECT | PPID | PS[124] | RANDOM | SHELLOPTS | SRANDOM) jcds_surplus=$jcds_surplus$jcds_newline$jcds_item ;;
            *) unset "$jcds_item" ;;
          esac
          ;;
      esac
      ;;
    PATH | HOME | PWD)
      :
      ;;
    APPTAINERENV_* | SINGULARITYENV_*)
      jcds_addressed=$jcds_addressed$jcds_newline$jcds_word
      case ${BASH_VERSION+bash}:$jcds_item in
        bash:*[!A-Za-z0-9_]*) jcds_surplus=$jcds_surplus$jcds_newline$jcds_item ;;
      esac
      ;;
    PYTHONHOME | PYTHONPATH | PERL5LIB | LD_PRELOAD | LD_LIBRARY_PATH | APPTAINER_* | SINGULARITY_*)
      case ${BASH_VERSION+bash}:$jcds_item in
        :*[!A-Za-z0-9_:]* | :[0-9]*) ;;
        *:*[!A-Za-z0-9_:]* | *:[0-9]*) jcds_surplus=$jcds_surplus$jcds_newline$jcds_item ;;
        *:IFS | *:_ | *:SHLVL) jcds_surplus=$jcds_surplus$jcds_newline$jcds_item ;;
        *)
          case $jcds_item in
            BASH* | COMP_WORDBREAKS | EPOCH* | GLOBIGNORE | HISTCMD | LINENO | OLDPWD | OPTERR | OPTIND | POSIXLY_CORRECT | PPID | PS[124] | RANDOM | SHELLOPTS | SRANDOM) jcds_surplus=$jcds_surplus$jcds_newline$jcds_item ;;
            *) unset "$jcds_item" ;;
          esac
          ;;
      esac
      ;;
    *)
      case $jcds_item in
        LD_* | GLIBC_TUNABLES | MALLOC_* | GCONV_PATH | LOCPATH | NLSPATH)
          eval "jcds_text=\$$jcds_item"
          unset "$jcds_item"
          jcds_option --setenv "$jcds_item" "$jcds_text"
          ;;
        *)
          case $jcds_item in
            *[!A-Za-z0-9_]* | [0-9]* | IFS) jcds_lost=$jcds_lost$jcds_newline$jcds_word ;;
            _) jcds_underscore=$jcds_word ;;
            SHLVL) jcds_level=$jcds_word ;;
            BASH* | COMP_WORDBREAKS | EPOCH* | GLOBIGNORE | HISTCMD | LINENO | OLDPWD | OPTERR | OPTIND | POSIXLY_CORRECT | PPID | PS[124] | RANDOM | SHELLOPTS | SRANDOM)
              eval "[ \"\${$jcds_item-}\" = \"\${jcds_word#*=}\" ]" ||
                jcds_lost=$jcds_lost$jcds_newline$jcds_word
              ;;
          esac
          ;;
      esac
      ;;
  esac
done
unset IFS
set +f
jcds_result=${jcds_word#jcds_result=}
jcds_text=${jcds_result#*:}
jcds_result=${jcds_result%%:*}
case $jcds_result in
  *@cern) jcds_entry=$jcds_cern ;;
  *@files) jcds_entry=$jcds_files ;;
esac
jcds_result=${jcds_result%@*}
jcds_path=$jcds_root/$jcds_repository/$jcds_entry
case $jcds_result:$jcds_text in
  directory:/* | file:/*)
    jcds_target=$jcds_text
    jcds_start "$@"
    ;;
esac
case $jcds_result in
  missing) jcds_fail 125 NOT_PUBLISHED 'library/debian:12 is not published in containers.jinr.ru (looked at '"$jcds_path"')' 'see what is there with: jcds list --repository containers.jinr.ru '\''*debian*'\''; ask for it with: jcds request --repository containers.jinr.ru library/debian:12' ;;
  dangling) jcds_fail 125 BROKEN_PUBLICATION "$jcds_path"' is published, but leads to nothing: '"$jcds_text" 'tell the people who run containers.jinr.ru; a removed image is there again when its tag is published anew' ;;
  loop) jcds_fail 125 BROKEN_PUBLICATION "$jcds_path"' is published, but leads round in a circle, at '"$jcds_text" 'tell the people who run containers.jinr.ru' ;;
  no-image) jcds_fail 125 BROKEN_PUBLICATION "$jcds_path"' is published, but leads to what is neither a directory nor an image file: '"$jcds_text" 'tell the people who run containers.jinr.ru' ;;
  escapes) jcds_fail 125 LINK_ESCAPES 'the link library/debian:12 in containers.jinr.ru leads out of the repository, to '"$jcds_text" 'tell the people who run containers.jinr.ru; a repository that is meant is named in allowedLinkTargets' ;;
  unreadable) jcds_fail 125 IMAGE_UNREADABLE "$jcds_path"' is published, but you may not look into '"$jcds_text"' (EACCES)' 'tell the people who run containers.jinr.ru: its files must be readable by everyone' ;;
  NO_ROOT) jcds_fail 75 CVMFS_UNREACHABLE 'the CVMFS repository containers.jinr.ru cannot be seen: there is no '"$jcds_text"' on this host' 'images come by CVMFS, a read-only network file system that is usually mounted at /cvmfs: ask the administrator of this host for its client, or say where it is with --cvmfs-root' ;;
  NOT_MOUNTED_ABSENT) jcds_fail 75 CVMFS_UNREACHABLE 'the CVMFS repository containers.jinr.ru cannot be seen: there is no '"$jcds_text" 'it is not mounted. As root: mount -t cvmfs containers.jinr.ru '"$jcds_text"'; see what is wrong with: cvmfs_config probe containers.jinr.ru; or ask the administrator of this host' ;;
  NOT_MOUNTED_EMPTY) jcds_fail 75 CVMFS_UNREACHABLE 'the CVMFS repository containers.jinr.ru cannot be seen: '"$jcds_text"' is empty, and nothing is mounted on it' 'it is not mounted. As root: mount -t cvmfs containers.jinr.ru '"$jcds_text"'; see what is wrong with: cvmfs_config probe containers.jinr.ru; or ask the administrator of this host' ;;
  NOT_KNOWN) jcds_fail 75 CVMFS_UNREACHABLE 'the CVMFS repository containers.jinr.ru cannot be seen: '"$jcds_text"' is mounted on demand, and this host'\''s CVMFS client could not mount it' 'its client may lack the configuration or key of containers.jinr.ru: cvmfs_config showconfig containers.jinr.ru, or ask the administrator of this host' ;;
  NOT_A_DIRECTORY) jcds_fail 75 CVMFS_UNREACHABLE 'the CVMFS repository containers.jinr.ru cannot be seen: '"$jcds_text"' is a file' 'give the directory that holds the repositories with --cvmfs-root' ;;
  HUNG) jcds_fail 75 CVMFS_UNREACHABLE 'the CVMFS repository containers.jinr.ru cannot be seen: '"$jcds_text"' gave no answer within '"$jcds_timeout"' s' 'its client or the network hangs: try again later, wait longer with --cvmfs-timeout, or ask the administrator of this host' ;;
  LOOK_FAILED) jcds_fail 75 CVMFS_UNREACHABLE 'the CVMFS repository containers.jinr.ru cannot be seen: the process that looks at '"$jcds_path"' failed ('"$jcds_text"')' 'this host may be short of memory or processes: try again later' ;;
  ENOTCONN) jcds_fail 75 CVMFS_UNREACHABLE 'the CVMFS repository containers.jinr.ru cannot be seen: the CVMFS client that served '"$jcds_root"'/containers.jinr.ru'"${jcds_text#"$jcds_root/$jcds_repository"}"' has died (ENOTCONN)' 'as root: umount -l '"$jcds_root"'/containers.jinr.ru, then list it to mount it anew; or ask the administrator of this host' ;;
  ECONNABORTED) jcds_fail 75 CVMFS_UNREACHABLE 'the CVMFS repository containers.jinr.ru cannot be seen: the CVMFS client that served '"$jcds_root"'/containers.jinr.ru'"${jcds_text#"$jcds_root/$jcds_repository"}"' has died (ECONNABORTED)' 'as root: umount -l '"$jcds_root"'/containers.jinr.ru, then list it to mount it anew; or ask the administrator of this host' ;;
  EIO) jcds_fail 75 CVMFS_UNREACHABLE 'the CVMFS repository containers.jinr.ru cannot be seen: '"$jcds_text"' could not be read (EIO)' 'its servers or this site'\''s proxy may not answer: try again later; see the client'\''s view with: cvmfs_config stat -v containers.jinr.ru' ;;
  ESTALE) jcds_fail 75 CVMFS_UNREACHABLE 'the CVMFS repository containers.jinr.ru cannot be seen: '"$jcds_text"' could not be read (ESTALE)' 'its servers or this site'\''s proxy may not answer: try again later; see the client'\''s view with: cvmfs_config stat -v containers.jinr.ru' ;;
  ETIMEDOUT) jcds_fail 75 CVMFS_UNREACHABLE 'the CVMFS repository containers.jinr.ru cannot be seen: '"$jcds_text"' could not be read (ETIMEDOUT)' 'its servers or this site'\''s proxy may not answer: try again later; see the client'\''s view with: cvmfs_config stat -v containers.jinr.ru' ;;
  ELOOP) jcds_fail 75 CVMFS_UNREACHABLE 'the CVMFS repository containers.jinr.ru cannot be seen: '"$jcds_text"' is too many links deep (ELOOP), which an automounter says when it cannot mount' 'see what is wrong with: cvmfs_config probe containers.jinr.ru; or ask the administrator of this host' ;;
  EACCES) jcds_fail 75 CVMFS_UNREACHABLE 'the CVMFS repository containers.jinr.ru cannot be seen: you may not look into '"$jcds_text"' (EACCES)' 'ls -ld '"$jcds_text"'; ask the administrator of this host if it should be open to you' ;;
  EPERM) jcds_fail 75 CVMFS_UNREACHABLE 'the CVMFS repository containers.jinr.ru cannot be seen: you may not look into '"$jcds_text"' (EPERM)' 'ls -ld '"$jcds_text"'; ask the administrator of this host if it should be open to you' ;;
  EUNKNOWN) jcds_fail 75 CVMFS_UNREACHABLE 'the CVMFS repository containers.jinr.ru cannot be seen: looking at '"$jcds_text"' failed (EUNKNOWN)' 'see what is wrong with: cvmfs_config probe containers.jinr.ru; or ask the administrator of this host' ;;
  *)
    jcds_text='no answer'
    jcds_fail 75 CVMFS_UNREACHABLE 'the CVMFS repository containers.jinr.ru cannot be seen: the process that looks at '"$jcds_path"' failed ('"$jcds_text"')' 'this host may be short of memory or processes: try again later'
    ;;
esac
