# shellcheck shell=sh disable=SC2034,SC2154 # variables of the script that this is a part of
# What is addressed to the container by APPTAINERENV_NAME, and before that by SINGULARITYENV_NAME; and PATH, to which the
# usual places are added, as Apptainer does. A whole one leaves nothing to extend.

for jcds_item in /usr/local/sbin /usr/local/bin /usr/sbin /usr/bin /sbin /bin; do
  case :$jcds_search: in
    *":$jcds_item:"*) ;;
    *) jcds_search=${jcds_search:+$jcds_search:}$jcds_item ;;
  esac
done
jcds_ahead='' jcds_instead='' jcds_behind=''
for jcds_word in $jcds_addressed_before $jcds_addressed; do
  jcds_replace "${jcds_word#*=}" "${jcds_ascii%-?}" "$jcds_newline"
  jcds_item=${jcds_word%%=*}
  case ${jcds_item#*ENV_} in
    HOME | GID) ;;
    PATH) jcds_instead=$jcds_text ;;
    PREPEND_PATH) jcds_ahead=$jcds_text ;;
    APPEND_PATH) jcds_behind=$jcds_text ;;
    *) jcds_give "${jcds_item#*ENV_}" "$jcds_text" ;;
  esac
done
jcds_search=${jcds_instead:-${jcds_ahead:+$jcds_ahead:}$jcds_search${jcds_behind:+:$jcds_behind}}
