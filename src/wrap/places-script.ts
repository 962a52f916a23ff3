import { OF_THE_IMAGE } from '../job/binds.ts';
import { quoteWord } from '../launch/quote.ts';
import { HomeNotPossibleError } from '../runtimes/apptainer-errors.ts';
import { failLine, TEXT } from './failures.ts';
import { part, patterns } from './part.ts';
import type { ScriptOptions } from './script-options.ts';
import FIND_HOME from './shell/find-home.sh';
import LINKED from './shell/linked-directory.sh';

/** Directories that are the image's, as a pattern of `case`. */
export const OF_IMAGE = patterns(
  [...OF_THE_IMAGE].filter(path => path !== '/'),
  '  ',
  5,
);

/** jcds_home and jcds_shown (where the host has it), jcds_here, jcds_cwd: as src/job/home.ts and workdir.ts decide them. */
export function placeLines(requested: ScriptOptions): string[] {
  const { home, homeless, contain, workdir } = requested;
  const cwd = workdir === null ? ownCwd() : [`jcds_cwd=${quoteWord(workdir)}`];
  if (typeof home === 'object') {
    const gone = `--home ${JSON.stringify(home.source)}: ${JSON.stringify(home.source)} is not a directory`;
    return [
      ...HERE,
      `jcds_home=${quoteWord(home.path)} jcds_shown=${quoteWord(home.source)}`,
      `[ -d "$jcds_shown" ] || jcds_fail 125 USAGE \\`,
      `  ${quoteWord(gone)} ''`,
      ...cwd,
    ];
  }
  const isEmpty = home === 'none' || contain;
  return [
    ...HERE,
    ...(homeless === 'account'
      ? part(FIND_HOME, {
          IS_NONE: isEmpty
            ? '[ -z "$jcds_home" ]'
            : '[ "${jcds_home#/}" = "$jcds_home" ] || [ ! -d "$jcds_home" ]',
        }).split('\n')
      : [`jcds_home=\${HOME:-\${${homeless.variable}:-/}}`]),
    "jcds_shown=''",
    ...(isEmpty ? [] : ['[ ! -d "$jcds_home" ] || jcds_shown=$jcds_home']),
    ...(contain ? [] : part(LINKED).split('\n')),
    ...cwd,
  ];
}

/** Where nobody may enter again, or nothing is any more, no job can be. */
const HERE = [
  'jcds_here=${PWD-}',
  '{ [ "${jcds_here#/}" != "$jcds_here" ] && [ -x "$jcds_here/." ]; } || jcds_here=\'\'',
];

/** The caller's directory where that is the same one inside; of one of the image's own decides cwdOfImage. */
function ownCwd(): string[] {
  return [
    'jcds_fallback=${jcds_home%"${jcds_home##*[!/]}"}',
    'jcds_fallback=${jcds_fallback:-/}',
    'jcds_cwd=${jcds_here:-$jcds_fallback}',
  ];
}

/** Lines that read whether the image has a directory that is called like the caller's. */
export function cwdOfImage({ workdir }: ScriptOptions): string[] {
  if (workdir !== null) return [];
  return [
    'case $jcds_cwd in',
    `  ${OF_IMAGE})`,
    '    [ -e "$jcds_target$jcds_cwd" ] || [ -h "$jcds_target$jcds_cwd" ] || jcds_cwd=$jcds_fallback',
    '    ;;',
    'esac',
  ];
}

/** For --contain, once all binds are known. */
export const CONTAINED_CWD = ['[ -n "$jcds_is_shown" ] || jcds_cwd=$jcds_fallback'];

/** `--home` splits at colons: a source with one is bound over an empty home. Nothing is ever at /proc/0/home. */
export const HOME_OPTIONS = [
  'case $jcds_home:$jcds_shown in',
  '  /:*) set -- --home / "$@" ;;',
  '  *:*:*)',
  `    ${failLine(new HomeNotPossibleError(TEXT), '    ', '$jcds_home')} ;;`,
  '  *) set -- --home "${jcds_shown:-/proc/0/home}:$jcds_home" "$@" ;;',
  'esac',
];
