# The words before the cursor lead to a command; _arguments does the rest.
_jcds() {
  local route= word contained= place=
  local -a subs specs
  integer at=2
  _jcds_table ''
  while (( at < CURRENT && $#subs )); do
    word=${(Q)words[at]}
    if [[ $word == -* ]]; then
      (( at++ ))
      continue
    fi
    [[ -n ${(M)subs:#"$word":*} ]] || break
    route+=${route:+ }$word
    words=("${(@)words[at,-1]}")
    (( CURRENT -= at - 1, at = 2 ))
    subs=() specs=()
    _jcds_table $route
  done
  if (( $#subs )); then
    place=${${(M)specs:#1:*}##*:}
    specs=("${(@)specs:#1:*}" '1: :_jcds_first')
  fi
  if [[ -n $contained ]]; then
    _arguments -s -S -A '-*' : "${(@)specs}"
  else
    _arguments -s -S : "${(@)specs}"
  fi
}

# A word after a group; where the group is a command too, or its first argument.
_jcds_first() {
  integer ret=1
  _describe -t commands command subs && ret=0
  [[ $place != _* ]] || $=place && ret=0
  return ret
}

# A look into CVMFS may block for as long as the network takes.
_jcds_files() {
  local place=${(Q)PREFIX} root
  [[ $place == [/~\$]* ]] || place=$PWD/$place
  for root in /cvmfs ${JCDS_CVMFS_ROOT:-/cvmfs}; do
    [[ $place != $root* ]] || return 1
  done
  _files $@
}

# The function's file is sourced as well: source <(jcds completion zsh).
if [[ $funcstack[1] == _jcds ]]; then
  _jcds "$@"
else
  compdef _jcds jcds
fi
