# shellcheck shell=sh disable=SC2034,SC2154 # variables of the script that this is a part of
# A variable of the job, by `export` alone, so that its value stands in no argument list. Apptainer's own shell reads it as
# between double quotes.

jcds_give() { # NAME VALUE
  jcds_replace "$2" \\ \\\\
  jcds_replace "$jcds_text" \$ \\\$
  jcds_replace "$jcds_text" \` \\\`
  export "@PREFIX@$1=$jcds_text"
}
