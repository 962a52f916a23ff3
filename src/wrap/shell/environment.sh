# shellcheck shell=sh disable=SC2034,SC2154 # variables of the script that this is a part of
# Goes through the caller's environment as the kernel keeps it (see look.sh): a shell's own list lacks the names that no
# shell can hold. What the policy keeps from the job is unset. What should stay and the shell would not hand on goes to
# jcds_lost; names that should not, and that no `unset` reaches, to jcds_surplus.

jcds_lost='' jcds_surplus=''
for jcds_word in $jcds_said; do
  jcds_item=${jcds_word%%=*} jcds_kept=1 jcds_same=1
  { [ -n "$jcds_item" ] && [ "$jcds_item" != "$jcds_word" ]; } || continue
  @POLICY@
  @OWN@
  case $jcds_item in
    jcds_*)
      @OWN_NAME@ ;;
    *[!A-Za-z0-9_]* | [0-9]* | IFS) jcds_same='' ;;
    @UNSTEADY@)
      [ -n "$jcds_kept" ] && eval "[ \"\${$jcds_item-}\" = \"\${jcds_word#*=}\" ]" || jcds_same=''
      ;;
  esac
  case $jcds_kept:$jcds_same in
    1:1)@KEPT@ ;;
    1:) jcds_lost=$jcds_lost$jcds_word$jcds_newline ;;
    :1) unset "$jcds_item" && LC_ALL=C ;;
    :) jcds_surplus=$jcds_surplus-u$jcds_item$jcds_newline ;;
  esac
done
