import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { type Handler, type Heard, reply } from './server.ts';

/** A user of the token server, and the repositories that it may read beside the public ones. */
export interface Account {
  readonly password: string;
  readonly identityToken?: string;
  readonly may: readonly string[];
}

export interface TokenServerOptions {
  readonly service: string;
  readonly issuer: string;
  readonly accounts: Readonly<Record<string, Account>>;
  readonly isPublic: (repository: string) => boolean;
  /** Signs tokens that a real registry accepts; without it they are plain words. */
  readonly privateKey?: string;
  /** Seconds; absent from the answer when null. */
  readonly lifetime?: number | null;
}

/**
 * The token server of the distribution specification: GET with Basic or anonymous, POST with a refresh token. A token
 * names what it is good for, so that tests can read it: `user|repository:a/b:pull`.
 */
export function tokenServer(options: TokenServerOptions): Handler {
  return (heard, response) => {
    const url = new URL(heard.url, 'http://token.test');
    const fields = heard.method === 'POST' ? new URLSearchParams(heard.body) : url.searchParams;
    const user = whoAsks(options, heard, fields);
    if (user === null) return reply(response, 401, { errors: [{ code: 'UNAUTHORIZED' }] });
    const asked = fields.getAll('scope').flatMap(scope => scope.split(' '));
    const granted = asked.filter(scope => isGranted(options, user, scope));
    const token =
      options.privateKey === undefined
        ? `${user}|${granted.join(',')}`
        : jwt(options, options.privateKey, user, granted);
    const lifetime = options.lifetime === undefined ? 300 : options.lifetime;
    reply(response, 200, {
      ...(heard.method === 'POST' ? { access_token: token } : { token }),
      ...(lifetime === null ? {} : { expires_in: lifetime }),
    });
  };
}

function whoAsks({ accounts }: TokenServerOptions, heard: Heard, fields: URLSearchParams): string | null {
  if (heard.method === 'POST') {
    const token = fields.get('refresh_token');
    if (fields.get('grant_type') !== 'refresh_token' || token === null) return null;
    return Object.keys(accounts).find(name => accounts[name]?.identityToken === token) ?? null;
  }
  if (heard.authorization === null) return 'everyone';
  const [user = '', password] = Buffer.from(heard.authorization.replace(/^Basic /, ''), 'base64')
    .toString()
    .split(':');
  return accounts[user]?.password === password ? user : null;
}

function isGranted({ accounts, isPublic }: TokenServerOptions, user: string, scope: string): boolean {
  const [type, repository = '', actions] = scope.split(':');
  const all = user === 'pusher';
  return (
    type === 'repository' &&
    (all ||
      (actions === 'pull' && (isPublic(repository) || (accounts[user]?.may.includes(repository) ?? false))))
  );
}

/** A token as docker-registry 2.8 checks it: ES256, the key named by libtrust's fingerprint. */
function jwt(
  options: TokenServerOptions,
  privateKey: string,
  user: string,
  granted: readonly string[],
): string {
  const key = createPrivateKey(privateKey);
  const now = Math.floor(Date.now() / 1000);
  const access = granted.map(scope => {
    const [type, name, actions = ''] = scope.split(':');
    return { type, name, actions: actions.split(',') };
  });
  const claims = {
    iss: options.issuer,
    sub: user,
    aud: options.service,
    exp: now + 300,
    nbf: now - 10,
    iat: now,
    jti: `${user}-${now}`,
    access,
  };
  const head = [{ typ: 'JWT', alg: 'ES256', kid: fingerprint(key) }, claims]
    .map(part => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${head}.${sign('sha256', Buffer.from(head), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

/** libtrust: base32 of the first 240 bits of sha256 over the public key in DER, in groups of four. */
function fingerprint(key: KeyObject): string {
  const der = createPublicKey(key).export({ type: 'spki', format: 'der' });
  const bits = [...createHash('sha256').update(der).digest().subarray(0, 30)]
    .map(byte => byte.toString(2).padStart(8, '0'))
    .join('');
  const letters = bits
    .match(/.{5}/g)!
    .map(five => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[Number.parseInt(five, 2)]);
  return letters.join('').match(/.{4}/g)!.join(':');
}
