import { JcdsError } from '../errors.ts';
import { Secret } from '../secret.ts';
import { isExempt } from './no-proxy.ts';
import { isThisHost } from './this-host.ts';

/** The environment as strings, as Context has it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A variable that names no proxy that can be used. Its value may hold a password, so only its scheme is shown. */
export class ProxySettingError extends JcdsError {
  constructor(variable: string, problem: string) {
    super({
      code: 'INVALID_PROXY',
      message: `the environment variable ${variable} ${problem}`,
      hint: `set it to http://HOST:PORT or https://HOST:PORT, unset it, or name the hosts that need no proxy in no_proxy`,
    });
  }
}

/**
 * The proxy that the environment names for an address, with its user name and password, or null to go there directly. As curl has
 * it: the variable of the scheme goes before `all_proxy`, lower case before upper case, an empty one counts as unset, `HOST:PORT`
 * means http, and `no_proxy` names the hosts that need none. This host itself is never asked through a proxy, which would see what
 * is meant for this host alone. Only a variable that decides is read. Throws ProxySettingError.
 */
export function proxyFor(url: URL, environment: Environment): URL | null {
  if (isThisHost(url.hostname) || isExempt(url, variableFor(environment, 'no_proxy')?.value ?? ''))
    return null;
  const own = url.protocol === 'https:' ? 'https_proxy' : 'http_proxy';
  const found = variableFor(environment, own) ?? variableFor(environment, 'all_proxy');
  return found && readVariable(found.variable, found.value);
}

function variableFor(environment: Environment, name: string): { variable: string; value: string } | null {
  for (const variable of [name, name.toUpperCase()]) {
    const value = environment[variable]?.trim() ?? '';
    if (value !== '') return { variable, value };
  }
  return null;
}

function readVariable(variable: string, value: string): URL {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(value)?.[1]?.toLowerCase() ?? 'http';
  if (scheme.startsWith('socks'))
    throw new ProxySettingError(variable, `names a ${scheme}:// proxy, which jcds does not speak`);
  const url = proxyAddress(value);
  if (url === null) throw new ProxySettingError(variable, 'does not hold the address of a proxy');
  return url;
}

/** The address of a proxy as people write it, `HOST:PORT` by http; null for what is none, or holds a `%` that stands for nothing. */
export function proxyAddress(text: string): URL | null {
  const whole = text.includes('://') ? text : `http://${text}`;
  const url = /\s|\p{Cc}/u.test(whole) || !URL.canParse(whole) ? null : new URL(whole);
  if (url === null || !/^https?:$/.test(url.protocol)) return null;
  return isDecodable(url.username + url.password) ? url : null;
}

function isDecodable(text: string): boolean {
  try {
    return decodeURIComponent(text) !== null;
  } catch {
    return false;
  }
}

/** The value of Proxy-Authorization for a proxy, or null where its address holds no user name. */
export function proxyAuthorization({ username, password }: URL): Secret | null {
  if (username === '') return null;
  const words = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return new Secret(`Basic ${Buffer.from(words).toString('base64')}`);
}
