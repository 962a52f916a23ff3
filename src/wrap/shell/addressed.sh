# shellcheck shell=sh disable=SC2034,SC2154 # variables of the script that this is a part of
# What is addressed to the container by APPTAINERENV_NAME, and before that by SINGULARITYENV_NAME. A whole PATH leaves nothing to
# extend.

jcds_ahead='' jcds_instead='' jcds_behind=''
for jcds_word in $jcds_addressed; do
  jcds_replace "${jcds_word#*=}" "$jcds_one" "$jcds_newline"
  jcds_item=${jcds_word%%=*}
  case ${jcds_item#*ENV_} in
    HOME | GID) ;;
    PATH) jcds_instead=$jcds_text ;;
    PREPEND_PATH) jcds_ahead=$jcds_text ;;
    APPEND_PATH) jcds_behind=$jcds_text ;;
    *) jcds_pass "${jcds_item#*ENV_}" "$jcds_text" ;;
  esac
done
jcds_search=${jcds_instead:-${jcds_ahead:+$jcds_ahead:}$jcds_search${jcds_behind:+:$jcds_behind}}
