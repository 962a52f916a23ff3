# shellcheck shell=sh disable=SC2034,SC2154 # variables of the script that this is a part of
# Goes through the caller's environment as the kernel keeps it (see look.sh): a shell's own list lacks the names that no
# shell can hold. What the policy keeps from the job is unset. What should stay and the shell would not hand on goes to
# jcds_lost; names that should not, and that no `unset` reaches, to jcds_surplus.

for jcds_word in $jcds_said; do
  jcds_item=${jcds_word%%=*} jcds_kept=1
  case $jcds_word in
    =*) jcds_lines=$jcds_lines${jcds_word#=}$jcds_newline && continue ;;
    *=*) ;;
    *) continue ;;
  esac
  @POLICY@
  @OWN@
  case $jcds_item in
    jcds_*)
      jcds_text=$(jcds_clean "$jcds_item")
      @OWN_NAME@
      ;;
    *[!A-Za-z0-9_]* | [0-9]* | IFS | _ | SHLVL | @UNSTEADY@)
      case $jcds_kept$jcds_item in
        1_) jcds_underscore=$jcds_word ;;
        1SHLVL) jcds_level=$jcds_word ;;
        1*[!A-Za-z0-9_]* | 1[0-9]* | 1IFS) jcds_lost=$jcds_lost$jcds_word$jcds_newline ;;
        1*) eval "[ \"\${$jcds_item-}\" = \"\${jcds_word#*=}\" ]" || jcds_lost=$jcds_lost$jcds_word$jcds_newline ;;
        *) jcds_surplus=$jcds_surplus$jcds_item$jcds_newline ;;
      esac
      ;;
    *)
      @KEPT@
      ;;
  esac
done
