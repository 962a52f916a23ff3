import { BindSourceError } from '../job/binds.ts';
import { quoteWord } from '../launch/quote.ts';
import { failLine } from './failures.ts';
import { OF_IMAGE } from './places-script.ts';
import type { ScriptOptions } from './script-options.ts';

/**
 * jcds_own: one of jcds' own binds, unless something else was asked for at its place or its source is not there.
 * jcds_own_above: makes those that PLACE is below (of \`/\`: all that are left), so that each comes before what is below it.
 */
export function ownBinds({ binds }: Pick<ScriptOptions, 'binds'>): string {
  const asked = binds.map(({ destination }) => quoteWord(destination));
  if (asked.length === 0)
    return `jcds_own() { # SOURCE PLACE [,ro]
  ! [ -e "$1" ] || jcds_bind "$@"
}`;
  return `jcds_owned=0
jcds_own() { # SOURCE PLACE [,ro]
  [ -e "$1" ] || return 0
  case $2 in
    ${asked.join(' | ')}) return 0 ;;
  esac
  jcds_owned=$((jcds_owned + 1))
  eval "jcds_source_$jcds_owned=\\$1 jcds_place_$jcds_owned=\\$2 jcds_mode_$jcds_owned=\\\${3-}"
}
jcds_own_above() { # PLACE
  jcds_number=0
  while [ "$jcds_number" -lt "$jcds_owned" ]; do
    jcds_number=$((jcds_number + 1))
    eval "jcds_source=\\$jcds_source_$jcds_number jcds_place=\\$jcds_place_$jcds_number jcds_mode=\\$jcds_mode_$jcds_number"
    case $1:$jcds_source in
      *:) continue ;;
      /:* | "$jcds_place"/*)
        jcds_bind "$jcds_source" "$jcds_place" "$jcds_mode"
        eval "jcds_source_$jcds_number=''"
        ;;
    esac
  done
}`;
}

/**
 * @param showsCwd whether the runtime shows the working directory by itself
 * @param opens whether places below a read-only bind must be made before it is read-only
 *
 * jcds' own binds (src/job/binds.ts) and those that were asked for, each after the ones that it is below. A bind of jcds'
 * own waits until one comes that is below it.
 */
export function bindLines(
  { binds, contain, home, workdir, shown }: ScriptOptions,
  { showsCwd, opens }: { readonly showsCwd: boolean; readonly opens: boolean },
): string[] {
  const asked = binds.flatMap(({ source, destination, mode, origin }) => {
    // What is shown below a read-only bind is put into it first.
    const isOpen = opens && binds.some(other => other.destination.startsWith(`${destination}/`));
    const words = `${quoteWord(source)} ${quoteWord(destination)}${mode === 'rw' ? '' : isOpen ? ' ,open' : ' ,ro'}`;
    const missing = failLine(new BindSourceError(source, 'does not exist'));
    const look = `[ -e ${quoteWord(source)} ]`;
    return [
      `jcds_own_above ${quoteWord(destination)}`,
      origin === 'user' ? `${look} || ${missing}` : '',
      origin === 'user' ? `jcds_bind ${words}` : `! ${look} || jcds_bind ${words}`,
    ].filter(line => line !== '');
  });
  return [
    "jcds_is_shown=''",
    ...(contain
      ? []
      : // Apptainer shows its own --pwd by itself, and knows better where it must not.
        showsCwd && workdir === null
        ? []
        : [
            'case $jcds_here in',
            `  "" | / | ${OF_IMAGE}${showsCwd ? ' | "$jcds_cwd"' : ''}) ;;`,
            ...(typeof home === 'object' && home.path !== home.source
              ? []
              : [
                  '  "${jcds_shown:-//}" | "${jcds_shown:-//}"/*) ;; # shown with it',
                  '  "$jcds_home" | "$jcds_home"/*) jcds_own "$jcds_here" "$jcds_here" ;; # an empty home is laid over it',
                ]),
            '  /tmp | /tmp/* | /var/tmp | /var/tmp/*) ;;',
            '  *) jcds_own "$jcds_here" "$jcds_here" ;;',
            'esac',
          ]),
    'jcds_own "$jcds_root" /cvmfs',
    '[ "$jcds_root" = /cvmfs ] || jcds_own "$jcds_root" "$jcds_root"',
    ...shown.flatMap(variable => [
      `case \${${variable}-} in`,
      ...seenAnyway(contain),
      `  /*) jcds_own "$${variable}" "$${variable}" ;;`,
      'esac',
    ]),
    'jcds_file=${KRB5CCNAME-}',
    'jcds_file=${jcds_file#FILE:}',
    'for jcds_item in "${jcds_file#DIR:}" "${X509_USER_PROXY-}" "${BEARER_TOKEN_FILE-}" "${XAUTHORITY-}"; do',
    '  case $jcds_item in',
    ...seenAnyway(contain).map(line => `  ${line}`),
    '    /*) jcds_own "$jcds_item" "$jcds_item" ,ro ;;',
    '  esac',
    'done',
    ...(contain ? ['[ -z "${DISPLAY+set}" ] || jcds_own /tmp/.X11-unix /tmp/.X11-unix ,ro'] : []),
    '[ -z "$jcds_gpu" ] || jcds_own /etc/OpenCL/vendors /etc/OpenCL/vendors ,ro',
    ...asked,
    ...(asked.length === 0 ? [] : ['jcds_own_above /']),
  ];
}

/** What is below a directory that is shown needs no bind of its own. */
function seenAnyway(contain: boolean): string[] {
  return contain
    ? []
    : [
        '  "$jcds_shown" | "${jcds_shown:-/tmp}"/* | "$jcds_here" | "${jcds_here:-/tmp}"/*) ;;',
        '  /tmp/* | /var/tmp/*) ;;',
      ];
}
