#!/bin/sh
# COMMAND [ARGUMENT...] in the container image library/debian:12, from CVMFS, without Node.js.
# Written by jcds VERSION (jcds wrap) from /STAGE/cvmfs/containers.jinr.ru/.images/a1/b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4,
# and runs what the tag names at each start. Rather write it anew than change it; docs/wrap.md of jcds explains it.
# shellcheck disable=SC2016,SC2034,SC2154 # texts for another shell; variables by number, which eval sets and reads
# shellcheck disable=SC2030,SC2031 # PATH and LC_ALL of a subshell are its own
set +aefunvxC
unset -f '[' cd command getent head id kill ls od printf pwd read readlink sed shopt test tr wait
unset GLOBIGNORE jcds_addressed jcds_ahead jcds_allowed jcds_ascii jcds_at jcds_before jcds_behind jcds_bind jcds_c jcds_carry jcds_cern jcds_check jcds_count jcds_cwd jcds_deaf jcds_deep jcds_dropped jcds_e0 jcds_ed jcds_end jcds_entry jcds_env jcds_escape jcds_exact_environment jcds_f0 jcds_f4 jcds_fail jcds_fallback jcds_field jcds_file jcds_files jcds_find jcds_find_home jcds_four jcds_give jcds_given jcds_gpu jcds_hand_on jcds_here jcds_high jcds_home jcds_instead jcds_is_shown jcds_is_spoilt jcds_item jcds_keep jcds_level jcds_locale jcds_look jcds_look_at jcds_look_for_absence jcds_lost jcds_marks jcds_mend jcds_mount jcds_name jcds_names jcds_newline jcds_number jcds_octal jcds_on_host jcds_option jcds_options jcds_own jcds_path jcds_piece jcds_pieces jcds_places jcds_prefix jcds_printed jcds_program jcds_quoted jcds_r jcds_ranges jcds_read_image jcds_real jcds_reference jcds_refuse jcds_refused jcds_repository jcds_rest jcds_restore jcds_result jcds_root jcds_said jcds_search jcds_shown jcds_shown_text jcds_spell jcds_start jcds_strange jcds_surplus jcds_target jcds_text jcds_three jcds_timeout jcds_two jcds_underscore jcds_values jcds_verdict jcds_where jcds_word jcds_words jcds_x
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

jcds_bind() { # SOURCE PLACE [,ro]
  case $1:$jcds_here/ in
    "$2:$2"/*) jcds_is_shown=1 ;;
  esac
  case $1$2 in
    *[:,\\\"]*)
      jcds_field "src=$1"
      jcds_mount=type=bind,$jcds_text
      jcds_field "dst=$2"
      jcds_option --mount "$jcds_mount,$jcds_text${3-}"
      ;;
    *) jcds_option --bind "$1:$2${3:+:ro}" ;;
  esac
}
jcds_field() { # TEXT
  jcds_text=$1
  case $1 in
    *[\",]* | *"$jcds_newline"*) ;;
    *) return 0 ;;
  esac
  jcds_text='' jcds_rest=$1
  while :; do
    case $jcds_rest in
      *\"*) jcds_text=$jcds_text${jcds_rest%%\"*}\"\" jcds_rest=${jcds_rest#*\"} ;;
      *) break ;;
    esac
  done
  jcds_text="\"$jcds_text$jcds_rest\""
}

jcds_ranges() {
  case ${jcds_c-} in
    '') eval "$(printf "jcds_r='\\r' jcds_c='\\200-\\277' jcds_x='\\300\\301\\365-\\377' jcds_two='\\302-\\337' \
      jcds_three='\\340-\\357' jcds_four='\\360-\\364' jcds_e0='\\340[\\200-\\237]' jcds_ed='\\355[\\240-\\277]' \
      jcds_f0='\\360[\\200-\\217]' jcds_f4='\\364[\\220-\\277]'")" ;;
  esac
}
jcds_is_spoilt() { # TEXT
  jcds_ranges
  case $1 in
    *[$jcds_x]* | *$jcds_e0* | *$jcds_ed* | *$jcds_f0* | *$jcds_f4*) return 0 ;;
    # begun and not continued
    *[$jcds_two$jcds_three$jcds_four] | *[$jcds_two$jcds_three$jcds_four][!$jcds_c]*) return 0 ;;
    *[$jcds_three$jcds_four]? | *[$jcds_three$jcds_four]?[!$jcds_c]* | *[$jcds_four]?? | *[$jcds_four]??[!$jcds_c]*) return 0 ;;
    # continued and not begun
    [$jcds_c]* | *[!$jcds_c$jcds_two$jcds_three$jcds_four][$jcds_c]* | *[$jcds_two]?[$jcds_c]*) return 0 ;;
    *[$jcds_three]??[$jcds_c]* | *[$jcds_four]???[$jcds_c]*) return 0 ;;
  esac
  return 1
}
jcds_octal() { # TEXT
  jcds_pieces=$(
    PATH=/usr/bin:/bin:/usr/sbin:/sbin
    export PATH
    printf %s "$1" | od -An -v -to1 | tr -s ' \n' '\134' | sed 's/\\$//' | fold -w 10000
  )
}
jcds_printed() { # PIECE
  jcds_piece=$1 jcds_end=''
  while :; do
    case $jcds_piece in
      *'\012') jcds_piece=${jcds_piece%'\012'} jcds_end=$jcds_end$jcds_newline ;;
      *) break ;;
    esac
  done
  jcds_text="\$(printf '$jcds_piece')$jcds_end"
}
jcds_spell() { # TEXT: sets jcds_text
  jcds_octal "$1"
  jcds_rest=''
  IFS=$jcds_newline
  for jcds_piece in $jcds_pieces; do
    jcds_printed "$jcds_piece"
    jcds_rest=$jcds_rest$jcds_text
  done
  unset IFS
  jcds_text=$jcds_rest
  [ "${#jcds_text}" -lt 130000 ]
}
jcds_escape() { # TEXT
  case $1 in
    *[!$jcds_ascii]*)
      jcds_ranges
      case $1 in
        *"$jcds_r$jcds_newline"*) jcds_spell "$1" && return ;;
        *) jcds_is_spoilt "$1" && jcds_spell "$1" && return ;;
      esac
      ;;
  esac
  jcds_text='' jcds_rest=$1
  while :; do
    case $jcds_rest in
      *[\\\$\`]*) ;;
      *) break ;;
    esac
    jcds_text=$jcds_text${jcds_rest%%[\\\$\`]*}\\
    jcds_rest=${jcds_rest#"${jcds_rest%%[\\\$\`]*}"}
    jcds_text=$jcds_text${jcds_rest%"${jcds_rest#?}"}
    jcds_rest=${jcds_rest#?}
  done
  jcds_text=$jcds_text$jcds_rest
}

jcds_prefix=APPTAINERENV_
jcds_give() { # NAME VALUE
  case $jcds_deaf:$1 in
    1:PATH | 1:LD_LIBRARY_PATH | 1:APPTAINER_* | 1:APPTAINERENV_* | 1:SINGULARITY_* | 1:SINGULARITYENV_*)
      jcds_text=$1
      jcds_fail 125 VARIABLE_NOT_POSSIBLE 'apptainer cannot set '"$jcds_text"' in this image, which lost .singularity.d/env/99-base.sh' 'jcds run --runtime bubblewrap (or unshare), or have the image published anew'
      ;;
    1:*) export "$1=$2" ;;
    *)
      jcds_escape "$2"
      export "$jcds_prefix$1=$jcds_text"
      ;;
  esac
}
jcds_carry() { # WORD...
  if [ -n "$jcds_deaf" ] || { ! [ -e "$jcds_target/bin/sh" ] && ! [ -h "$jcds_target/bin/sh" ]; }; then
    jcds_fail 125 ARGUMENTS_NOT_UTF8 'apptainer changes arguments that are not UTF-8, and the image has no /bin/sh to restore them' 'jcds run --runtime unshare'
  fi
  jcds_quoted=''
  for jcds_item in "$@"; do
    jcds_quoted="$jcds_quoted '"
    while :; do
      case $jcds_item in
        *\'*) jcds_quoted="$jcds_quoted${jcds_item%%\'*}'\\''" jcds_item=${jcds_item#*\'} ;;
        *) break ;;
      esac
    done
    jcds_quoted="$jcds_quoted$jcds_item'"
  done
  jcds_octal "$jcds_quoted"
  jcds_names='' jcds_values='' jcds_number=0
  IFS=$jcds_newline
  set -f
  for jcds_item in $jcds_pieces; do
    jcds_printed "$jcds_item"
    eval "export ${jcds_prefix}JCDS_ARGUMENTS_$jcds_number=\$jcds_text"
    jcds_names="$jcds_names JCDS_ARGUMENTS_$jcds_number"
    jcds_values="$jcds_values\$JCDS_ARGUMENTS_$jcds_number"
    jcds_number=$((jcds_number + 1))
  done
  unset IFS
  set +f
  jcds_words='/bin/sh -c "$jcds_restore" sh'
  jcds_restore="eval \"unset$jcds_names; set -- $jcds_values\"; exec \"\$@\""
}
jcds_mend() {
  IFS=$jcds_newline
  set -f
  for jcds_word in $jcds_said; do
    case $jcds_word in
      jcds_result=*) continue ;;
      *[!$jcds_ascii]*) ;;
      *) continue ;;
    esac
    jcds_item=${jcds_word%%=*}
    case $jcds_item in
      '' | *[!A-Za-z0-9_]* | [0-9]* | APPTAINER*_* | SINGULARITY*_* | PATH | LD_LIBRARY_PATH) continue ;;
    esac
    # Not what the policy took, nor what is given to the job otherwise.
    eval "[ -z \"\${APPTAINERENV_$jcds_item+set}\${SINGULARITYENV_$jcds_item+set}\" ]" || continue
    eval "jcds_word=\${$jcds_item-}"
    ! jcds_is_spoilt "$jcds_word" || jcds_give "$jcds_item" "$jcds_word"
  done
  unset IFS
  set +f
}

jcds_read_image() {
  jcds_search='' jcds_strange=''
  jcds_file=$jcds_target/.singularity.d/env/10-docker2singularity.sh
  [ ! -r "$jcds_file" ] || while IFS= read -r jcds_word || [ -n "$jcds_word" ]; do
    case $jcds_word in
      '#'* | '') continue ;;
      'export '*=\"*\") ;;
      *)
        jcds_strange=1
        continue
        ;;
    esac
    jcds_item=${jcds_word#export }
    jcds_item=${jcds_item%%=*}
    jcds_word=${jcds_word#*=\"}
    jcds_word=${jcds_word%\"}
    case $jcds_word in
      "\${$jcds_item:-\""*"\"}") jcds_word=${jcds_word#*:-\"} jcds_word=${jcds_word%\"\}} ;;
      "\${$jcds_item:-}") continue ;;
    esac
    case $jcds_item:$jcds_word in
      *[\\\$\`\"\']*) jcds_strange=1 ;;
      PATH:*) jcds_search=$jcds_word: ;;
    esac
  done <"$jcds_file"
  jcds_search=$jcds_search/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
  [ -z "$jcds_strange" ] || printf 'jcds: %s\n' \
    "the ENV of $jcds_name has values that a script cannot hand on exactly; jcds exec can, and a script written for it anew" >&2
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
    jcds_on_host "$jcds_item"
    if [ -d "$jcds_at" ]; then
      case $1 in
        */*) jcds_refused=directory jcds_where=$jcds_item ;;
      esac
    elif [ -x "$jcds_at" ] || { [ -h "$jcds_at" ] && ! [ -e "$jcds_at" ]; }; then
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
    jcds_on_host "$jcds_item"
    jcds_real=$(cd -P "${jcds_at%/*}/" 2>/dev/null && pwd -P)
    case $jcds_at:$jcds_real/ in
      *:/) jcds_at=${jcds_at%/*} ;;
      "$jcds_target"/*:"$jcds_target"/*) ;;
      "$jcds_target"/*) return ;;
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
  jcds_ahead=${APPTAINERENV_PREPEND_PATH-${SINGULARITYENV_PREPEND_PATH-}}
  jcds_instead=${APPTAINERENV_PATH-${SINGULARITYENV_PATH-}}
  jcds_behind=${APPTAINERENV_APPEND_PATH-${SINGULARITYENV_APPEND_PATH-}}
  jcds_dropped='' jcds_deaf=''
  jcds_file=$jcds_target/.singularity.d/env
  [ -e "$jcds_file/99-base.sh" ] || [ ! -d "$jcds_file" ] || jcds_deaf=1
  case $jcds_target in
    */'.images/a1/b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4')
      jcds_search='/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
      [ -n "${APPTAINERENV_GREETING+set}${SINGULARITYENV_GREETING+set}" ] || jcds_give GREETING 'it'\''s'
      ;;
    *) jcds_read_image ;;
  esac
  jcds_search=${jcds_ahead:+$jcds_ahead:}${jcds_instead:-$jcds_search}${jcds_behind:+:$jcds_behind}
  jcds_give JCDS_IMAGE "$jcds_name"
  jcds_give JCDS_IMAGE_PATH "$jcds_target"
  case $jcds_high in
    1) jcds_mend ;;
  esac
  jcds_program='/STAGE/programs/apptainer'
  [ -x "$jcds_program" ] || jcds_find apptainer
  case $jcds_program in
    '') jcds_fail 125 NO_RUNTIME 'no container runtime of this host can run this job
  apptainer: is not installed' 'apptainer: install Apptainer, or load the site module that has it' ;;
  esac
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
  jcds_option -s exec
  # shellcheck disable=SC3067 # -O: in dash, bash and busybox
  if [ -O /proc ]; then
    while read -r jcds_item jcds_word; do
      case $jcds_item in
        CapEff:) break ;;
      esac
    done </proc/self/status
    jcds_word=${jcds_word#"${jcds_word%%[!0]*}"}
    case $jcds_word in
      [137f]*[!f]* | [!137f]* | '') jcds_option --userns ;;
    esac
  fi
  case $jcds_result in
    directory)
      if ! [ -e "$jcds_target/tmp" ] && ! [ -h "$jcds_target/tmp" ]; then
        jcds_option --bind /tmp:/tmp
      fi
      ;;
  esac
  case $jcds_home:$jcds_shown in
    /:*) jcds_option --no-home ;;
    *:*:*)
      case $jcds_home in
        *:*)
          jcds_text=$jcds_home
          jcds_fail 125 HOME_NOT_POSSIBLE 'apptainer takes no home directory with a colon in its name: "'"$jcds_text"'"' 'choose another with --home DIR, or --no-home'
          ;;
      esac
      jcds_option --home "/proc/0/home:$jcds_home"
      jcds_bind "$jcds_shown" "$jcds_home"
      ;;
    "$jcds_shown:$jcds_home") jcds_option --home "$jcds_home" ;;
    *) jcds_option --home "${jcds_shown:-/proc/0/home}:$jcds_home" ;;
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
  [ -z "$jcds_gpu" ] || jcds_option "$jcds_gpu"
  case $jcds_dropped in
    1) jcds_option --bind /dev/null:/.singularity.d/env/10-docker2singularity.sh ;;
  esac
  jcds_is_shown=''
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
  jcds_option --pwd "$jcds_cwd"
  case $jcds_result in
    directory) jcds_check "$1" ;;
  esac
  jcds_words='"$@"'
  case $* in
    *[!$jcds_ascii]*) if jcds_is_spoilt "$*"; then jcds_carry "$@"; fi ;;
  esac
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
  eval "${jcds_before}exec $jcds_env \"\$jcds_program\" $jcds_options \"\$jcds_target\" $jcds_words"
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
    PATH | LD_LIBRARY_PATH | HOME | PWD | APPTAINER_* | APPTAINERENV_* | SINGULARITY_* | SINGULARITYENV_*)
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
    PYTHONHOME | PYTHONPATH | PERL5LIB | LD_PRELOAD)
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
