# Published names come from the index in ~/.cache/jcds/completion (src/completion/index-format.ts says how it is made).
# They are texts from outside: compared as plain text, looked at character by character, never expanded. Nothing here
# starts a process, and nothing looks into CVMFS, where a look may block.

_jcds_images() {
  local word=${(Q)PREFIX} scheme= first= base repository expl directory
  local -a searched
  local -aU open closed # segments that go on, and whole names
  integer ret=1 published
  [[ $word != *[^A-Za-z0-9._/:@-]* && $word != [./]* ]] || return 1
  [[ $word != docker://* ]] || scheme=docker:// word=${word#docker://}
  _jcds_searched
  for repository in $searched; do _jcds_names $directory/$repository.names; done
  (( published = $#open + $#closed ))
  _jcds_names $directory/copies
  # OSG's layout, and JINR's, drops the registry: what one types before the name stays as it is.
  if (( ! published )) && [[ ${word%%/*} == *[.:]* && $word == */* ]]; then
    first=${word%%/*}/ word=${word#*/}
    open=("${(@)open#"$first"}") closed=("${(@)closed#"$first"}")
    for repository in $searched; do _jcds_names $directory/$repository.names; done
  fi
  # The list shows, and TAB replaces, the segment that the word is in.
  base=${word%"${word##*[/:@]}"}
  compset -p $(( $#scheme + $#first + $#base ))
  open=("${(@)open#"$base"}") closed=("${(@)closed#"$base"}")
  (( ! $#open )) || _wanted images expl 'published image' compadd -S '' -a open && ret=0
  (( ! $#closed )) || _wanted images expl 'published image' compadd -a closed && ret=0
  return ret
}

# Adds the segments that follow the word in the names of one repository. With $first: of names without a registry, and of all
# where the layout drops it.
_jcds_names() {
  local line rest layout
  local -a lines block
  integer start=1 at=1 count=0
  _jcds_read $1 || return 0
  rest=${${(s: :)lines[1]}[3]} layout=${${(s: :)lines[1]}[6]}
  [[ $rest != <1-1000> ]] || count=rest
  while (( count )); do
    block=("${(@)lines[start + 1,start + count]}")
    (( at = start + count, count = 0 ))
    for line in "${(@M)block:#*$'\t'*}"; do
      [[ $word == "${line%%$'\t'*}"* ]] || continue
      rest=${line#*$'\t'}
      [[ $rest == <1-9999999>$'\t'<1-1000> ]] || return 0
      (( start = ${rest%%$'\t'*}, count = ${rest#*$'\t'} ))
      (( start >= at )) || return 0
      break
    done
    (( count )) || _jcds_segments "${(@M)block:#${(b)word}*}"
  done
}

# Adds each name as far as the end of the segment that the word is in: `nica/`, `git.jinr.ru:5005/`, `bmn:`, `latest`.
_jcds_segments() {
  local line end last=
  for line; do
    [[ -z $last || $line != "$last"* ]] || continue
    last=
    end=${line%%$'\t'*}
    [[ $end != *[^A-Za-z0-9._/:@-]* && $end != -* && ( -z $first || $layout == osg || ${end%%/*} != *[.:]* ) ]] || continue
    end=${end#"$word"}
    case $end in
      (*/*) last=$word${end%%/*}/ ;;
      (*[:@]*) last=$word${end%%[:@]*}${${end#"${end%%[:@]*}"}[1]} ;;
      (*)
        [[ $line == *$'\t'* ]] && open+=($word$end) || closed+=($word$end)
        continue
        ;;
    esac
    open+=($last)
  done
}

# Reads a file of the index into `lines`, if it is this user's own and of the version that is known here.
_jcds_read() {
  [[ -f $1 && -O $1 && -r $1 ]] || return 1
  lines=("${(@f)$(<$1)}")
  [[ $lines[1] == 'jcds-completion 1' || $lines[1] == 'jcds-completion 1 '* ]]
}

# The repositories whose names are offered, in `searched`: those of the command line, of the environment, of the
# configuration, or else all that there are.
_jcds_searched() {
  local -a lines chosen
  integer at
  _jcds_directory
  for (( at = 2; at < CURRENT; at++ )); do
    case $words[at] in
      (--repository) (( at + 1 == CURRENT )) || chosen+=("${(Q)words[at + 1]}") ;;
      (--repository=*) chosen+=("${(Q)words[at]#*=}") ;;
    esac
  done
  if (( $#chosen )); then
    searched=("${(@)chosen}")
  elif [[ -n $JCDS_REPOSITORIES ]]; then
    searched=("${(@s:,:)JCDS_REPOSITORIES}")
  elif _jcds_read $directory/searched; then
    searched=("${(@)lines[2,101]}")
  else
    searched=($directory/*.names(N:t:r))
  fi
  searched=(${(M)searched:#[A-Za-z0-9]*.*})
  searched=(${searched:#*[^A-Za-z0-9._-]*})
}

_jcds_repositories() {
  local expl directory
  local -aU names
  _jcds_directory
  names=($_jcds_known $directory/*.names(N:t:r))
  names=(${names:#*[^A-Za-z0-9._-]*})
  _wanted repositories expl repository compadd -a names
}

_jcds_directory() {
  directory=$XDG_CACHE_HOME
  [[ $directory == /* ]] || directory=$HOME/.cache
  directory+=/jcds/completion
}
