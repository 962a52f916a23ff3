import { JcdsError } from '../errors.ts';
import { quoteWord } from '../launch/quote.ts';
import { ROOTS_STORE } from '../runtimes/engine-files.ts';
import { failLine, TEXT } from './failures.ts';
import { part } from './part.ts';
import type { ScriptOptions } from './script-options.ts';
import OWN_DIRECTORIES from './shell/own-directories.sh';

/** A line before anything is unset: where jcds' own directories and its tokens are said to be. */
export const SAID_OWN_DIRECTORIES =
  'jcds_config=${XDG_CONFIG_HOME-} jcds_cache=${XDG_CACHE_HOME-}\njcds_tokens=${JCDS_TOKEN_FILE-} jcds_store=${XDG_DATA_HOME-}';

/** The job would see a directory of jcds' own by itself, which `jcds exec` shows read-only. */
class OwnDirectoryError extends JcdsError {
  constructor(path: string) {
    super({
      code: 'OWN_DIRECTORY',
      message: `a script cannot show jcds' own directory: ${path}`,
      hint: 'jcds exec can, or start in another directory',
    });
  }
}

/** Defines jcds_hold SOURCE PLACE, which is to follow each bind that a job can write to. The store of a local copy may be another than the usual one. */
export function ownDirectories({ image }: Pick<ScriptOptions, 'image'>): string[] {
  const isLocal = image.isLocal === true;
  const values = {
    OWN: failLine(new OwnDirectoryError(TEXT), '      ', '$1'),
    ROOTS: ROOTS_STORE,
    STORE_TOO: isLocal ? ' "$jcds_store_too"' : '',
    REAL_STORE: isLocal ? 'jcds_real "$jcds_stores/$jcds_repository"; jcds_store_too=$jcds_at' : '',
  };
  return part(OWN_DIRECTORIES, values).split('\n');
}

/** @param showsCwd whether the runtime shows the caller's directory by itself, over what was bound in it */
export function holdOwnDirectories({ contain, binds, home }: ScriptOptions, showsCwd: boolean): string[] {
  return [
    ...(typeof home === 'object' || (home === 'own' && !contain)
      ? ['[ -z "$jcds_shown" ] || jcds_hold "$jcds_shown" "$jcds_home"']
      : []),
    ...(contain
      ? []
      : [
          'case $jcds_home:$jcds_here/ in',
          '  *:/ | *:// | "$jcds_shown:$jcds_shown"/*) ;; # shown with the home',
          '  *)',
          ...(showsCwd ? CWD_BEFORE.map(line => `    ${line}`) : []),
          '    jcds_hold "$jcds_here" "$jcds_here"',
          '    ;;',
          'esac',
          'jcds_hold /tmp /tmp',
          'jcds_hold /var/tmp /var/tmp',
        ]),
    ...binds.map(
      ({ source, destination, mode }) =>
        `jcds_hold ${quoteWord(source)} ${quoteWord(destination)}${mode === 'ro' ? ' ro' : ''}`,
    ),
  ];
}

/** Apptainer shows the caller's directory after all binds, unless it is bound. */
const CWD_BEFORE = [
  'jcds_real "$jcds_here"',
  'case $jcds_config:$jcds_cache:$jcds_tokens:$jcds_lib:$jcds_store in',
  '  "$jcds_at"/* | *:"$jcds_at"/*) jcds_own "$jcds_here" "$jcds_here" ;;',
  'esac',
];
