# jcds completion for bash 4.2 and newer. Made by `node .ci/generate.mjs`; `jcds completion uninstall` removes it.
# shellcheck shell=bash

((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 402)) || return 0

_jcds_known=(containers.jinr.ru unpacked.cern.ch singularity.opensciencegrid.org singularity.galaxyproject.org)

# What may follow the words of a command: `words`, `options` as `names|value`, `places` for arguments.
_jcds_table() {
  case $1 in
    '')
      words=(run exec shell resolve list wrap status wait doctor cache request requests pull convert sync help auth store condor config completion)
      options=(
        '-h --help|'
        '-V --version|'
      )
      ;;
    'cache')
      words=(prune)
      places=('image')
      options=(
        '--watch|'
        '--json|'
        '--repository|repository'
        '--cvmfs-root|directory'
        '--cvmfs-timeout|text'
        '--platform|text'
        '--no-mount|'
        '--server|text'
        '--keys|file'
        '--insecure|'
        '--forget-revision|'
        '--cache-dir|directory'
        '-v --verbose|'
        '-q --quiet|'
        '--no-input|'
        '--color|=auto always never'
        '-h --help|'
      )
      ;;
    'auth')
      words=(status)
      options=(
        '-h --help|'
      )
      ;;
    'store')
      words=(list remove prune verify)
      options=(
        '-h --help|'
      )
      ;;
    'condor')
      words=(submit wrapper machine-ad install)
      options=(
        '-h --help|'
      )
      ;;
    'config')
      words=(list get set unset trust untrust)
      options=(
        '-h --help|'
      )
      ;;
    'completion')
      words=(bash zsh fish install uninstall refresh)
      options=(
        '-h --help|'
      )
      ;;
    'run' | 'exec')
      places=('image' 'text*')
      contained=1
      options=(
        '-B --bind|file'
        '--mount|text'
        '--env|text'
        '--env-file|file'
        '--env-policy|=keep clean hep'
        '--workdir|text'
        '--home|directory'
        '--no-home|'
        '--contain|'
        '--gpu|=auto nvidia rocm none'
        '--writable-tmpfs|'
        '--runtime|=apptainer singularity unshare bubblewrap charliecloud podman docker containerd'
        '--runtime-arg|text'
        '--if-missing|=ask request wait local fail'
        '--local|'
        '--any-registry|'
        '--status-file|file'
        '--stats|'
        '-n --dry-run|'
        '--json|'
        '--repository|repository'
        '--cvmfs-root|directory'
        '--cvmfs-timeout|text'
        '--platform|text'
        '! --volume|text'
        '! --cleanenv|'
        '! --pwd|text'
        '! --cwd|text'
        '! --nv|'
        '! --rocm|'
        '-v --verbose|'
        '-q --quiet|'
        '--no-input|'
        '--color|=auto always never'
        '-h --help|'
      )
      ;;
    'shell')
      places=('image')
      contained=1
      options=(
        '-B --bind|file'
        '--mount|text'
        '--env|text'
        '--env-file|file'
        '--env-policy|=keep clean hep'
        '--workdir|text'
        '--home|directory'
        '--no-home|'
        '--contain|'
        '--gpu|=auto nvidia rocm none'
        '--writable-tmpfs|'
        '--runtime|=apptainer singularity unshare bubblewrap charliecloud podman docker containerd'
        '--runtime-arg|text'
        '--if-missing|=ask request wait local fail'
        '--local|'
        '--any-registry|'
        '--status-file|file'
        '--stats|'
        '-n --dry-run|'
        '--json|'
        '--repository|repository'
        '--cvmfs-root|directory'
        '--cvmfs-timeout|text'
        '--platform|text'
        '! --volume|text'
        '! --cleanenv|'
        '! --pwd|text'
        '! --cwd|text'
        '! --nv|'
        '! --rocm|'
        '-v --verbose|'
        '-q --quiet|'
        '--no-input|'
        '--color|=auto always never'
        '-h --help|'
      )
      ;;
    'resolve')
      places=('image')
      options=(
        '--pinned|'
        '--any-registry|'
        '--json|'
        '--repository|repository'
        '--cvmfs-root|directory'
        '--cvmfs-timeout|text'
        '--platform|text'
        '--no-mount|'
        '--server|text'
        '--keys|file'
        '--insecure|'
        '--forget-revision|'
        '--cache-dir|directory'
        '-v --verbose|'
        '-q --quiet|'
        '--no-input|'
        '--color|=auto always never'
        '-h --help|'
      )
      ;;
    'list')
      places=('text')
      options=(
        '--local|'
        '--json|'
        '--repository|repository'
        '--cvmfs-root|directory'
        '--cvmfs-timeout|text'
        '--platform|text'
        '--no-mount|'
        '--server|text'
        '--keys|file'
        '--insecure|'
        '--forget-revision|'
        '--cache-dir|directory'
        '-v --verbose|'
        '-q --quiet|'
        '--no-input|'
        '--color|=auto always never'
        '-h --help|'
      )
      ;;
    'wrap')
      places=('image' 'text*')
      contained=1
      options=(
        '-o --output|file'
        '--pin|'
        '--force|'
        '-B --bind|file'
        '--mount|text'
        '--env|text'
        '--env-file|file'
        '--env-policy|=keep clean hep'
        '--workdir|text'
        '--home|directory'
        '--no-home|'
        '--contain|'
        '--gpu|=auto nvidia rocm none'
        '--writable-tmpfs|'
        '--runtime|=apptainer singularity unshare bubblewrap charliecloud podman docker containerd'
        '--runtime-arg|text'
        '--local|'
        '--any-registry|'
        '--stats|'
        '--repository|repository'
        '--cvmfs-root|directory'
        '--cvmfs-timeout|text'
        '--platform|text'
        '! --volume|text'
        '! --cleanenv|'
        '! --pwd|text'
        '! --cwd|text'
        '! --nv|'
        '! --rocm|'
        '-v --verbose|'
        '-q --quiet|'
        '--no-input|'
        '--color|=auto always never'
        '-h --help|'
      )
      ;;
    'status')
      places=('image*')
      options=(
        '--check-registry|'
        '--watch|'
        '--json|'
        '--repository|repository'
        '--cvmfs-root|directory'
        '--cvmfs-timeout|text'
        '--platform|text'
        '--no-mount|'
        '--server|text'
        '--keys|file'
        '--insecure|'
        '--forget-revision|'
        '--cache-dir|directory'
        '-v --verbose|'
        '-q --quiet|'
        '--no-input|'
        '--color|=auto always never'
        '-h --help|'
      )
      ;;
    'wait')
      places=('image')
      options=(
        '--timeout|text'
        '--json|'
        '--repository|repository'
        '--cvmfs-root|directory'
        '--cvmfs-timeout|text'
        '--platform|text'
        '--no-mount|'
        '--server|text'
        '--keys|file'
        '--insecure|'
        '--forget-revision|'
        '--cache-dir|directory'
        '-v --verbose|'
        '-q --quiet|'
        '--no-input|'
        '--color|=auto always never'
        '-h --help|'
      )
      ;;
    'doctor')
      places=('image')
      options=(
        '--json|'
        '--runtime|=apptainer singularity unshare bubblewrap charliecloud podman docker containerd'
        '--repository|repository'
        '--cvmfs-root|directory'
        '--cvmfs-timeout|text'
        '--platform|text'
        '--no-mount|'
        '--server|text'
        '--keys|file'
        '--insecure|'
        '--forget-revision|'
        '--cache-dir|directory'
        '-v --verbose|'
        '-q --quiet|'
        '--no-input|'
        '--color|=auto always never'
        '-h --help|'
      )
      ;;
    'cache prune')
      places=()
      options=(
        '-n --dry-run|'
        '--json|'
        '-v --verbose|'
        '-q --quiet|'
        '--no-input|'
        '--color|=auto always never'
        '-h --help|'
      )
      ;;
    'request')
      places=('text*')
      options=(
        '-m --message|text'
        '-n --dry-run|'
        '-w --wait|'
        '--timeout|text'
        '-y --yes|'
        '--again|'
        '--list-path|text'
        '--json|'
        '--repository|repository'
        '--cvmfs-root|directory'
        '--cvmfs-timeout|text'
        '-v --verbose|'
        '-q --quiet|'
        '--no-input|'
        '--color|=auto always never'
        '-h --help|'
      )
      ;;
    'requests')
      places=()
      options=(
        '-a --all|'
        '--json|'
        '--repository|repository'
        '--cvmfs-root|directory'
        '--cvmfs-timeout|text'
        '-v --verbose|'
        '-q --quiet|'
        '--no-input|'
        '--color|=auto always never'
        '-h --help|'
      )
      ;;
    'auth status')
      places=('text')
      options=(
        '--json|'
        '-v --verbose|'
        '-q --quiet|'
        '--no-input|'
        '--color|=auto always never'
        '-h --help|'
      )
      ;;
    'pull')
      places=('text*')
      options=(
        '--as|text'
        '--platform|text'
        '--store|directory'
        '--limit|text'
        '--again|'
        '--json|'
        '-v --verbose|'
        '-q --quiet|'
        '--no-input|'
        '--color|=auto always never'
        '-h --help|'
      )
      ;;
    'store list' | 'config list')
      places=()
      options=(
        '--json|'
        '-v --verbose|'
        '-q --quiet|'
        '--no-input|'
        '--color|=auto always never'
        '-h --help|'
      )
      ;;
    'store remove' | 'store verify')
      places=('image*')
      options=(
        '--json|'
        '-v --verbose|'
        '-q --quiet|'
        '--no-input|'
        '--color|=auto always never'
        '-h --help|'
      )
      ;;
    'store prune')
      places=()
      options=(
        '--keep-bytes|text'
        '-n --dry-run|'
        '--json|'
        '-v --verbose|'
        '-q --quiet|'
        '--no-input|'
        '--color|=auto always never'
        '-h --help|'
      )
      ;;
    'convert')
      places=('text')
      options=(
        '--to|file'
        '--platform|text'
        '--limit|text'
        '--json|'
        '-v --verbose|'
        '-q --quiet|'
        '--no-input|'
        '--color|=auto always never'
        '-h --help|'
      )
      ;;
    'sync')
      places=()
      options=(
        '--wishlist|file'
        '--target|text'
        '--format|=osg cern'
        '--platform|text'
        '-n --dry-run|'
        '--remove-gone|'
        '--allow-mass-removal|'
        '--again|'
        '--check|'
        '--base|file'
        '--junit|file'
        '--wait|'
        '--jobs|text'
        '--limit|text'
        '--period|text'
        '--json|'
        '-v --verbose|'
        '-q --quiet|'
        '--no-input|'
        '--color|=auto always never'
        '-h --help|'
      )
      ;;
    'condor submit')
      places=('image' 'file*')
      options=(
        '--pinned|'
        '-w --wait|'
        '--timeout|text'
        '--via|=container wrapper'
        '-a --append|text'
        '--any-machine|'
        '--retries|text'
        '--retry-after|text'
        '--if-missing|=ask request wait fail'
        '--any-registry|'
        '-n --dry-run|'
        '--json|'
        '--repository|repository'
        '--cvmfs-root|directory'
        '--cvmfs-timeout|text'
        '--platform|text'
        '--no-mount|'
        '--server|text'
        '--keys|file'
        '--insecure|'
        '--forget-revision|'
        '--cache-dir|directory'
        '-v --verbose|'
        '-q --quiet|'
        '--no-input|'
        '--color|=auto always never'
        '-h --help|'
      )
      ;;
    'condor wrapper')
      places=()
      options=(
        '-o --output|file'
        '--force|'
        '--attribute|=SingularityImage ContainerImage'
        '-B --bind|file'
        '--mount|text'
        '--env-policy|=keep clean hep'
        '--contain|'
        '--gpu|=auto nvidia rocm none'
        '--writable-tmpfs|'
        '--runtime|=apptainer singularity unshare bubblewrap charliecloud podman docker containerd'
        '--runtime-arg|text'
        '--any-registry|'
        '--repository|repository'
        '--cvmfs-root|directory'
        '--cvmfs-timeout|text'
        '! --volume|text'
        '! --cleanenv|'
        '! --nv|'
        '! --rocm|'
        '-v --verbose|'
        '-q --quiet|'
        '--no-input|'
        '--color|=auto always never'
        '-h --help|'
      )
      ;;
    'condor machine-ad')
      places=()
      options=(
        '--script|'
        '-o --output|file'
        '--force|'
        '--repository|repository'
        '--cvmfs-root|directory'
        '--cvmfs-timeout|text'
        '-v --verbose|'
        '-q --quiet|'
        '--no-input|'
        '--color|=auto always never'
        '-h --help|'
      )
      ;;
    'condor install')
      places=()
      options=(
        '--prefix|directory'
        '--config|file'
        '--root|directory'
        '--period|text'
        '--chain|'
        '--check|'
        '--uninstall|'
        '-n --dry-run|'
        '--repository|repository'
        '--cvmfs-root|directory'
        '--cvmfs-timeout|text'
        '-v --verbose|'
        '-q --quiet|'
        '--no-input|'
        '--color|=auto always never'
        '-h --help|'
      )
      ;;
    'config get' | 'config unset')
      places=('=image repositories services cvmfsRoot store sharedStores storeBytes storeFree storeKeep imageLimits cvmfsTimeout runtimes batchExcludes envPolicy binds gpu ifMissing anyRegistry waitTimeout waitInterval insecureRegistries registryTokenServers network projectTrust')
      options=(
        '-v --verbose|'
        '-q --quiet|'
        '--no-input|'
        '--color|=auto always never'
        '-h --help|'
      )
      ;;
    'config set')
      places=('=image repositories services cvmfsRoot store sharedStores storeBytes storeFree storeKeep imageLimits cvmfsTimeout runtimes batchExcludes envPolicy binds gpu ifMissing anyRegistry waitTimeout waitInterval insecureRegistries registryTokenServers network projectTrust' 'text')
      options=(
        '-v --verbose|'
        '-q --quiet|'
        '--no-input|'
        '--color|=auto always never'
        '-h --help|'
      )
      ;;
    'config trust')
      places=('directory')
      options=(
        '-y --yes|'
        '-v --verbose|'
        '-q --quiet|'
        '--no-input|'
        '--color|=auto always never'
        '-h --help|'
      )
      ;;
    'config untrust')
      places=('directory')
      options=(
        '-v --verbose|'
        '-q --quiet|'
        '--no-input|'
        '--color|=auto always never'
        '-h --help|'
      )
      ;;
    'completion bash' | 'completion zsh' | 'completion fish')
      places=()
      options=(
        '-v --verbose|'
        '-q --quiet|'
        '--no-input|'
        '--color|=auto always never'
        '-h --help|'
      )
      ;;
    'completion install')
      places=('=bash zsh fish*')
      options=(
        '--no-startup-files|'
        '-v --verbose|'
        '-q --quiet|'
        '--no-input|'
        '--color|=auto always never'
        '-h --help|'
      )
      ;;
    'completion uninstall')
      places=('=bash zsh fish*')
      options=(
        '-v --verbose|'
        '-q --quiet|'
        '--no-input|'
        '--color|=auto always never'
        '-h --help|'
      )
      ;;
    'completion refresh')
      places=()
      options=(
        '--repository|repository'
        '--cvmfs-root|directory'
        '--cvmfs-timeout|text'
        '--platform|text'
        '--no-mount|'
        '--server|text'
        '--keys|file'
        '--insecure|'
        '--forget-revision|'
        '--cache-dir|directory'
        '-v --verbose|'
        '-q --quiet|'
        '--no-input|'
        '--color|=auto always never'
        '-h --help|'
      )
      ;;
    'help')
      places=('=exit-codes configuration environment run exec shell resolve list wrap status wait doctor cache request requests pull convert sync help auth store condor config completion*')
      options=(
        '-v --verbose|'
        '-q --quiet|'
        '--no-input|'
        '--color|=auto always never'
        '-h --help|'
      )
      ;;
  esac
}

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
