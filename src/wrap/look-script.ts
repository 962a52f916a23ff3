import { USUAL_SCRIPTS } from '../rootfs/inspect.ts';
import { inside, part } from './part.ts';
import LOOK from './shell/look.sh';
import ALLOWED from './shell/look-allowed.sh';
import FILE from './shell/look-file.sh';
import CHOOSE from './shell/look-layouts.sh';
import ORIGIN from './shell/look-origin.sh';
import NAME_SCRIPTS from './shell/look-scripts.sh';

/** What BASHOPTS of the caller may have changed about patterns. */
export const PLAIN_PATTERNS =
  '[ -z "${BASH_VERSION-}" ] || eval \'shopt -u dotglob failglob nocaseglob nocasematch nullglob\'';

/** What a look is for: it holds nothing that it does not need. */
export interface LookOptions {
  /** `known`: its third argument; `by layout`: one of three; `none`: it looks at the repository alone, which shows it or is empty. */
  readonly entry: 'known' | 'by layout' | 'none';
  /** Whether links may lead into the repositories of its seventh argument. */
  readonly leadsOn: boolean;
  /** Whether an image may be one file. */
  readonly findsFiles: boolean;
  /** Directories of the image that must be seen whole. */
  readonly directories: readonly string[];
  /** Whether it tells where the image was made from. */
  readonly namesOrigin: boolean;
  /** Whether it tells of an image that lost the file by which Apptainer's variables reach a job. */
  readonly tellsDeaf: boolean;
  /** What comes after the answer. */
  readonly ends: 'environment' | 'kill';
  /** Whether it names scripts of the image's own, which only a shell in the image can run. */
  readonly namesScripts: boolean;
}

/**
 * The look at CVMFS of a script that runs without Node.js: what src/cvmfs/ does by a child of jcds' own, in sh. What it is
 * given and prints stands in shell/look.sh.
 */
export function lookScript(options: LookOptions): string {
  const { entry, leadsOn, findsFiles, directories } = options;
  const text = part(LOOK, {
    MORE: `${leadsOn ? ' allowed=$6' : ''}${findsFiles ? ' file=""' : ''}${entry === 'by layout' ? ' layout=""' : ''}`,
    EMPTY: entry === 'none' ? NOT_MOUNTED : 'text="$repository is empty"',
    CHOOSE: chooseEntry(entry),
    FOUND_FILE: findsFiles ? '[ -n "$file" ] || ' : '',
    UNLESS_FILE: findsFiles ? '[ -z "$file" ] && ' : '',
    LEADS_ON: leadsOn ? 'leads_on || return' : 'word=escapes text=$PWD && return',
    FOUND: findsFiles
      ? 'word=${file:+file} text=$PWD$file\n  word=${word:-directory}'
      : 'word=directory text=$PWD',
    ELSEWHERE: leadsOn ? '! is_elsewhere || return 0' : LEADS_OUT,
    FILE: findsFiles ? inside(FILE, '  ') : '',
    DEEP: directories.map(asPattern).join(' '),
    ENDS: ENDS[options.ends],
    FIRST: options.tellsDeaf ? TELL_DEAF : '',
    ALSO: [
      ...(options.namesOrigin ? [inside(ORIGIN, '  ')] : []),
      ...(options.namesScripts
        ? [inside(NAME_SCRIPTS, '  ', { USUAL: [...USUAL_SCRIPTS].join(' | ') })]
        : []),
    ].join('\n  '),
    LAYOUT: entry === 'by layout' ? '$layout' : '',
  });
  return leadsOn ? text.replace('look() {', `${part(ALLOWED)}\nlook() {`) : text;
}

function chooseEntry(entry: LookOptions['entry']): string {
  switch (entry) {
    case 'known':
      return '';
    case 'by layout':
      return inside(CHOOSE, '  ');
    case 'none':
      return 'word=missing text="" && return';
    default:
      return entry satisfies never;
  }
}

/** What a link leads out to is nobody's to look at: whether it can be seen says nothing of CVMFS. */
const LEADS_OUT = `link=$(readlink "$top/$entry")
  case $link in
    "/cvmfs/$name"/* | "$repository"/* | [!/]* | "") ;;
    *) word=escapes text=$link && return ;;
  esac`;

/** What it does with its fourth argument. */
const ENDS: Readonly<Record<LookOptions['ends'], string>> = {
  environment: 'printf "\\1\\r\\n"\nexec tr "\\0\\n" "\\n\\1" <"/proc/$4/environ"',
  kill: 'kill -KILL "$4"',
};

/** A line that no ENV gives. */
const TELL_DEAF = '[ -e .singularity.d/env/99-base.sh ] || [ ! -d .singularity.d/env ] || echo "=-"';

/** A repository may be mounted and have nothing in it. */
const NOT_MOUNTED = `text="$repository is empty, and nothing is mounted on it" &&
      grep -qF " $(cd -P "$repository" && pwd) " /proc/self/mountinfo && word=missing`;

/** A pattern that only this name matches: what it finds is what the listing above it says. */
function asPattern(name: string): string {
  return name.replace(/.$/, '[$&]');
}
