/** Why a server gave no answer, or only half of one. */
export type Silence =
  | 'name'
  | 'refused'
  | 'reset'
  | 'network'
  | 'timeout'
  | 'tls'
  | 'proxy'
  | 'proxy-login'
  | 'protocol';

interface Row {
  /** The end of a sentence about a host. */
  readonly reason: string;
  /** Whether the request cannot have reached the server. */
  readonly isUnsent: boolean;
  /** Whether the same may come to another end later, by itself. */
  readonly isPassing: boolean;
}

/** What each silence means, for everybody who asks a server anything. */
export const SILENCES: Readonly<Record<Silence, Row>> = {
  name: { reason: 'its name is not known', isUnsent: true, isPassing: true },
  refused: { reason: 'the connection is refused', isUnsent: true, isPassing: true },
  reset: { reason: 'the connection broke off', isUnsent: false, isPassing: true },
  network: { reason: 'there is no way to it from here', isUnsent: true, isPassing: true },
  timeout: { reason: 'it did not answer in time', isUnsent: false, isPassing: true },
  tls: { reason: 'its certificate is not trusted', isUnsent: true, isPassing: false },
  proxy: { reason: 'the proxy does not let the request through', isUnsent: true, isPassing: true },
  'proxy-login': {
    reason: 'the proxy wants a name and a password, or does not accept those that it got',
    isUnsent: true,
    isPassing: false,
  },
  protocol: {
    reason: 'what answers does not speak the protocol expected',
    isUnsent: false,
    isPassing: false,
  },
};

/** What to do about a silence, where that is the same whoever was asked. */
export const SILENCE_HINTS = {
  tls: 'where the site has its own authority, ask its administrator to add it to those of this host, or set SSL_CERT_FILE or NODE_EXTRA_CA_CERTS to a file with its certificate',
  'proxy-login': 'write them into the variable that names it: https_proxy=http://NAME:PASSWORD@HOST:PORT',
} as const satisfies Partial<Record<Silence, string>>;

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

/** A request without a whole answer. Not for users: whoever asked says of what. */
export class NoAnswerError extends Error {
  readonly silence: Silence;
  /** The system's or the client's name of it; nothing else of theirs is kept: some hold what was sent or heard. */
  readonly code: string;

  constructor(silence: Silence, code: string) {
    super(silence);
    this.silence = silence;
    this.code = code;
  }

  /** Whether the server cannot have seen the request. */
  get isUnsent(): boolean {
    return SILENCES[this.silence].isUnsent || this.code === 'UND_ERR_CONNECT_TIMEOUT';
  }
}

/** By its shape: each bundle carries a class of its own. */
export function isNoAnswer(thrown: unknown): thrown is NoAnswerError {
  return typeof thrown === 'object' && thrown !== null && 'silence' in thrown;
}

/** The silence behind what Node's or undici's client threw; null for a bug, which is thrown on as it is. */
export function silenceBehind(thrown: unknown): NoAnswerError | null {
  const code = codeOf(thrown);
  const silence = code === null ? null : wantsLogin(thrown) ? 'proxy-login' : silenceOf(code);
  return code === null || silence === null ? null : new NoAnswerError(silence, code);
}

/** undici has the status of a proxy's answer to CONNECT in its words alone. */
function wantsLogin(thrown: unknown): boolean {
  const { code, message } = thrown as { code?: unknown; message?: unknown };
  return code === 'UND_ERR_ABORTED' && /^Proxy response \(407\)/.test(String(message));
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
