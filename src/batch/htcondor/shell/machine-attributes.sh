# shellcheck shell=sh disable=SC2034,SC2154 # variables of the script that this is a part of
# A repository that has not answered hangs. What was told before must not stay: so an unknown revision is said too.

jcds_attributes() { # REPOSITORY SUFFIX
  jcds_mounted=True jcds_healthy=False jcds_revision=undefined jcds_reason='"HUNG"'
  case $jcds_answers in
    *" $1="*)
      jcds_text=${jcds_answers##*" $1="}
      jcds_text=${jcds_text%% *}
      jcds_revision=${jcds_text#*:}
      jcds_text=${jcds_text%%:*}
      jcds_reason=\"$jcds_text\"
      case $jcds_text in
        healthy) jcds_healthy=True jcds_reason=undefined ;;
        NO_ROOT | NOT_*) jcds_mounted=False ;;
      esac
      ;;
  esac
  case $jcds_healthy in
    True) jcds_usable=${jcds_usable:+$jcds_usable,}$1 ;;
    *) jcds_unusable=${jcds_unusable:+$jcds_unusable,}$1 ;;
  esac
  printf '@HAS@%s = %s\n@MOUNTED@%s = %s\n@HEALTHY@%s = %s\n' \
    "$2" "$jcds_healthy" "$2" "$jcds_mounted" "$2" "$jcds_healthy"
  printf '@REASON@%s = %s\nCVMFS_%s_REVISION = %s\n' "$2" "$jcds_reason" "$2" "$jcds_revision"
}
