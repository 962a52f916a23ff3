import { EXIT, JcdsError } from '../errors.ts';
import { type NoAnswerError, SILENCE_HINTS, SILENCES, type Silence } from '../http/silence.ts';

const HINTS: Readonly<Record<Silence, string>> = {
  name: 'check the spelling and the network of this host',
  refused: 'check the port, or try again later',
  reset: 'try again later',
  network: 'check the network of this host and its proxies',
  timeout: 'try again later',
  proxy: 'check https_proxy and no_proxy',
  ...SILENCE_HINTS,
  protocol: 'check the port; a registry without https must be named in the setting insecureRegistries',
};

/** No answer, or half of one, from a registry or its token server. */
export class UnreachableRegistryError extends JcdsError {
  constructor(url: URL, { silence, code }: Pick<NoAnswerError, 'silence' | 'code'>) {
    const { reason, isPassing } = SILENCES[silence];
    super({
      code: 'REGISTRY_UNREACHABLE',
      message: `cannot reach ${url.host}: ${reason}`,
      hint: HINTS[silence],
      exitCode: isPassing ? EXIT.later : EXIT.failed,
      cause: code,
    });
  }
}
