# shellcheck shell=sh disable=SC2034,SC2154 # variables of the script that this is a part of
# Binds, a line each (the place, a tab, what is done there), every one before those that are below its place. Of two for one
# place the later counts.

jcds_bind() { # PLACE WHAT
  case $1$2 in
    *"$jcds_tab"* | *"$jcds_newline"*)
      @ODD_NAME@ ;;
  esac
  jcds_more=$jcds_binds jcds_binds='' jcds_new=$1$jcds_tab$2$jcds_newline
  for jcds_bound in $jcds_more; do
    case $jcds_bound in
      "$1$jcds_tab"*) continue ;;
      "$1"/*)
        jcds_binds=$jcds_binds$jcds_new
        jcds_new=''
        ;;
    esac
    jcds_binds=$jcds_binds$jcds_bound$jcds_newline
  done
  jcds_binds=$jcds_binds$jcds_new
}
