import { USUAL_SCRIPTS } from '../rootfs/inspect.ts';
import { inside, part } from './part.ts';
import LOOK from './shell/look.sh';
import ALLOWED from './shell/look-allowed.sh';
import ENV from './shell/look-env.sh';
import FILE from './shell/look-file.sh';
import CHOOSE from './shell/look-layouts.sh';
import ORIGIN from './shell/look-origin.sh';
import NAME_SCRIPTS from './shell/look-scripts.sh';
import VARIABLES from './shell/look-variables.sh';

/** What a look is for: it holds nothing that it does not need. */
export interface LookOptions {
  /** The script's word for the directory in which the repository is. */
  readonly root: string;
  /** Whether the one entry is jcds_entry; else it is one of three. */
  readonly layoutIsKnown: boolean;
  /** Whether links may lead into the repositories that jcds_allowed names. */
  readonly leadsOn: boolean;
  /** Whether an image may be one file. */
  readonly findsFiles: boolean;
  /** Directories of the image that must be seen whole. */
  readonly directories: readonly string[];
  /** The real directory of which nothing is read, quoted for the shell, and what is known of it; null: none. */
  readonly known: { readonly place: string; readonly lines: readonly string[] } | null;
  /** Whether it reads where the image was made from. */
  readonly readsOrigin: boolean;
  /** Whether it looks for the file by which Apptainer's variables reach a job: jcds_prefix is empty where an image lost it. */
  readonly seesDeaf: boolean;
  /** Whether it reads all that the image says of itself, for a runtime that reads nothing. */
  readonly readsAll: boolean;
}

/** The functions of the look at CVMFS of a script that runs without Node.js: what src/cvmfs/ does by a child of jcds' own. */
export function lookScript(options: LookOptions): string {
  const { layoutIsKnown, leadsOn, findsFiles, directories, known, readsAll } = options;
  const entry = { ENTRY: layoutIsKnown ? '$jcds_entry' : '$jcds_sought', ROOT: options.root };
  const text = part(LOOK, {
    ...entry,
    RESET: [
      ...(readsAll ? ['lines'] : ['search', 'strange']),
      ...(options.readsOrigin ? ['record'] : []),
      ...(findsFiles ? ['file'] : []),
    ]
      .map(name => `jcds_${name}=''`)
      .join(' '),
    CHOOSE: layoutIsKnown ? '' : inside(CHOOSE, '  '),
    FOUND_FILE: findsFiles ? '[ -n "$jcds_file" ] || ' : '',
    UNLESS_FILE: findsFiles ? '[ -z "$jcds_file" ] && ' : '',
    LEADS_ON: leadsOn ? 'jcds_leads_on || return' : 'jcds_result=escapes && return',
    FOUND: findsFiles
      ? 'jcds_result=${jcds_file:+file} jcds_text=$PWD$jcds_file\n  jcds_result=${jcds_result:-directory}'
      : 'jcds_result=directory jcds_text=$PWD',
    ELSEWHERE: leadsOn ? '! jcds_is_elsewhere || return 0' : leadsOut(options.root),
    FILE: findsFiles ? inside(FILE, '  ') : '',
    DEEP: directories.map(asPattern).join(' '),
    UNLESS_KNOWN: known === null ? '' : unlessKnown(known),
    ENV: inside(readsAll ? VARIABLES : ENV, '    '),
    FIRST: options.seesDeaf ? SEE_DEAF : '',
    ALSO: [
      ...(options.readsOrigin ? [inside(ORIGIN, '  ')] : []),
      ...(readsAll ? [inside(NAME_SCRIPTS, '  ', { USUAL: [...USUAL_SCRIPTS].join(' | ') })] : []),
    ].join('\n  '),
  });
  return leadsOn ? text.replace('jcds_look() {', () => `${part(ALLOWED, entry)}\njcds_look() {`) : text;
}

function unlessKnown({ place, lines }: NonNullable<LookOptions['known']>): string {
  return `case $PWD in\n    */${place})\n      ${[...lines, 'return 0 ;;'].join('\n      ')}\n  esac`;
}

/** What a link leads out to is nobody's to look at: whether it can be seen says nothing of CVMFS. */
const leadsOut = (root: string) => `jcds_text=$(readlink "$jcds_top/$jcds_entry")
  case $jcds_text in
    "/cvmfs/$jcds_repository"/* | "${root}/$jcds_repository"/* | [!/]* | '') ;;
    *) jcds_result=escapes && return ;;
  esac`;

const SEE_DEAF = "[ -e .singularity.d/env/99-base.sh ] || [ ! -d .singularity.d/env ] || jcds_prefix=''";

/** A pattern that only this name matches: what it finds is what the listing above it says. */
function asPattern(name: string): string {
  return name.replace(/.$/, '[$&]');
}
