# shellcheck shell=sh disable=SC2034,SC2154 # variables of the script that this is a part of
# A variable of the job, by `export` alone, so that its value stands in no argument list. Apptainer's own shell reads it as
# between double quotes. An image without env/99-base.sh gets none that is addressed to it: Apptainer has to inherit that.

jcds_is_text() { # TEXT: whether Apptainer hands it on as it is: not what is no UTF-8, nor a carriage return before a line end
  case $1 in
    *[!$jcds_ascii]*) printf %s "$1" | jcds_run iconv -f UTF-8 -t UTF-16LE >/dev/null 2>&1 || return ;;
  esac
  case $1 in
    *"$jcds_return$jcds_newline"*) return 1 ;;
  esac
}
jcds_give() { # NAME VALUE
  if ! jcds_is_text "$2"; then
    jcds_text=$1
    @NO_TEXT@
  fi
  case $jcds_prefix in
    '') jcds_text=$2 ;;
    *)
      jcds_replace "$2" \\ \\\\
      jcds_replace "$jcds_text" \$ \\\$
      jcds_replace "$jcds_text" \` \\\`
      ;;
  esac
  export "$jcds_prefix$1=$jcds_text"
}
