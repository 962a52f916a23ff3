import { accessSync, constants, existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Context } from '../context.ts';
import { shellQuote } from '../shell-quote.ts';
import type { Answer, BashAnswer, ZshAnswer } from './ask-shell.ts';
import type { ShellName } from './script-files.ts';

/** Where a shell's script goes. */
export interface Place {
  readonly file: string;
  /** Whether a new shell finds it there by itself; `absent` and `silent`: the shell could not say. */
  readonly found: boolean | 'absent' | 'silent';
  /** What makes a new shell find it: lines at the end of a start-up file. null: nothing is ever needed. */
  readonly startUp: { readonly file: string; readonly lines: readonly string[] } | null;
}

type PlaceContext = Pick<Context, 'environment' | 'home'>;

/** `$XDG_DATA_HOME`; a relative one counts as unset (XDG). */
export function dataDirectory({ environment, home }: PlaceContext): string {
  const data = environment.XDG_DATA_HOME;
  return data?.startsWith('/') ? data : join(home, '.local/share');
}

/** bash-completion loads `completions/jcds` by its name; without it the script has to be read by ~/.bashrc. */
export function bashPlace(context: PlaceContext, answer: Answer<BashAnswer>): Place {
  const own = context.environment.BASH_COMPLETION_USER_DIR;
  const base = own?.startsWith('/') ? own : join(dataDirectory(context), 'bash-completion');
  const file = join(base, 'completions/jcds');
  return {
    file,
    found: typeof answer === 'string' ? answer : answer.loadsByName,
    startUp: {
      file: join(context.home, '.bashrc'),
      lines: [`[ ! -r ${shellQuote(file)} ] || . ${shellQuote(file)}`],
    },
  };
}

/**
 * zsh finds `_jcds` in a directory of its fpath once compinit has run. Other programs' directories in it are left to
 * them: only one below the home directory that is there for completion is used.
 */
export function zshPlace(context: PlaceContext, answer: Answer<ZshAnswer>): Place {
  const facts = typeof answer === 'string' ? null : answer;
  const usual = join(dataDirectory(context), 'zsh/site-functions');
  const path = facts?.functionPath ?? [];
  const used = path.includes(usual)
    ? usual
    : path.find(directory => isForCompletion(directory, context.home));
  const directory = used ?? usual;
  return {
    file: join(directory, '_jcds'),
    found: typeof answer === 'string' ? answer : used !== undefined && answer.hasCompletion,
    startUp: {
      file: join(facts?.dotDirectory ?? context.home, '.zshrc'),
      lines: [
        `fpath=(${shellQuote(directory)} $fpath)`,
        'if (( $+functions[compdef] )); then autoload -Uz _jcds && compdef _jcds jcds',
        'else autoload -Uz compinit && compinit -i; fi',
      ],
    },
  };
}

/** fish looks there by itself. */
export function fishPlace(context: PlaceContext): Place {
  return {
    file: join(dataDirectory(context), 'fish/vendor_completions.d/jcds.fish'),
    found: true,
    startUp: null,
  };
}

/** Whether this user works with a shell: it is the login shell, it has started jcds, or it has a start-up file. */
export function isInUse(
  shell: ShellName,
  place: Place,
  context: PlaceContext,
  parent: string | null,
): boolean {
  const { SHELL = '' } = context.environment;
  return (
    basename(SHELL) === shell ||
    parent === shell ||
    (place.startUp !== null && existsSync(place.startUp.file))
  );
}

function isForCompletion(directory: string, home: string): boolean {
  if (!directory.startsWith(`${home}/`) || !/\/(?:site-functions|completions)$/.test(directory)) return false;
  try {
    accessSync(directory, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
