import { EXIT, JcdsError } from '../errors.ts';

/** The environment as strings, as Context has it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The proxies for each scheme (empty: none) and the hosts that are reached without. */
export interface ProxySettings {
  readonly httpProxy: string;
  readonly httpsProxy: string;
  readonly noProxy: string;
}

/** A proxy variable that holds no address. Its value may hold a password: only the name is shown. */
export class ProxySettingError extends JcdsError {
  constructor(name: string) {
    super({
      code: 'INVALID_PROXY',
      message: `the environment variable ${name} does not hold the address of a proxy`,
      hint: `set it to http://HOST:PORT, or unset it`,
      exitCode: EXIT.usage,
    });
  }
}

/**
 * The proxy variables as curl, docker and podman read them: lower case before upper case, `HOST:PORT` means http,
 * `https_proxy` serves https alone. Throws ProxySettingError.
 */
export function proxySettings(environment: Environment): ProxySettings {
  return {
    httpProxy: proxy(environment, 'http_proxy'),
    httpsProxy: proxy(environment, 'https_proxy'),
    noProxy: environment.no_proxy ?? environment.NO_PROXY ?? '',
  };
}

function proxy(environment: Environment, name: string): string {
  const used = environment[name] === undefined ? name.toUpperCase() : name;
  const value = environment[used]?.trim() ?? '';
  if (value === '') return '';
  const text = value.includes('://') ? value : `http://${value}`;
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) throw new ProxySettingError(used);
  return text;
}
