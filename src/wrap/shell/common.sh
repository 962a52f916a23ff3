# shellcheck shell=sh disable=SC2034,SC2154 # variables of the script that this is a part of
# What every script needs: programs of the host, texts as far as a terminal may see them, and words for the runtime, which
# stand quoted in one text, since a shell has no second list beside "$@".

jcds_run() { # COMMAND...: of the host
  PATH=/usr/bin:/bin:/usr/sbin:/sbin LC_ALL=C "$@"
}
jcds_clean() { # TEXT, as far as a terminal may see it
  printf %s "$1" | jcds_run tr '\t\n\r\1-\10\13\14\16-\37\177-\377' '   ?'
}
jcds_replace() { # TEXT OLD NEW: sets jcds_text
  jcds_text='' jcds_rest=$1
  while :; do
    case $jcds_rest in
      *"$2"*) jcds_text=$jcds_text${jcds_rest%%"$2"*}$3 jcds_rest=${jcds_rest#*"$2"} ;;
      *) break ;;
    esac
  done
  jcds_text=$jcds_text$jcds_rest
}
jcds_option() { # WORD...
  for jcds_option in "$@"; do
    jcds_replace "$jcds_option" "'" "'\\''"
    jcds_options="$jcds_options '$jcds_text'"
  done
}
