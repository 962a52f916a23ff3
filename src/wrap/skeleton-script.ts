import { INPUT_LIMIT, NoFreeDescriptorError } from '../launch/plan.ts';
import { quoteWord } from '../launch/quote.ts';
import { OWN_LINES_LIMIT } from '../runtimes/bubblewrap-limits.ts';

import { failLine } from './failures.ts';
import type { RecordedImage, ScriptOptions } from './script-options.ts';

/**
 * Binds are gathered before places for them are made, in the order of their places; of two for one place the later counts: as
 * src/job/binds.ts has it.
 */
export const GATHER_BINDS = `jcds_bound=0
jcds_bind() { # SOURCE PLACE [,ro]
  case $1:$jcds_here/ in
    "$2:$2"/*) jcds_is_shown=1 ;;
  esac
  jcds_other=0
  while [ "$jcds_other" -lt "$jcds_bound" ]; do
    jcds_other=$((jcds_other + 1))
    eval "jcds_another=\\$jcds_to_$jcds_other"
    if [ "$jcds_another" = "$2" ]; then
      eval "jcds_from_$jcds_other=\\$1 jcds_how_$jcds_other=\\\${3-}"
      return
    fi
  done
  jcds_bound=$((jcds_bound + 1))
  eval "jcds_from_$jcds_bound=\\$1 jcds_to_$jcds_bound=\\$2 jcds_how_$jcds_bound=\\\${3-}"
}
# shellcheck disable=SC3012 # < and >: POSIX since 2024, and in dash, bash and busybox long before
jcds_bind_all() {
  jcds_last='' jcds_remounts=''
  while :; do
    jcds_next='' jcds_number=0
    while [ "$jcds_number" -lt "$jcds_bound" ]; do
      jcds_number=$((jcds_number + 1))
      eval "jcds_another=\\$jcds_to_$jcds_number"
      if [ "$jcds_another" \\> "$jcds_last" ] && { [ -z "$jcds_next" ] || [ "$jcds_another" \\< "$jcds_next" ]; }; then
        jcds_next=$jcds_another
        eval "jcds_source=\\$jcds_from_$jcds_number jcds_mode=\\$jcds_how_$jcds_number"
      fi
    done
    case $jcds_next in
      '') break ;;
    esac
    jcds_last=$jcds_next
    if [ -d "$jcds_source" ]; then
      jcds_place "$jcds_next" directory
    else
      jcds_place "$jcds_next" file
    fi
    case $jcds_mode in
      '') jcds_option --bind "$jcds_source" "$jcds_spot" ;;
      ,open)
        jcds_option --bind "$jcds_source" "$jcds_spot"
        jcds_saved=$jcds_options
        jcds_options=$jcds_remounts
        jcds_option --remount-ro "$jcds_spot"
        jcds_remounts=$jcds_options
        jcds_options=$jcds_saved
        ;;
      *) jcds_option --ro-bind "$jcds_source" "$jcds_spot" ;;
    esac
  done
}`;

/**
 * The image's passwd and group with a line for whoever runs the script, where they have none (src/runtimes/accounts.ts); given to
 * bubblewrap by a descriptor that the caller left free.
 */
export function accountsScript(recorded: RecordedImage | null): string {
  const known = recorded?.exact?.accounts ?? [];
  const cases = known.map(
    ([name, text]) => `    */${quoteWord(recorded!.place)}:${name})
      jcds_text=${quoteWord(text)}
      return
      ;;`,
  );
  return `jcds_account_text() { # NAME: sets jcds_text
  ${cases.length === 0 ? '' : `case $jcds_target:$1 in\n${cases.join('\n')}\n  esac\n  `}jcds_locate "/etc/$1"
  jcds_text=''
  case $jcds_left:$jcds_found in
    :file) ;;
    *) return ;;
  esac
  while IFS= read -r jcds_word || [ -n "$jcds_word" ]; do
    jcds_text=$jcds_text$jcds_word$jcds_newline
    [ "\${#jcds_text}" -lt 65536 ] || break
  done <"$jcds_target$jcds_real"
} 2>/dev/null
jcds_account() { # NAME OWN-LINES
  jcds_account_text "$1"
  jcds_own=$2 jcds_entry='' jcds_whole=''
  set -f
  IFS=$jcds_newline
  for jcds_word in $jcds_text; do
    jcds_item=\${jcds_word#*:}
    jcds_item=\${jcds_item#*:}
    case $1:\${jcds_item%%:*}:$jcds_word in
      passwd:"$jcds_uid":*:*:*:*:*:*:*)
        jcds_entry=$jcds_word jcds_rest=\${jcds_word%:*}
        jcds_own=\${jcds_rest%:*}:$jcds_dir:\${jcds_word##*:}
        break
        ;;
    esac
  done
  jcds_room=$((${INPUT_LIMIT - 1} - \${#jcds_own}))
  for jcds_word in $jcds_text; do
    case $jcds_word in
      "$jcds_entry") jcds_word=$jcds_own jcds_own='' ;;
      *)
        jcds_room=$((jcds_room - \${#jcds_word} - 1))
        [ "$jcds_room" -ge 0 ] || break
        ;;
    esac
    jcds_whole=$jcds_whole$jcds_word$jcds_newline
  done
  unset IFS
  set +f
  jcds_whole=$jcds_whole$jcds_own
  jcds_place "/etc/$1" file
  jcds_input "\${jcds_whole%"$jcds_newline"}"
  jcds_option --perms 0644 --bind-data "$jcds_descriptor" "$jcds_spot"
}
jcds_find_user() { # this host's entry; what only a directory service knows is asked for
  while IFS=: read -r jcds_user jcds_word jcds_item jcds_group jcds_gecos jcds_rest jcds_shell || [ -n "$jcds_user" ]; do
    [ "$jcds_item" != "$jcds_uid" ] || return 0
  done
  return 1
} 2>/dev/null
jcds_harmless() { # NAME: sets jcds_item
  case $1 in
    '' | *[!A-Za-z0-9_.@-]*) jcds_item=user ;;
    *) jcds_item=$1 ;;
  esac
}
jcds_groups() { # sets jcds_lines
  jcds_lines='' jcds_named=' '
  while IFS=: read -r jcds_title jcds_word jcds_number jcds_rest || [ -n "$jcds_title" ]; do
    case "$jcds_named:\${jcds_number:-none}:$jcds_wanted" in
      *" $jcds_number "*:*:* | *:*[!0-9]*:*) ;;
      *:*" $jcds_number "*) jcds_group_line "$jcds_title" "$jcds_number" ;;
    esac
  done </etc/group
  case $jcds_named in
    *" $jcds_group "*) ;;
    *) jcds_group_line "$jcds_user" "$jcds_group" ;;
  esac
} 2>/dev/null
jcds_group_line() { # NAME NUMBER
  jcds_named="$jcds_named$2 "
  jcds_harmless "$1"
  jcds_word=$jcds_item:x:$2:
  jcds_harmless "$jcds_user"
  jcds_word=$jcds_word$jcds_item
  [ $((\${#jcds_lines} + \${#jcds_word} + 1)) -gt ${OWN_LINES_LIMIT} ] || jcds_lines=$jcds_lines\${jcds_lines:+"$jcds_newline"}$jcds_word
}
jcds_accounts() {
  while read -r jcds_item jcds_word jcds_rest; do
    case $jcds_item in
      Uid:) jcds_uid=$jcds_word ;;
      Gid:) jcds_gid=$jcds_word ;;
      Groups:)
        jcds_wanted=" $jcds_word $jcds_rest $jcds_gid "
        break
        ;;
    esac
  done </proc/self/status
  if ! jcds_find_user </etc/passwd; then
    jcds_text=$(
      PATH=/usr/bin:/bin
      export PATH
      getent passwd "$jcds_uid" 2>/dev/null
    )
    jcds_find_user <<JCDS || jcds_user=\${USER:-$jcds_uid} jcds_group=$jcds_gid jcds_shell=''
$jcds_text
JCDS
    jcds_gecos=''
  fi
  jcds_wanted="$jcds_wanted$jcds_group "
  case $jcds_home in
    *:* | *"$jcds_newline"*) jcds_dir=/ ;;
    *) jcds_dir=$jcds_home ;;
  esac
  jcds_harmless "$jcds_user"
  jcds_account passwd "$jcds_item:x:$jcds_uid:$jcds_group:$jcds_gecos:$jcds_dir:\${jcds_shell:-/bin/sh}"
  jcds_groups
  jcds_account group "$jcds_lines"
}`;
}

/** The host's time zone, in the place of a link of the image. */
export const ZONE = `jcds_zone() {
  [ -e /etc/localtime ] || return 0
  jcds_locate /etc
  case $jcds_left in
    '') ! [ -h "$jcds_target$jcds_real/localtime" ] || jcds_replace_link "$jcds_real/localtime" ;;
  esac
  jcds_place /etc/localtime file
  jcds_option --ro-bind /etc/localtime "$jcds_spot"
}
jcds_replace_link() { # PLACE
  jcds_open "\${1%/*}"
  jcds_make "$1" file
}`;

/** jcds_input: a text for the runtime, on a descriptor that the caller has not (dash can name none above 9). */
export const INPUT = `jcds_inputs='' jcds_bodies=''
jcds_free_descriptor() {
  for jcds_descriptor in 9 8 7 6 5 4 3; do
    case $jcds_inputs in
      *" $jcds_descriptor<"*) continue ;;
    esac
    [ -h "/proc/$$/fd/$jcds_descriptor" ] || return 0
  done
  ${failLine(new NoFreeDescriptorError(1, 0))}
}
jcds_input() { # TEXT, which gets a newline at its end; sets jcds_descriptor
  jcds_free_descriptor
  jcds_keep "$1"
  jcds_inputs="$jcds_inputs $jcds_descriptor<<JCDS"
  jcds_bodies="$jcds_bodies$jcds_newline\\$jcds_$jcds_count\${jcds_newline}JCDS"
}`;

/** The mounts of src/runtimes/skeleton.ts in its order, and then the root that they need. */
export function skeletonLines(requested: Pick<ScriptOptions, 'contain' | 'gpu'>): string[] {
  const { contain, gpu } = requested;
  const devices = gpu === 'none' ? [] : ['[ -z "$jcds_gpu" ] || jcds_gpu_devices'];
  return [
    'jcds_head=$jcds_options',
    "jcds_options=''",
    'jcds_place /dev directory',
    ...(contain
      ? ['jcds_option --dev "$jcds_spot"', ...devices]
      : ['jcds_option --dev-bind /dev "$jcds_spot"']),
    'jcds_place /proc directory',
    'jcds_option --proc "$jcds_spot"',
    'jcds_place /sys directory',
    'jcds_option --ro-bind /sys "$jcds_spot"',
    'for jcds_item in /tmp /var/tmp; do',
    '  jcds_source=$jcds_item',
    '  jcds_place "$jcds_source" directory',
    contain
      ? '  jcds_option --perms 1777 --tmpfs "$jcds_spot"'
      : '  jcds_option --bind "$jcds_source" "$jcds_spot"',
    'done',
    'case $jcds_home:$jcds_shown in',
    '  /:*) ;;',
    '  *)',
    '    jcds_place "$jcds_home" directory',
    '    case $jcds_shown in',
    '      \'\') jcds_option --perms 0700 --tmpfs "$jcds_spot" ;;',
    '      *) jcds_option --bind "$jcds_shown" "$jcds_spot" ;;',
    '    esac',
    '    ;;',
    'esac',
    'for jcds_source in /etc/resolv.conf /etc/hosts; do',
    '  jcds_place "$jcds_source" file',
    '  jcds_option --ro-bind-try "$jcds_source" "$jcds_spot"',
    'done',
    'jcds_accounts',
    'jcds_zone',
    ...(gpu === 'none' ? [] : ['[ -z "$jcds_gpu" ] || jcds_gpu_libraries']),
    'jcds_bind_all',
    'jcds_mounts=$jcds_options',
    "jcds_options=''",
    'jcds_show_root',
    'jcds_options=" --die-with-parent --cap-drop ALL --tmpfs /$jcds_options$jcds_mounts$jcds_remounts --remount-ro /"',
  ];
}

/** The devices of the host's GPU, for a /dev of the container's own. */
export const GPU_DEVICES = `jcds_gpu_devices() {
  case $jcds_gpu in
    --nv) set -- /dev/nvidia* ;;
    *) set -- /dev/kfd /dev/dri ;;
  esac
  for jcds_item in "$@"; do
    [ ! -e "$jcds_item" ] || jcds_option --dev-bind-try "$jcds_item" "$jcds_item"
  done
}`;
