import { JcdsError } from '../errors.ts';
import { isTooLarge, type Answer as Received, type Exchange as Request, wayOut } from '../http/exchange.ts';
import { persistent } from '../http/persistence.ts';
import type { Environment } from '../http/proxies.ts';
import { isNoAnswer } from '../http/silence.ts';
import { type Patience, persistence } from './patience.ts';
import { UnreachableRegistryError } from './unreachable.ts';

/** One request to a registry or its token server. */
export type Exchange = Omit<Request, 'signal'>;

/** What came back. */
export type Answer = Received;

/** Sends one request. Throws UnreachableRegistryError, OversizedAnswerError, ProxySettingError. */
export type Send = (exchange: Exchange) => Promise<Answer>;

/** A server announced or sent more than what was asked for can be. */
export class OversizedAnswerError extends JcdsError {
  constructor(url: URL, limit: number) {
    super({
      code: 'REGISTRY_ANSWER_TOO_LARGE',
      message: `${url.host} answers with more than the ${limit / 1024} KiB that such a document may have`,
      hint: 'tell the people who run that registry, or look at the image with skopeo inspect',
    });
  }
}

/** A way to send requests and to let go of the connections that are left. */
export interface Transport {
  readonly send: Send;
  close(): Promise<void>;
}

/** The way out to one registry. All requests end when `deadline` is aborted, at the latest, and share one patience. */
export function openTransport(
  environment: Environment,
  deadline: AbortSignal,
  patience: Patience,
): Transport {
  const way = wayOut(environment);
  const send = persistent(way.send, persistence(patience));
  return {
    async send(exchange) {
      try {
        return await send({ ...exchange, signal: deadline });
      } catch (thrown) {
        throw failureBehind(exchange.url, thrown);
      }
    },
    close: way.close,
  };
}

function failureBehind(url: URL, thrown: unknown): unknown {
  if (isTooLarge(thrown)) return new OversizedAnswerError(url, thrown.limit);
  return isNoAnswer(thrown) ? new UnreachableRegistryError(url, thrown) : thrown;
}
