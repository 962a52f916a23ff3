import { CAREFUL_LOOK } from './careful-look-script.ts';

/** What BASHOPTS of the caller may have changed about patterns. */
export const PLAIN_PATTERNS = `case \${BASH_VERSION+bash} in
  bash) eval "shopt -u dotglob failglob nocaseglob nocasematch nullglob" ;;
esac`;

/**
 * The look at CVMFS of a script that runs without Node.js: what src/cvmfs/ does by a child of jcds' own, in sh. The text of
 * a `sh -c` in a session of its own, so that whatever hangs in it can be left behind; its arguments are
 * ROOT REPOSITORY ENTRY SECONDS PID, the names of other repositories that links may lead into, where the layout is not
 * known, the entries that the image would have in CERN's and Galaxy's (ENTRY is then the one in OSG's), and the names of
 * directories in the image (etc, home, var and .singularity.d/env, or nothing) that must be seen too, since the script will read them.
 *
 * A mount can hang any process that touches it, for ever and beyond SIGKILL. So nothing here touches it but children:
 * the first goes straight to the image while tr(1) copies the caller's environment, and in the usual case has ended
 * before tr has: no timer is started. If it has not, or met anything else than an image, a second child looks
 * carefully, against a sleep(1) that it kills when it is done: waiting for that one is waiting for either.
 *
 * It prints the line \1\2, the environment of PID, an entry a line (with \1 for a line end and \2 for a byte above \177), and last
 * `jcds_result=WORD[@LAYOUT]:TEXT`: `directory` or `file` and the real place, or a `LookWord` and what its message names. It
 * ends with 1 for `missing`.
 */
export const LOOK_SCRIPT = `root=$1 repository=$1/$2 entry=$3 seconds=$4 allowed=$6 osg=$3 cern=$7 files=$8 deep=$9 chosen=
newline="
"
unset GLOBIGNORE
${PLAIN_PATTERNS}
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
        /cvmfs/*) name=$root/\${text#/cvmfs/} name=\${name%.} ;;
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
  case $(head -c 64 "$1" | tr "\\0\\n" "..") in
    hsqs* | ????????????????????????????????SIF_MAGIC*) ;;
    *) return 1 ;;
  esac
}
say() { # WORD TEXT, as far as a terminal may see it
  printf "jcds_result=%s:%s\\n" "$1$chosen" "$(printf %s "$2" | tr "\\t\\n\\r\\1-\\10\\13\\14\\16-\\37\\177-\\377" "   ?")"
  case $1 in
    missing) exit 1 ;;
  esac
  exit 0
}
say_published() {
  printf "jcds_result=%s:%s\\n" "$kind$chosen" "$target"
  exit
}

{ exec >/dev/null; enter; } & # else dash keeps a copy of the pipe
look=$!
printf "\\1\\2\\n"
tr "\\0\\n\\200-\\377" "\\n\\1\\2" <"/proc/$5/environ"
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

${CAREFUL_LOOK}`;
