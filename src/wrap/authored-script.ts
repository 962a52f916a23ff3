import { ENVIRONMENT_RULES } from '../runtimes/environment-policy.ts';
import { UNSTEADY } from './environment-script.ts';
import { inside, patterns } from './part.ts';
import AUTHORED from './shell/authored.sh';

/** Lines about each variable of the environment: they gather in jcds_authored what the job's author wrote. */
export function gatherAuthored(isAuthored: boolean): string[] {
  if (!isAuthored) return [];
  const names = (all: readonly string[]) => patterns(all, '      ');
  return [inside(AUTHORED, '  ', { UNSTEADY: names(UNSTEADY), SECRETS: names(ENVIRONMENT_RULES[0]!.names) })];
}

/** Gives them to the job. @param give the script's function for it: NAME VALUE */
export function giveAuthored(isAuthored: boolean, give: string): string[] {
  if (!isAuthored) return [];
  return [
    'for jcds_word in $jcds_authored; do',
    '  jcds_replace "${jcds_word#*=}" "$jcds_one" "$jcds_newline"',
    `  ${give} "\${jcds_word%%=*}" "$jcds_text"`,
    'done',
  ];
}
