# shellcheck shell=sh disable=SC2034,SC2154 # variables of the script that this is a part of
# Where jcds' own directories are (own-directories.sh), by their real names, a line each: the settings, which are covered, and the others.
# The first of either is the one that is used now, and made where it is missing; those of a home are used without XDG variables.

jcds_config=${XDG_CONFIG_HOME-} jcds_cache=${XDG_CACHE_HOME-} jcds_settings='' jcds_others=''
[ "${jcds_config#/}" != "$jcds_config" ] || jcds_config=$jcds_account/.config
[ "${jcds_cache#/}" != "$jcds_cache" ] || jcds_cache=$jcds_account/.cache
jcds_store=${XDG_DATA_HOME-}
[ "${jcds_store#/}" != "$jcds_store" ] || jcds_store=$jcds_account/.local/share
for jcds_item in "$jcds_config/jcds" "$jcds_account/.config/jcds" "/${JCDS_TOKEN_FILE#/}"; do
  jcds_real "$jcds_item" && jcds_settings=$jcds_settings$jcds_at$jcds_newline
done
for jcds_item in "$jcds_cache/jcds" "$jcds_account/.cache/jcds" "$jcds_store/jcds/store" @ROOTS@@STORE_TOO@; do
  jcds_real "$jcds_item" && jcds_others=$jcds_others$jcds_at$jcds_newline
done
jcds_config=${jcds_settings%%"$jcds_newline"*} jcds_cache=${jcds_others%%"$jcds_newline"*}
