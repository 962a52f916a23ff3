/**
 * The second half of the look: tells everything apart that src/cvmfs/careful-look.ts does, by ls(1) and readlink(1) and
 * their words. "Missing" is ENOENT below a repository that was listed, and nothing else.
 */
export const CAREFUL_LOOK = `# Not in the usual way, or not yet.
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
    case $directory:\${rest##* - } in
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
    *"\${newline}all$newline"*) entry=$files chosen=@files ;;
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
    name=\${rest%%/*} rest=\${rest#*/}
    case $name in
      "" | .) continue ;;
      ..)
        place=\${place%/*}
        continue
        ;;
    esac
    if [ -h "$place/$name" ]; then
      links=$((links + 1))
      if [ "$links" -gt 40 ]; then
        word=loop text=$place/$name
        return
      fi
      text=$(readlink -n "$place/$name" && echo .) text=\${text%.}
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
    target=$(cd -P "$place" && pwd -P && echo .) target=\${target%"$newline".} kind=directory word=
  elif [ -f "$place" ] && is_image "$place"; then
    target=$(cd -P "\${place%/*}" && pwd -P && echo .) target=\${target%"$newline".}/\${place##*/} kind=file word=
  else word=no-image text=$place
  fi
}
follow() { # the link PLACE/NAME, whose text is TEXT
  case $text in
    /cvmfs/*) to=\${text#/cvmfs/} ;;
    "$root"/*) to=\${text#"$root"/} ;;
    "" | /*) to= ;;
    *) to=\${place#"$root"/}/$text ;;
  esac
  below= # the place below the root that it leads to, without . and ..
  to=$to/
  while :; do
    case $to in
      "") break ;;
    esac
    part=\${to%%/*} to=\${to#*/}
    case $part:$below in
      :* | .:*) ;;
      ..:)
        below=
        break
        ;;
      ..:*) below=\${below%/*} ;;
      *) below=$below/$part ;;
    esac
  done
  part=\${below#/} part=\${part%%/*}
  case " \${repository##*/} $allowed " in
    *" \${part:-.} "*) ;;
    *)
      word=escapes
      return 1
      ;;
  esac
  leads=$root$below place=$root rest=\${below#/}/$rest
}

sleep "$seconds" >/dev/null &
timer=$!
{
  exec >/dev/null
  survey
  # Were the one that waits gone, the timer would be too, and its number could belong to another process by now.
  read -r stat </proc/self/stat
  stat=\${stat##*) ?} stat=\${stat# }
  [ "\${stat%% *}" = "$$" ] && kill -KILL "$timer"
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
`;
