import { isJcdsError, type JcdsError } from '../errors.ts';
import type { Wishlist } from '../repositories/index.ts';
import { normaliseHost } from '../requests/token-variable.ts';
import { NoTokenError, type TokenSource } from '../requests/tokens.ts';
import { type AskingContext, connectService, tokenOptions } from './service.ts';

/** What is known of the token for one forge; never the token itself. */
export interface TokenStanding {
  readonly host: string;
  readonly kind: Wishlist['forge'];
  readonly source: TokenSource | null;
  /** The file, variable or program it comes from. */
  readonly where: string | null;
  readonly user: string | null;
  /** null: not told, or not asked. */
  readonly scopes: readonly string[] | null;
  readonly expires: string | null;
  /** Why it cannot be used, or could not be tried. */
  readonly error: JcdsError | null;
}

/** Finds the token of a forge and, where the network may be used, asks the forge about it. */
export async function tokenStanding(
  forge: Pick<Wishlist, 'forge' | 'host'>,
  network: boolean,
  context: AskingContext,
): Promise<TokenStanding> {
  const nothing = {
    ...{ host: normaliseHost(forge.host), kind: forge.forge, source: null, where: null },
    ...{ user: null, scopes: null, expires: null, error: null },
  };
  let found: TokenStanding = nothing;
  try {
    const connected = await connectService(forge, context);
    if (connected.token === null) throw new NoTokenError(tokenOptions(forge, context));
    found = { ...nothing, source: connected.token.source, where: connected.token.where };
    const account = network ? await connected.forge.account() : null;
    return account === null
      ? found
      : { ...found, user: account.name, scopes: account.scopes, expires: account.expires };
  } catch (thrown) {
    if (!isJcdsError(thrown)) throw thrown;
    return { ...found, error: thrown };
  }
}
