import { JcdsError } from '../errors.ts';
import { quoteWord } from '../launch/quote.ts';
import { ROOTS_STORE } from '../runtimes/engine-files.ts';
import { failLine, TEXT } from './failures.ts';
import { part } from './part.ts';
import type { ScriptOptions } from './script-options.ts';
import OWN_DIRECTORIES from './shell/own-directories.sh';
import OWN_PLACES from './shell/own-places.sh';

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

/** Defines jcds_hold SOURCE PLACE, which is to follow each bind that a job can write to. */
export function ownDirectories(): string {
  return part(OWN_DIRECTORIES, {
    ROOTS: ROOTS_STORE,
    OWN: failLine(new OwnDirectoryError(TEXT), '        ', '$1'),
  });
}

/** Lines that find where they are. The home whose they are is the job's, unless that is another; the store of a local copy may be another than the usual one. */
export function ownPlaces({ home, contain, homeless, image }: ScriptOptions): string[] {
  const STORE_TOO = image.isLocal === true ? ' "$jcds_stores/$jcds_repository"' : '';
  const isJobs = home === 'own' && !contain && homeless === 'account';
  return [
    ...(isJobs ? ['jcds_account=$jcds_home'] : ACCOUNT),
    ...part(OWN_PLACES, { ROOTS: ROOTS_STORE, STORE_TOO }).split('\n'),
  ];
}

/** A home that is none gives way to the account's, which is shown then. */
const ACCOUNT = [
  'jcds_account=${HOME-}',
  '[ -d "$jcds_account/" ] && [ "${jcds_account#/}" != "$jcds_account" ] ||',
  '  jcds_account=$(jcds_run getent passwd "$(jcds_run id -u)" | jcds_run cut -d: -f6)',
];

/** @param showsCwd whether the runtime shows the caller's directory by itself, over what was bound in it */
export function holdOwnDirectories({ contain, binds, home }: ScriptOptions, showsCwd: boolean): string[] {
  return [
    ...(typeof home === 'object' || (home === 'own' && !contain)
      ? ['[ -z "$jcds_shown" ] || [ "$jcds_home" = / ] || jcds_hold "$jcds_shown" "$jcds_home"']
      : []),
    ...(contain
      ? []
      : [
          'case $jcds_home:$jcds_here/ in',
          `  *:/ | *:// | ${typeof home === 'object' ? '"$jcds_home:$jcds_home/" | ' : ''}"$jcds_shown:$jcds_shown"/*) ;; # shown with the home`,
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
  'case $jcds_newline$jcds_settings$jcds_others in',
  '  *"$jcds_newline$jcds_at"/*) jcds_own "$jcds_here" "$jcds_here" ;;',
  'esac',
];
