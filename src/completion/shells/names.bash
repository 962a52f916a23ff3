# Published names come from the index in ~/.cache/jcds/completion (src/completion/index-format.ts says how it is made).
# They are texts from outside: compared as plain text, looked at character by character, never expanded. Nothing here
# starts a process, and nothing looks into CVMFS, where a look may block.

_jcds_letters='ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-'

_jcds_images() {
  local directory repository first published bare='' searched=()
  local -A seen=()
  [[ $word != *[!"$_jcds_letters"/:@]* && $word != [./]* ]] || return 0
  [[ $word != docker://* ]] || head+=docker:// word=${word#docker://}
  _jcds_searched
  for repository in ${searched[@]+"${searched[@]}"}; do _jcds_names "$directory/$repository.names"; done
  published=${#COMPREPLY[@]}
  _jcds_names "$directory/copies"
  # OSG's layout, and JINR's, drops the registry: what one types before the name stays as it is.
  first=${word%%/*}/
  if [[ $published -eq 0 && $word == */* && $first == *[.:]* ]]; then
    bare=1 head+=$first word=${word#*/}
    for repository in ${searched[@]+"${searched[@]}"}; do _jcds_names "$directory/$repository.names"; done
  fi
}

# Offers the segments that follow the word in the names of one repository. `bare`: in names without a registry, and in all of a
# repository whose layout drops it.
_jcds_names() {
  local index magic version count layout line start=1 at=1 last=''
  local -a block=()
  _jcds_open "$1" || return 0
  while _jcds_is_count "$count" && [[ $count -le 1000 && $start -ge $at ]]; do
    mapfile -t -u "$index" -s $((start - at)) -n "$count" block
    at=$((start + count)) count=''
    for line in ${block[@]+"${block[@]}"}; do
      if [[ $line == *$'\t'* ]]; then
        if [[ $word == "${line%%$'\t'*}"* ]]; then
          _jcds_child "$line"
          break
        fi
        line=${line%%$'\t'*}
        [[ $line == *[/:@] || $line != "$word"* ]] || partial=1
      fi
      [[ $line == "$word"* && -n $line ]] || continue
      [[ -z $last || $line != "$last"* ]] || continue
      _jcds_segment "$line"
    done
  done
  exec {index}<&-
}

# A line `prefix TAB first line TAB lines` says where what begins with the prefix is.
_jcds_child() {
  start=${1#*$'\t'}
  count=${start#*$'\t'}
  start=${start%%$'\t'*}
  _jcds_is_count "$start" || count=''
}

# bash evaluates what it counts with: nothing but digits may come so far.
_jcds_is_count() {
  [[ $1 == [123456789]* && $1 != *[!0123456789]* && ${#1} -le 7 ]]
}

# Offers a name as far as the end of the segment that the word is in: `nica/`, `git.jinr.ru:5005/`, `bmn:`, `latest`.
_jcds_segment() {
  local end=${1:${#word}} text
  last=''
  [[ $1 != *[!"$_jcds_letters"/:@]* && $1 != -* ]] || return 0
  [[ -z $bare || $layout == osg || ${1%%/*} != *[.:]* ]] || return 0
  if [[ $end == */* ]]; then
    last=$word${end%%/*}/
  elif [[ $end == *[:@]* ]]; then
    last=${end%%[:@]*}
    last=$word$last${end:${#last}:1}
  fi
  text=$head${last:-$1}
  [[ -z $last ]] || partial=1
  [[ -z ${seen[$text]-} ]] || return 0
  seen[$text]=1
  COMPREPLY+=("${text:cut}")
}

# Opens a file of the index as $index, if it is this user's own and of the version that is known here. Reads `count` and
# `layout`.
_jcds_open() {
  [[ -f $1 && -O $1 && -r $1 ]] || return 1
  { exec {index}<"$1"; } 2>/dev/null || return 1
  IFS=' ' read -r -n 80 -u "$index" magic version count _ _ layout _
  [[ $magic != jcds-completion || $version != 1 ]] || return 0
  exec {index}<&-
  return 1
}

# The repositories whose names are offered, in `searched`: those of the command line, of the environment, of the
# configuration, or else all that there are.
_jcds_searched() {
  local rest=${JCDS_REPOSITORIES-} index magic version count layout line
  local -a lines=()
  _jcds_directory
  if [[ ${#chosen[@]} -gt 0 ]]; then
    lines=("${chosen[@]}")
  elif [[ -n $rest ]]; then
    while [[ -n $rest ]]; do
      lines+=("${rest%%,*}")
      rest=${rest#"${rest%%,*}"} rest=${rest#,}
    done
  elif _jcds_open "$directory/searched"; then
    mapfile -t -u "$index" -n 100 lines
    exec {index}<&-
  else
    lines=("$directory"/*.names)
    lines=(${lines[@]+"${lines[@]##*/}"})
    lines=(${lines[@]+"${lines[@]%.names}"})
  fi
  for line in ${lines[@]+"${lines[@]}"}; do ! _jcds_is_repository "$line" || searched+=("$line"); done
}

_jcds_is_repository() {
  [[ $1 == [!._-]*.* && $1 != *[!"$_jcds_letters"]* ]]
}

# Offers the repositories that jcds knows, and those that have an index.
_jcds_repositories() {
  local directory file
  _jcds_directory
  _jcds_offer "${_jcds_known[@]}"
  for file in "$directory"/*.names; do
    file=${file##*/}
    file=${file%.names}
    [[ " ${_jcds_known[*]} " == *" $file "* ]] || ! _jcds_is_repository "$file" || _jcds_offer "$file"
  done
}

_jcds_directory() {
  directory=${XDG_CACHE_HOME-}
  [[ $directory == /* ]] || directory=${HOME-}/.cache
  directory+=/jcds/completion
}
