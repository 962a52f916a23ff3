_jcds() {
  COMPREPLY=()
  local IFS=$' \t\n' word='' head='' quoted='' partial='' value='' contained='' cut=0
  local -a typed=() words=() options=() places=() chosen=()
  _jcds_split
  _jcds_walk
  if [[ -z $value && $word == --*=* ]]; then
    _jcds_option "${word%%=*}"
    head=${word%%=*}=
    word=${word#*=}
  elif [[ -z $value && $word == -* ]]; then
    value=options
  fi
  _jcds_cut
  if [[ -z $value && -z $head ]]; then
    _jcds_offer ${words[@]+"${words[@]}"}
    value=${places[0]-}
  fi
  _jcds_value "${value%'*'}"
  [[ -z $partial ]] || compopt -o nospace 2>/dev/null
  return 0
}

# Joins what bash has cut at `:`, `=` and `@`: the words before the cursor as typed; the last one, unquoted, is `word`.
_jcds_split() {
  local line=${COMP_LINE-} piece i
  if [[ -n $line ]]; then
    line=${line:0:${COMP_POINT:-${#line}}}
  else # called by hand
    for piece in "${COMP_WORDS[@]:0:COMP_CWORD+1}"; do
      [[ -z $line || $piece == [:=@]* || $line == *[:=@] ]] || line+=' '
      line+=$piece
    done
  fi
  for ((i = 0; i <= COMP_CWORD; i++)); do
    piece=${COMP_WORDS[i]-}
    if [[ $i -eq 0 || $line == [[:space:]]* ]]; then
      line=${line#"${line%%[![:space:]]*}"}
      typed+=('')
    fi
    [[ $line == "$piece"* ]] || piece=$line
    line=${line:${#piece}}
    typed[${#typed[@]}-1]+=$piece
  done
  word=${typed[${#typed[@]}-1]}
  [[ $word != [\"\']* ]] || quoted=1
  word=${word//[\"\'\\]/}
}

# Follows the words before the last one through the table; sets `value` where that one is the value of an option.
_jcds_walk() {
  local text path='' rest='' i
  _jcds_table ''
  for ((i = 1; i < ${#typed[@]} - 1; i++)); do
    text=${typed[i]//[\"\'\\]/}
    if [[ -n $value ]]; then
      [[ $value != repository ]] || chosen+=("$text")
      value=''
    elif [[ -z $rest && $text == -- ]]; then
      rest=1
    elif [[ -z $rest && $text == --*=* ]]; then
      _jcds_option "${text%%=*}"
      [[ $value != repository ]] || chosen+=("${text#*=}")
      value=''
    elif [[ -z $rest && $text == -?* ]]; then
      _jcds_option "$text"
    elif [[ -n $text && " ${words[*]-} " == *" $text "* ]]; then
      path+=${path:+ }$text
      words=() options=() places=()
      _jcds_table "$path"
    elif [[ -n $contained ]]; then
      value=contained
      return 0
    else
      words=()
      [[ ${places[0]-} == *'*' ]] || places=(${places[@]+"${places[@]:1}"})
    fi
  done
  [[ -n $value || -z $rest ]] || value=${places[0]-none}
}

# What an option takes, in `value`: nothing where it takes nothing or is not known. `-qB` ends in `-B`.
_jcds_option() {
  local name=$1 row
  value=''
  [[ $name != -[!-]?* ]] || name=-${name: -1}
  for row in ${options[@]+"${options[@]}"}; do
    [[ " ${row%%|*} " != *" $name "* ]] || value=${row#*|}
  done
}

# Readline replaces only what follows the last of its breaks in the word: `cut` characters are not repeated.
_jcds_cut() {
  local full=$head$word breaks='' character
  [[ -z $quoted ]] || return 0
  for character in : = @; do
    [[ ${COMP_WORDBREAKS-} != *"$character"* ]] || breaks+=$character
  done
  [[ -n $breaks && $full == *["$breaks"]* ]] || return 0
  character=${full##*["$breaks"]}
  cut=$((${#full} - ${#character}))
}

_jcds_offer() {
  local text
  for text; do
    [[ $text == "$word"* ]] || continue
    text=$head$text
    COMPREPLY+=("${text:cut}")
  done
}

_jcds_value() {
  case $1 in
    options) _jcds_options ;;
    image) _jcds_images ;;
    repository) _jcds_repositories ;;
    file | contained) _jcds_is_on_cvmfs || compopt -o default 2>/dev/null ;;
    directory) _jcds_is_on_cvmfs || compopt -o dirnames 2>/dev/null ;;
    =*) _jcds_choices "${1#=}" ;;
  esac
}

_jcds_choices() {
  local rest="$1 "
  while [[ -n $rest ]]; do
    _jcds_offer "${rest%% *}"
    rest=${rest#* }
  done
}

# The long names, and the short ones for as long as only `-` is typed. A row that begins with `!` is not shown.
_jcds_options() {
  local row
  for row in ${options[@]+"${options[@]}"}; do
    row=${row%%|*}
    [[ $row != '!'* ]] || continue
    [[ $row != *' '* ]] || _jcds_offer "${row%% *}"
    _jcds_offer "${row##* }"
  done
}

# A look there may block for as long as the network takes.
_jcds_is_on_cvmfs() {
  local place=$word root
  [[ $place == [/~\$]* ]] || place=${PWD-}/$place
  for root in /cvmfs "${JCDS_CVMFS_ROOT:-/cvmfs}"; do
    [[ $place != "$root"* ]] || return 0
  done
  return 1
}

complete -F _jcds jcds
