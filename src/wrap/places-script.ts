import { OF_THE_IMAGE } from '../job/binds.ts';
import { quoteWord } from '../launch/quote.ts';
import { HomeNotPossibleError } from '../runtimes/apptainer.ts';
import { failLine, TEXT } from './failures.ts';
import { part, patterns } from './part.ts';
import type { ScriptOptions } from './script-options.ts';
import FIND_HOME from './shell/find-home.sh';
import LINKED from './shell/linked-directory.sh';

/** Directories that are the image's, as a pattern of `case`. */
export const OF_IMAGE = patterns(
  [...OF_THE_IMAGE].filter(path => path !== '/'),
  '  ',
);

/** jcds_home and jcds_shown (where the host has it), jcds_here, jcds_cwd: as src/job/home.ts and workdir.ts decide them. */
export function placeLines({ home, homeless, contain, workdir }: ScriptOptions): string[] {
  const here = ['case ${PWD-} in', '  /*) jcds_here=$PWD ;;', "  *) jcds_here='' ;;", 'esac'];
  const cwd = workdir === null ? CWD : [`jcds_cwd=${quoteWord(workdir)}`];
  if (typeof home === 'object') {
    const gone = `--home ${JSON.stringify(home.source)}: ${JSON.stringify(home.source)} is not a directory`;
    return [
      ...here,
      `jcds_home=${quoteWord(home.path)} jcds_shown=${quoteWord(home.source)}`,
      `[ -d "$jcds_shown" ] || jcds_fail 125 USAGE \\`,
      `  ${quoteWord(gone)} ''`,
      ...cwd,
    ];
  }
  const shown =
    home === 'none' || contain
      ? ["jcds_shown=''"]
      : [
          ...(homeless === 'account' ? ACCOUNT_HOME : []),
          'if [ -d "$jcds_home" ]; then jcds_shown=$jcds_home; else jcds_shown=\'\'; fi',
        ];
  return [
    ...here,
    ...(homeless === 'account'
      ? [...part(FIND_HOME).split('\n'), 'jcds_home=${HOME:-}', '[ -n "$jcds_home" ] || jcds_find_home']
      : [`jcds_home=\${HOME:-\${${homeless.variable}:-/}}`]),
    ...shown,
    ...(contain ? [] : part(LINKED).split('\n')),
    ...cwd,
  ];
}

/** A HOME that names no directory does not count where the account has one. */
const ACCOUNT_HOME = [
  'if ! [ -d "$jcds_home" ]; then',
  '  jcds_text=$jcds_home',
  '  jcds_find_home',
  '  [ -d "$jcds_home" ] && [ "$jcds_home" != / ] || jcds_home=$jcds_text',
  'fi',
];

/** The caller's directory where that is the same one inside. */
const CWD = [
  'jcds_fallback=${jcds_home%"${jcds_home##*[!/]}"}',
  'jcds_fallback=${jcds_fallback:-/}',
  'jcds_cwd=${jcds_here:-$jcds_fallback}',
  'case $jcds_cwd in',
  `  ${OF_IMAGE})`,
  '    [ "$jcds_result" = file ] || [ -e "$jcds_target$jcds_cwd" ] || [ -h "$jcds_target$jcds_cwd" ] ||',
  '      jcds_cwd=$jcds_fallback',
  '    ;;',
  'esac',
];

/** For --contain, once all binds are known. */
export const CONTAINED_CWD = [
  'case $jcds_here in',
  `  / | ${OF_IMAGE}) ;;`,
  '  *) [ -n "$jcds_is_shown" ] || jcds_cwd=$jcds_fallback ;;',
  'esac',
];

/** `--home` splits at colons: a source with one is bound over an empty home. Nothing is ever at /proc/0/home. */
export const HOME_OPTIONS = [
  'case $jcds_home:$jcds_shown in',
  '  /:*) jcds_option --home / ;;',
  '  *:*:*)',
  '    jcds_text=$jcds_home',
  `    ${failLine(new HomeNotPossibleError(TEXT))}`,
  '    ;;',
  '  "$jcds_shown:$jcds_home") jcds_option --home "$jcds_home" ;;',
  '  *) jcds_option --home "${jcds_shown:-/proc/0/home}:$jcds_home" ;;',
  'esac',
];
