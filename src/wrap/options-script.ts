/**
 * The words for the runtime. A shell has no second list beside "$@", so each word stands in a numbered variable, and the
 * last line of the script names them all: nothing of what they hold is ever read as shell.
 */
export const WORDS = `jcds_count=0 jcds_options=''
jcds_keep() { # VALUE: jcds_reference is how the last line names it
  jcds_count=$((jcds_count + 1))
  eval "jcds_$jcds_count=\\$1"
  jcds_reference="\\"\\$jcds_$jcds_count\\""
}
jcds_option() { # WORD...
  for jcds_word in "$@"; do
    jcds_keep "$jcds_word"
    jcds_options="$jcds_options $jcds_reference"
  done
}`;

/** Apptainer's --bind, or --mount for names that --bind cannot hold. The fields of --mount are CSV (RFC 4180). */
export const APPTAINER_BIND = `jcds_bind() { # SOURCE PLACE [,ro]
  case $1:$jcds_here/ in
    "$2:$2"/*) jcds_is_shown=1 ;;
  esac
  case $1$2 in
    *[:,\\\\\\"]*)
      jcds_field "src=$1"
      jcds_mount=type=bind,$jcds_text
      jcds_field "dst=$2"
      jcds_option --mount "$jcds_mount,$jcds_text\${3-}"
      ;;
    *) jcds_option --bind "$1:$2\${3:+:ro}" ;;
  esac
}
jcds_field() { # TEXT
  jcds_text=$1
  case $1 in
    *[\\",]* | *"$jcds_newline"*) ;;
    *) return 0 ;;
  esac
  jcds_text='' jcds_rest=$1
  while :; do
    case $jcds_rest in
      *\\"*) jcds_text=$jcds_text\${jcds_rest%%\\"*}\\"\\" jcds_rest=\${jcds_rest#*\\"} ;;
      *) break ;;
    esac
  done
  jcds_text="\\"$jcds_text$jcds_rest\\""
}`;
