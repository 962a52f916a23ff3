import { settingsOf } from '../configuration/from-options.ts';
import { loadConfiguration } from '../configuration/load.ts';
import type { Context } from '../context.ts';
import { EXIT, exitCodeFor } from '../errors.ts';
import { printError, speaker } from '../output/console.ts';
import { jsonLine } from '../output/json.ts';
import { safeLines } from '../output/safe-text.ts';
import { forgesOf, NoWishlistError } from '../publication-requests/service.ts';
import { worstCode } from '../publication-requests/show.ts';
import { type TokenStanding, tokenStanding } from '../publication-requests/token-standing.ts';
import { SCHEMA_VERSION } from '../schema-version.ts';
import { type CommandDeclaration, exit, flag } from './command.ts';
import { JSON_OPTION } from './common-options.ts';

/** `jcds auth status`: which token is used, and what it may do. Never the token. */
export const authCommands: readonly CommandDeclaration[] = [
  {
    group: 'auth',
    name: 'status',
    summary: 'Say which token is used for a forge, and what it may do',
    description:
      'Tells for each forge that requests go to (or for HOST) where its token comes from, whose it is, its scopes and when it expires; without one, how to give one. The token itself is never printed. Ends with 0 when each can open requests, with 1 when one cannot, with 75 when a server could not be asked.',
    arguments: [{ name: 'host', description: 'a forge, such as git.jinr.ru', optional: true }],
    options: [{ ...JSON_OPTION, description: 'print one JSON object a line for each forge' }],
    async action(call, context) {
      const say = speaker(call.options, context);
      const { settings, notes } = loadConfiguration(context, settingsOf(call.options));
      for (const note of notes) say.warn(note);
      const forges = forgesOf(settings, call.arguments[0]);
      if (forges.length === 0) throw new NoWishlistError(settings.repositories);
      const codes: number[] = [];
      for (const forge of forges) {
        const standing = await tokenStanding(forge, settings.network, context);
        show(standing, flag(call, 'json'), context);
        codes.push(codeOf(standing));
      }
      return exit(worstCode(codes));
    },
  },
];

function show(standing: TokenStanding, json: boolean, context: Context): void {
  const { host, error, where, user, scopes, expires } = standing;
  if (json) {
    const told = error && { code: error.code, message: error.message, hint: error.hint ?? null };
    context.stdout.write(jsonLine({ schemaVersion: SCHEMA_VERSION, ...standing, error: told }));
    return;
  }
  if (where !== null) {
    const facts = [
      `the token of ${where}`,
      ...(user === null ? [] : [`of ${user}`]),
      ...(user === null
        ? []
        : [scopes === null ? 'its scopes are not told' : `scopes: ${scopes.join(', ')}`]),
      ...(user === null ? [] : [expires === null ? 'no expiry told' : `expires ${expires}`]),
    ];
    context.stdout.write(`${safeLines(`${host}: ${facts.join(', ')}`)}\n`);
  }
  if (error !== null) printError(context, error, false);
}

function codeOf({ error }: TokenStanding): number {
  return error === null ? EXIT.ok : exitCodeFor(error, false);
}
