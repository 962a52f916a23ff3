import { JcdsError } from '../errors.ts';
import { BindSourceError } from '../job/binds.ts';
import { quoteWord } from '../launch/quote.ts';
import { ruleFor } from '../runtimes/environment-policy.ts';
import { failLine } from './failures.ts';
import { OF_IMAGE } from './places-script.ts';
import type { ScriptOptions, WishedBind } from './script-options.ts';

/** What the script for a runtime does about binds. */
export interface BindWays {
  /** Whether it shows the working directory by itself. */
  readonly showsCwd: boolean;
  /** What a bind is for the runtime: what jcds_bind takes behind the place. */
  word(bind: WishedBind): string;
}

/**
 * jcds' own binds (src/job/binds.ts), then those that were asked for. A script has jcds_own SOURCE PLACE [ro], which binds what
 * is there, and where something was asked for jcds_bind PLACE WORD.
 */
export function bindLines(requested: ScriptOptions, ways: BindWays): string[] {
  const { contain, shown, gpu } = requested;
  return [
    ...(contain ? ["jcds_is_shown=''"] : cwdLines(requested, ways)),
    ...(contain || typeof requested.home === 'object'
      ? []
      : ['[ -z "$jcds_linked" ] || jcds_own "$jcds_linked" "$jcds_linked"']),
    'jcds_own "$jcds_root" /cvmfs',
    '[ "$jcds_root" = /cvmfs ] || jcds_own "$jcds_root" "$jcds_root"',
    ...shown.flatMap(variable => [
      `case \${${variable}-} in`,
      ...seenAnyway(contain),
      `  /*) jcds_own "$${variable}" "$${variable}" ;;`,
      'esac',
    ]),
    ...credentials(requested),
    // Tokens for forges are no job's: src/job/hidden-files.ts.
    'jcds_item=${JCDS_TOKEN_FILE:-${XDG_CONFIG_HOME:-${HOME-}/.config}/jcds/tokens}',
    'case $jcds_item in',
    '  "${jcds_shown:-//}"/*) [ ! -f "$jcds_item" ] || jcds_own /dev/null "$jcds_home${jcds_item#"$jcds_shown"}" ro ;;',
    'esac',
    ...(contain ? ['[ -z "${DISPLAY+set}" ] || jcds_own /tmp/.X11-unix /tmp/.X11-unix ro'] : []),
    ...(gpu === 'none' ? [] : ['[ -z "$jcds_gpu" ] || jcds_own /etc/OpenCL/vendors /etc/OpenCL/vendors ro']),
    ...requested.binds.flatMap(bind => askedLines(bind, requested, ways)),
  ];
}

function askedLines(bind: WishedBind, { contain, workdir }: ScriptOptions, { word }: BindWays): string[] {
  const { source, destination, origin } = bind;
  const place = quoteWord(destination);
  const look = `[ -e ${quoteWord(source)} ]`;
  const made = `jcds_bind ${place} \\\n  ${quoteWord(word(bind))}`;
  return [
    ...(origin === 'user'
      ? [`${look} ||\n    ${failLine(new BindSourceError(source, 'does not exist'))}`, made]
      : [`! ${look} || ${made}`]),
    ...(contain && workdir === null && source === destination
      ? ['case $jcds_here/ in', `  ${place}/*) jcds_is_shown=1 ;;`, 'esac']
      : []),
  ];
}

/** Apptainer shows its own --pwd by itself, and knows better where it must not. */
function cwdLines({ home, workdir }: ScriptOptions, { showsCwd }: BindWays): string[] {
  if (showsCwd && workdir === null) return [];
  const isElsewhere = typeof home === 'object' && home.path !== home.source;
  return [
    'case $jcds_here in',
    `  "" | / | ${OF_IMAGE}) ;;`,
    ...(showsCwd ? ['  "$jcds_cwd") ;;'] : []),
    ...(isElsewhere
      ? []
      : [
          '  "${jcds_shown:-//}" | "${jcds_shown:-//}"/*) ;; # shown with it',
          '  "$jcds_home" | "$jcds_home"/*) jcds_own "$jcds_here" "$jcds_here" ;; # an empty home is laid over it',
        ]),
    '  /tmp | /tmp/* | /var/tmp | /var/tmp/*) ;;',
    '  *) jcds_own "$jcds_here" "$jcds_here" ;;',
    'esac',
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

/** What a link in a directory that is shown leads to need not be shown with it. */
const LINKED = `)
      [ ! -h "$jcds_item" ] || jcds_file=$(jcds_run readlink -f -- "$jcds_item")
      [ ! -h "$jcds_item" ] || jcds_own "$jcds_file" "$jcds_file" ro
      ;;`;

/** Those whose variables the policy leaves to the job. */
function credentials({ policy, contain }: ScriptOptions): string[] {
  if (ruleFor('X509_USER_PROXY')[policy] === 'image') return [];
  return [
    'jcds_file=${KRB5CCNAME-}',
    'case $jcds_file in',
    '  DIR::*/*) jcds_file=${jcds_file#DIR::} jcds_file=${jcds_file%/*} ;;',
    '  FILE:* | WRFILE:* | DIR:*) jcds_file=${jcds_file#*:} ;;',
    'esac',
    'for jcds_item in "$jcds_file" "${X509_USER_PROXY-}" "${BEARER_TOKEN_FILE-}" "${XAUTHORITY-}"; do',
    '  case $jcds_item in',
    ...seenAnyway(contain).map(line => `  ${line.replace(') ;;', LINKED)}`),
    '    /*) jcds_own "$jcds_item" "$jcds_item" ro ;;',
    '  esac',
    'done',
  ];
}

/** A directory has a name that a script cannot hand to its runtime. */
export class OddNameError extends JcdsError {
  constructor(name: string) {
    super({
      code: 'ODD_NAME',
      message: `a script cannot show a directory of such a name: ${name}`,
      hint: 'jcds exec can',
    });
  }
}
