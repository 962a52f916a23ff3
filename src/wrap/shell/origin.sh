# shellcheck shell=sh disable=SC2034,SC2154 # variables of the script that this is a part of
# Refuses an image that was made from another registry than the one that was typed (src/cvmfs/origin.ts).

jcds_check_origin() {
  @UNASKED@
  jcds_text='' jcds_bootstrap=''
  for jcds_word in $jcds_record; do
    jcds_rest=${jcds_word#*:}
    jcds_rest=${jcds_rest#"${jcds_rest%%[! 	]*}"}
    jcds_rest=${jcds_rest%"${jcds_rest##*[! 	]}"}
    case $jcds_word in
      [Bb]ootstrap:*) jcds_bootstrap=$jcds_rest ;;
      [Ff]rom:*) jcds_text=$jcds_rest ;;
      %*) break ;;
    esac
  done
  jcds_registry=${jcds_text%%/*}
  case $jcds_bootstrap:$jcds_text in
    docker:*/*) ;;
    docker:?*) jcds_registry=docker.io ;;
    *) return 0 ;;
  esac
  case $jcds_registry in
    *[A-Z]*) return 0 ;;
    docker.io | index.docker.io | registry.hub.docker.com | registry-1.docker.io) jcds_registry=docker.io ;;
    *.* | *:* | localhost) ;;
    *) jcds_registry=docker.io ;;
  esac
  [ "$jcds_registry" != @WANTED@ ] || return 0
  [ "$jcds_registry" != docker.io ] || jcds_registry='Docker Hub'
  @NAME_WANTED@
  @ANOTHER@
}
