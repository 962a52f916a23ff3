import { EXIT, isJcdsError, JcdsError } from '../errors.ts';

/** Why a server gave no answer. */
export type Silence = 'name' | 'refused' | 'reset' | 'network' | 'timeout' | 'tls' | 'proxy' | 'protocol';

const WORDS: Readonly<Record<Silence, readonly [reason: string, hint: string]>> = {
  name: ['its name is not known', 'check the spelling and the network of this host'],
  refused: ['the connection is refused', 'check the port, or try again later'],
  reset: ['the connection broke off', 'try again later'],
  network: ['there is no way to it from here', 'check the network of this host and its proxies'],
  timeout: ['it did not answer in time', 'try again later'],
  tls: [
    'its certificate is not trusted',
    'where the site has its own authority, set NODE_EXTRA_CA_CERTS to a file with its certificate',
  ],
  proxy: ['the proxy does not let the request through', 'check https_proxy and no_proxy'],
  protocol: [
    'what answers does not speak the protocol expected',
    'check the port; a registry without https must be named in the setting insecureRegistries',
  ],
};

/** No answer, or half of one, from a registry or its token server. */
export class UnreachableRegistryError extends JcdsError {
  readonly silence: Silence;

  /** `cause` is the system's or undici's code alone: their errors hold bytes of the answer, and so what it repeats. */
  constructor(url: URL, silence: Silence, cause?: string) {
    const [reason, hint] = WORDS[silence];
    super({
      code: 'REGISTRY_UNREACHABLE',
      message: `cannot reach ${url.host}: ${reason}`,
      hint,
      exitCode: EXIT.later,
      cause,
    });
    this.silence = silence;
  }
}

/** Whether a connection broke off: the only silence after which asking again at once is worth it. */
export function isReset(thrown: unknown): boolean {
  return isJcdsError(thrown) && (thrown as { silence?: unknown }).silence === 'reset';
}

const CODES: Readonly<Record<string, Silence>> = {
  ENOTFOUND: 'name',
  EAI_AGAIN: 'name',
  ECONNREFUSED: 'refused',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  UND_ERR_SOCKET: 'reset',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'reset',
  EHOSTUNREACH: 'network',
  ENETUNREACH: 'network',
  EADDRNOTAVAIL: 'network',
  EACCES: 'network',
  EPERM: 'network',
  ETIMEDOUT: 'timeout',
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_OVERFLOW: 'protocol',
  UND_ERR_ABORTED: 'proxy',
  UND_ERR_PRX_TLS: 'proxy',
  EPROTO: 'protocol',
};
const TLS = /^(?:CERT_|ERR_TLS_CERT|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/;
const PROTOCOL = /^(?:HPE_|ERR_SSL_|ERR_TLS_)/;

/** The failure behind what undici threw; a bug stays what it is. */
export function unreachable(url: URL, thrown: unknown): unknown {
  if (isJcdsError(thrown)) return thrown;
  const code = codeOf(thrown);
  const silence = code === null ? null : silenceOf(code);
  return code === null || silence === null ? thrown : new UnreachableRegistryError(url, silence, code);
}

function silenceOf(code: string): Silence | null {
  if (Object.hasOwn(CODES, code)) return CODES[code]!;
  if (TLS.test(code)) return 'tls';
  return PROTOCOL.test(code) ? 'protocol' : null;
}

function codeOf(thrown: unknown): string | null {
  const { code, errors, name } = (thrown ?? {}) as { code?: unknown; errors?: unknown; name?: unknown };
  if (typeof code === 'string') return code;
  if (name === 'HTTPParserError') return 'HPE_';
  return Array.isArray(errors) && errors.length > 0 ? codeOf(errors[0]) : null;
}
