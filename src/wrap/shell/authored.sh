# shellcheck shell=sh disable=SC2034,SC2154 # variables of the script that this is a part of
# What a job's author wrote down counts as written, whatever the policy keeps from a job for the sake of login shells. The names
# stand in jcds_written. Home and directory have rules of their own.

case $jcds_written in
  *" $jcds_item "*)
    case $jcds_item in
      HOME | PWD | SHLVL | _ | IFS | APPTAINER* | SINGULARITY* | jcds_* | *[!A-Za-z0-9_]* | [0-9]*) ;;
      @UNSTEADY@) ;;
      @SECRETS@)
        printf 'jcds: the variable %s is a secret of its owner, and not handed to the job\n' "$jcds_item" >&2
        ;;
      *) jcds_authored=$jcds_authored$jcds_word$jcds_newline ;;
    esac
    ;;
esac
