# shellcheck shell=sh disable=SC2034,SC2154,SC2016 # variables of the script that this is a part of
# Apptainer's own shell evaluates the variables for a container in it, when all is mounted, right before the job becomes the process:
# so the container itself writes that the job has started, without a process more. To Apptainer a double quote cannot be said.

jcds_mark() {
  [ -n "$jcds_file" ] || return 0
  case $jcds_prefix in
    '') # an image that does not listen: what can be known is told at once
      jcds_tell started null
      return
      ;;
  esac
  jcds_compose started null
  jcds_printed "$jcds_told"
  jcds_told=$jcds_text jcds_at=$jcds_file
  case $jcds_file in
    *[!A-Za-z0-9_./-]*)
      jcds_printed "$jcds_file"
      jcds_at="\$(printf '$jcds_text')"
      ;;
  esac
  export "${jcds_prefix}JCDS_IMAGE=$jcds_name\$(printf '$jcds_told\\n' >$jcds_at)"
}
jcds_printed() { # TEXT: jcds_text is it as a format of printf(1), between single quotes
  jcds_text=$1
  case $1 in
    *[\\%\'\$\`]*)
      jcds_replace "$jcds_text" \\ '\134'
      jcds_replace "$jcds_text" % '\045'
      jcds_replace "$jcds_text" \' '\047'
      jcds_replace "$jcds_text" \$ '\044'
      jcds_replace "$jcds_text" \` '\140'
      ;;
  esac
  IFS=\"
  # shellcheck disable=SC2086 # at each quote
  set -- $jcds_text
  IFS=$jcds_newline
  jcds_text=$1
  shift
  for jcds_item; do
    jcds_text=$jcds_text\\042$jcds_item
  done
}
