import type { Secret } from '../secret.ts';

/**
 * What a user proves to a registry. `password`: name and password (or access token) for Basic or for a token server;
 * `identity`: a refresh token for a token server; `bearer`: a token for the registry itself.
 * `source` says in words where it was found and never holds a value.
 */
export type Credential =
  | {
      readonly kind: 'password';
      readonly username: string;
      readonly password: Secret;
      readonly source: string;
    }
  | { readonly kind: 'identity'; readonly token: Secret; readonly source: string }
  | { readonly kind: 'bearer'; readonly token: Secret; readonly source: string };

/** Finds the credential for a repository of a registry, or null. May run a helper, not beyond the signal. */
export type FindCredential = (
  registry: string,
  repository: string,
  signal?: AbortSignal,
) => Promise<Credential | null>;

/** The value of a Basic Authorization header (RFC 7617, UTF-8). */
export function basic(username: string, password: Secret): string {
  return `Basic ${Buffer.from(`${username}:${password.reveal()}`).toString('base64')}`;
}
