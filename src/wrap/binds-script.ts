import { JcdsError } from '../errors.ts';
import { BindSourceError } from '../job/binds.ts';
import { quoteWord } from '../launch/quote.ts';
import { ruleFor } from '../runtimes/environment-policy.ts';
import { failLine, TEXT } from './failures.ts';
import { holdOwnDirectories } from './own-directories-script.ts';
import { part } from './part.ts';
import { OF_IMAGE } from './places-script.ts';
import type { ScriptOptions, WishedBind } from './script-options.ts';
import FOLLOW from './shell/links-of-others.sh';
import { siteBinds } from './site-script.ts';

/** What the script for a runtime does about binds. */
export interface BindWays {
  /** Whether it shows the working directory by itself. */
  readonly showsCwd: boolean;
  /** What a bind is for the runtime: what jcds_bind takes behind the place. */
  word(bind: WishedBind): string;
}

/** Defines jcds_follow FILE, where a script follows links. */
export function followLinks(requested: ScriptOptions): string[] {
  if (!needsFollow(requested)) return [];
  return [part(FOLLOW, { FOREIGN: failLine(new ForeignLinkError(TEXT), '      ', '$jcds_rest') })];
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
    ...(requested.workdir === null || contain ? [] : LINKED_WORKDIR),
    ...siteBinds(),
    ...holdOwnDirectories(requested, ways.showsCwd),
    ...(contain && ruleFor('DISPLAY')[requested.policy] !== 'image'
      ? [
          'if [ -n "${DISPLAY+set}" ]; then',
          '  jcds_follow /tmp/.X11-unix',
          '  jcds_own "$jcds_at" /tmp/.X11-unix ro',
          'fi',
        ]
      : []),
    ...(gpu === 'none' ? [] : ['[ -z "$jcds_gpu" ] || jcds_own /etc/OpenCL/vendors /etc/OpenCL/vendors ro']),
    ...requested.binds.flatMap(bind => askedLines(bind, requested, ways)),
  ];
}

function askedLines(bind: WishedBind, requested: ScriptOptions, { word }: BindWays): string[] {
  const { contain, workdir } = requested;
  const { source, destination, origin } = bind;
  const place = quoteWord(destination);
  const look = `[ -e ${quoteWord(source)} ]`;
  const made = `jcds_bind ${place} \\\n  ${quoteWord(word(bind))}`;
  return [
    ...(origin === 'user'
      ? [`${look} ||\n  ${failLine(new BindSourceError(source, 'does not exist'), '  ')}`, made]
      : [`! ${look} || ${made}`]),
    ...(contain && workdir === null && source === destination
      ? ['case $jcds_here/ in', `  ${place}/*) jcds_is_shown=1 ;;`, 'esac']
      : []),
  ];
}

/** Apptainer takes what is below /tmp for shown, although an empty home may lie over it. */
const CWD_IN_EMPTY_HOME = [
  'case $jcds_here:$jcds_here in',
  '  "$jcds_home"/*:/tmp/* | "$jcds_home"/*:/var/tmp/*) jcds_own "$jcds_here" "$jcds_here" ;;',
  'esac',
];

/** A directory that was typed and is reached by a link in what is shown: what it leads to is shown where that is. */
const LINKED_WORKDIR = [
  'case $jcds_cwd in',
  '  "${jcds_shown:-/tmp}"/* | /tmp/* | /var/tmp/*)',
  '    jcds_real "$jcds_cwd"',
  '    [ "$jcds_at" = "$jcds_cwd" ] || [ ! -d "$jcds_at" ] || jcds_own "$jcds_at" "$jcds_at"',
  '    ;;',
  'esac',
];

/** Apptainer shows its own --pwd by itself, and knows better where it must not. */
function cwdLines({ home, workdir }: ScriptOptions, { showsCwd }: BindWays): string[] {
  if (showsCwd && workdir === null) return home === 'none' ? CWD_IN_EMPTY_HOME : [];
  const isElsewhere = typeof home === 'object' && home.path !== home.source;
  return [
    'case $jcds_here in',
    `  "" | / | ${OF_IMAGE}) ;;`,
    ...(showsCwd ? ['  "$jcds_cwd") ;;'] : []),
    ...(isElsewhere
      ? ['  "$jcds_home") ;; # the home that was asked for stands there']
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

/** Where the policy leaves no credential to the job, and no display is shown, no link is followed. */
function needsFollow({ policy, contain }: ScriptOptions): boolean {
  return contain || areCredentialsShown(policy);
}

function areCredentialsShown(policy: ScriptOptions['policy']): boolean {
  return ruleFor('X509_USER_PROXY')[policy] !== 'image';
}

/** What the job sees of the host at its own place, whatever was asked for. */
const SEEN_ANYWAY =
  '"$jcds_shown" | "${jcds_shown:-/tmp}"/* | "$jcds_here" | "${jcds_here:-/tmp}"/* | /tmp/* | /var/tmp/*';

/** Those whose variables the policy leaves to the job. What is bound with what is above it stays as it is bound. What a link in a directory that is shown leads to need not be shown with it. */
function credentials({ policy, contain, binds }: ScriptOptions): string[] {
  if (!areCredentialsShown(policy)) return [];
  const bound = binds
    .filter(({ source, destination }) => source === destination)
    .map(({ destination }) => `${quoteWord(destination)} | ${quoteWord(destination)}/*`);
  const seen = [...(contain ? [] : [SEEN_ANYWAY]), ...bound];
  return [
    'jcds_item=${KRB5CCNAME-}',
    '[ "$jcds_item" = "${jcds_item#DIR::}" ] || jcds_item=${jcds_item%/*}',
    'jcds_item=${jcds_item#"${jcds_item%%/*}"} # from the first slash on',
    'for jcds_item in "$jcds_item" "${X509_USER_PROXY-}" "${BEARER_TOKEN_FILE-}" "${XAUTHORITY-}"; do',
    '  case $jcds_item in',
    ...(seen.length === 0
      ? []
      : [
          `    ${seen.join(' | \\\n      ')})`,
          '      [ -h "$jcds_item" ] || continue',
          '      jcds_follow "$jcds_item"',
          '      jcds_own "$jcds_at" "$jcds_at" ro',
          '      ;;',
        ]),
    '    /*)',
    '      jcds_follow "$jcds_item"',
    '      jcds_own "$jcds_at" "$jcds_item" ro',
    '      ;;',
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

/** A link of another user leads to a file that a variable names. */
class ForeignLinkError extends JcdsError {
  constructor(link: string) {
    super({
      code: 'FOREIGN_LINK',
      message: `a script follows no link of another user: ${link}`,
      hint: 'jcds exec leaves out what it leads to; name files by paths of your own',
    });
  }
}
