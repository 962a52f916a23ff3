# shellcheck shell=sh disable=SC2034,SC2154 # variables of the script that this is a part of
# The image's ENV file, of which nothing was known: the forms of `export NAME="${NAME:-"value"}"` and `export PATH="value"`
# in which nothing is evaluated. jcds_strange is a name whose value is of another kind.

jcds_read_image() {
  jcds_search='' jcds_strange=''
  @FIRST@
  for jcds_word in $jcds_lines; do
    jcds_item=${jcds_word#export } jcds_rest=${jcds_word#*=\"}
    jcds_item=${jcds_item%%=*} jcds_rest=${jcds_rest%\"}
    case $jcds_word in
      '#'* | @*) continue ;;
      'export '*=\"*\") ;;
      *) jcds_rest=\" ;;
    esac
    case $jcds_rest in
      "\${$jcds_item:-\""*"\"}") jcds_rest=${jcds_rest#*:-\"} jcds_rest=${jcds_rest%\"\}} ;;
      "\${$jcds_item:-}") continue ;;
    esac
    case $jcds_item:$jcds_rest in
      *[\\\$\`\"\']*) jcds_strange=${jcds_strange:-$jcds_item} ;;
      PATH:*) jcds_search=$jcds_rest ;;
      *) @OTHER@ ;;
    esac
  done
  @LAST@
}
