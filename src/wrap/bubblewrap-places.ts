import { INPUT_LIMIT } from '../launch/plan.ts';
import { MOST_WORDS, OWN_LINES_LIMIT, TooManyEntriesError } from '../runtimes/bubblewrap-limits.ts';
import { HELD_IN_PROC } from '../runtimes/held-places.ts';
import { PlaceError } from '../runtimes/root-tree.ts';
import { bindLines, OddNameError } from './binds-script.ts';
import { failLine, PLACE, TEXT, unreadableError } from './failures.ts';
import { part } from './part.ts';
import type { ScriptOptions, WishedBind } from './script-options.ts';
import ACCOUNTS from './shell/accounts.sh';
import GATHERED from './shell/gathered-binds.sh';
import TREE from './shell/tree.sh';

/** Whether binds have to be put in order: jcds' own alone are. */
export function areGathered({ binds, contain }: ScriptOptions): boolean {
  return binds.length > 0 || contain;
}

/** Functions by which places are shown, and a root is made that has them. */
export function mountFunctions(requested: ScriptOptions): string[] {
  return [
    part(TREE, {
      NO_PLACE: failLine(new PlaceError(TEXT, PLACE), '  ', '$1'),
      UNREADABLE: failLine(unreadableError(requested.image.repository), '      ', '$jcds_item'),
      MOST: MOST_WORDS,
      TOO_MANY: failLine(new TooManyEntriesError(TEXT), '      ', '${1:-/}'),
      ODD_LINK: failLine(new OddNameError('of a link, which has a line end in it'), '  '),
    }),
    ownBinds(areGathered(requested)),
  ];
}

function ownBinds(isGathered: boolean): string {
  if (!isGathered)
    return `jcds_own() { # SOURCE PLACE [ro]
  if [ -d "$1" ]; then
    jcds_mount "$2" directory "--\${3:+ro-}bind" "$1"
  elif [ -e "$1" ]; then
    jcds_mount "$2" file "--\${3:+ro-}bind" "$1"
  fi
}`;
  const gathered = part(GATHERED, { ODD_NAME: failLine(new OddNameError(TEXT), '      ', '$1') });
  return `jcds_binds='' jcds_tab='\t' jcds_closed=''
${gathered}
jcds_own() { # SOURCE PLACE [ro]
  [ -e "$1" ] || return 0
  case $1:$jcds_here/ in
    "$2:$2"/*) jcds_is_shown=1 ;;
  esac
  jcds_bind "$2" "--\${3:+ro-}bind$1"
}`;
}

/** jcds' own binds and those that were asked for. */
export function bubblewrapBinds(requested: ScriptOptions): string[] {
  return bindLines(requested, { showsCwd: false, word: bindWord(requested) });
}

/** What every job gets, in the order of src/runtimes/skeleton.ts. */
export function ownMounts(requested: ScriptOptions): string[] {
  const { contain } = requested;
  const temporary = (at: string) =>
    `jcds_mount ${at} directory ${contain ? '--perms 1777 --tmpfs' : `--bind ${at}`}`;
  return [
    `jcds_mount /dev directory ${contain ? '--dev' : '--dev-bind /dev'}`,
    'jcds_mount /proc directory --proc',
    'if [ -w /proc/sys/kernel/core_pattern ]; then # root: src/runtimes/held-places.ts',
    `  for jcds_item in ${HELD_IN_PROC.join(' ')}; do`,
    '    jcds_option --ro-bind-try "/proc/$jcds_item" "/proc/$jcds_item"',
    '  done',
    'fi',
    'jcds_mount /sys directory --ro-bind /sys',
    temporary('/tmp'),
    "jcds_text=''",
    '[ ! -h "$jcds_target/var/tmp" ] || jcds_text=$(readlink -- "$jcds_target/var/tmp")',
    'case $jcds_text in',
    '  /tmp | ../tmp | ../../tmp) jcds_text=linked ;;',
    `  *) ${temporary('/var/tmp')} ;;`,
    'esac',
    'case $jcds_text:$jcds_cwd in',
    '  linked:/var/tmp/*) jcds_no_place "$jcds_cwd" \'/var/tmp is a link\' ;;',
    'esac',
    'case $jcds_home:$jcds_shown in',
    '  /:*) ;;',
    '  *:) jcds_mount "$jcds_home" directory --perms 0700 --tmpfs ;;',
    '  *) jcds_mount "$jcds_home" directory --bind "$jcds_shown" ;;',
    'esac',
    ...part(ACCOUNTS, {
      INPUTS: (areGathered(requested) ? INPUTS_UNLESS_ASKED : INPUTS).join('\n'),
      LIMIT: INPUT_LIMIT,
      UNREADABLE: failLine(unreadableError(requested.image.repository), '  ', '$jcds_target/etc'),
      GROUPS: OWN_LINES_LIMIT,
    }).split('\n'),
  ];
}

/** Files that are the job's own, by descriptors that the script finds free. */
const INPUTS = [
  'jcds_option --perms 0644 --bind-data 6 /etc/passwd --perms 0644 --bind-data 7 /etc/group',
  'jcds_option --perms 0644 --bind-data 8 /etc/resolv.conf',
];

/** bubblewrap mounts nothing over such a file. A descriptor that it does not need has to be closed by it all the same. */
const INPUTS_UNLESS_ASKED = [
  "for jcds_item in '6 /etc/passwd' '7 /etc/group' '8 /etc/resolv.conf'; do",
  '  case $jcds_newline$jcds_binds in',
  '    *"$jcds_newline${jcds_item#* }$jcds_tab"*) jcds_option --block-fd "${jcds_item%% *}" ;;',
  '    *) jcds_option --perms 0644 --bind-data "${jcds_item%% *}" "${jcds_item#* }" ;;',
  '  esac',
  'done',
];

/** What is shown below a read-only bind is put into it first. */
function bindWord({ binds }: ScriptOptions): (bind: WishedBind) => string {
  return ({ source, destination, mode }) => {
    const isOpen = binds.some(other => other.destination.startsWith(`${destination}/`));
    return `${mode === 'rw' ? '--bind' : isOpen ? '--open' : '--ro-bind'}${source}`;
  };
}

/** bubblewrap makes places in directories of the host, but not below what is none. */
export const GATHERED_BINDS = [
  'for jcds_bound in $jcds_binds; do',
  '  jcds_place=${jcds_bound%%"$jcds_tab"*} jcds_word=${jcds_bound#*"$jcds_tab"}',
  '  jcds_source=/${jcds_word#*/} jcds_word=${jcds_word%%/*}',
  '  jcds_on_host "${jcds_place%/*}"',
  '  case $jcds_at in',
  '    "$jcds_target"*) jcds_at=/ ;; # jcds_mount judges it',
  '  esac',
  '  while [ -n "$jcds_at" ] && ! [ -e "$jcds_at" ]; do',
  '    jcds_at=${jcds_at%/*}',
  '  done',
  '  [ -d "$jcds_at/" ] || jcds_no_place "$jcds_place" "$jcds_at is no directory"',
  "  if [ -d \"$jcds_source\" ]; then jcds_kind='directory'; else jcds_kind='file'; fi",
  '  case $jcds_word in',
  '    --open)',
  '      jcds_mount "$jcds_place" "$jcds_kind" --bind "$jcds_source"',
  '      jcds_replace "$jcds_spot" "\'" "\'\\\\\'\'"',
  '      jcds_closed="$jcds_closed --remount-ro \'$jcds_text\'"',
  '      ;;',
  '    *) jcds_mount "$jcds_place" "$jcds_kind" "$jcds_word" "$jcds_source" ;;',
  '  esac',
  'done',
];
