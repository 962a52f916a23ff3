import { commandText } from '../command-text.ts';
import { EXIT, JcdsError } from '../errors.ts';
import { secondsToWait } from '../http/rate-limit.ts';
import type { Answer } from './exchange.ts';

/** What a message about an answer needs to know beside it. */
export interface AnswerFacts {
  /** The registry's name: `git.jinr.ru:5005`. */
  readonly registry: string;
  /** What was asked for: `git.jinr.ru:5005/a/b:1`. */
  readonly subject: string;
  /** Where the credential that was used came from (a file, a helper), or null without one. */
  readonly credential: string | null;
  /** Host of a foreign token server to which the credential was not sent, or null. */
  readonly withheldFrom: string | null;
}

/** 401: the registry wants to know who asks, or does not accept who it is. */
export class UnauthorizedError extends JcdsError {
  constructor(facts: AnswerFacts) {
    const { registry, subject, credential, withheldFrom } = facts;
    super({
      code: 'REGISTRY_UNAUTHORIZED',
      message: `${registry} does not show ${subject} ${whom(facts)}: it is private, or it does not exist`,
      hint:
        withheldFrom !== null
          ? `if ${withheldFrom} is the token server of ${registry}: ${commandText('jcds', 'config', 'set', 'registryTokenServers', `${registry}=${withheldFrom}`)}`
          : credential === null
            ? `log in: ${commandText('podman', 'login', registry)}`
            : `if the credential in ${credential} has expired, log in again: ${commandText('podman', 'login', registry)}`,
    });
  }
}

function whom({ credential, withheldFrom }: AnswerFacts): string {
  if (withheldFrom !== null) return `to everyone, and your credential was not sent to ${withheldFrom}`;
  return credential === null ? 'to everyone' : `with the credential in ${credential}`;
}

/** The token server, or the registry by Basic, does not accept the credential itself. */
export class CredentialRefusedError extends JcdsError {
  constructor(registry: string, source: string) {
    super({
      code: 'REGISTRY_CREDENTIAL_REFUSED',
      message: `${registry} refuses the credential in ${source}`,
      hint: `it may have expired; log in again: ${commandText('podman', 'login', registry)}`,
    });
  }
}

/** 403: known, and not allowed. */
export class ForbiddenError extends JcdsError {
  constructor({ registry, subject, credential }: AnswerFacts) {
    super({
      code: 'REGISTRY_FORBIDDEN',
      message: `${registry} forbids reading ${subject}`,
      hint:
        credential === null
          ? `log in: ${commandText('podman', 'login', registry)}`
          : `ask its owner for the right to read it; the credential in ${credential} does not have it`,
    });
  }
}

/** 404, said by something that is a registry. */
export class NotInRegistryError extends JcdsError {
  constructor({ registry, subject }: AnswerFacts) {
    super({
      code: 'NOT_IN_REGISTRY',
      message: `${registry} does not have ${subject}`,
      hint: 'check the spelling of the name and the tag',
    });
  }
}

/** 429, and no patience left. */
export class RateLimitedError extends JcdsError {
  constructor({ registry, credential }: AnswerFacts, seconds: number | null) {
    super({
      code: 'REGISTRY_RATE_LIMITED',
      message: `${registry} takes no more requests from here for now`,
      hint: `${again(seconds)}${credential === null ? `; logged-in users may ask more often: ${commandText('podman', 'login', registry)}` : ''}`,
    });
  }
}

function again(seconds: number | null): string {
  return seconds === null ? 'try again later' : `try again in ${seconds} s`;
}

/** 5xx; with the seconds to wait, where the server says them. */
export class RegistryFailedError extends JcdsError {
  constructor(host: string, status: number, seconds: number | null) {
    super({
      code: 'REGISTRY_FAILED',
      message: `${host} fails with status ${status}`,
      hint: `${again(seconds)}; the fault is on its side`,
    });
  }
}

/** What is wrong with an answer that came whole and with success. */
export type Oddity = 'html' | 'status' | 'json' | 'manifest' | 'config' | 'token' | 'tags';

const ODDITIES: Readonly<Record<Oddity, string>> = {
  html: 'with a web page',
  status: 'with a status that registries do not use',
  json: 'with something that is not JSON',
  manifest: 'with something that is not a manifest',
  config: 'with something that is not the configuration of an image',
  token: 'with something that is not a token',
  tags: 'with something that is not a list of tags',
};

/** Of what waiting does not change. */
const ODDITY_HINTS: Partial<Record<Oddity, string>> = {
  html: 'is that the registry? GitLab keeps images at another port, such as git.jinr.ru:5005',
  status: 'ask the people who run that registry',
};

/** Something answered that is no registry (which waiting does not change), or a broken one. Nothing of the answer is shown. */
export class UnexpectedAnswerError extends JcdsError {
  readonly oddity: Oddity;

  constructor(host: string, oddity: Oddity) {
    super({
      code: 'REGISTRY_ANSWER_INVALID',
      message: `${host} answers ${ODDITIES[oddity]}`,
      hint: ODDITY_HINTS[oddity] ?? 'try again later, or tell the people who run that registry',
      exitCode: Object.hasOwn(ODDITY_HINTS, oddity) ? EXIT.failed : EXIT.later,
    });
    this.oddity = oddity;
  }
}

/**
 * The failure that an answer means, or null for a success (200). A web page is no word of a registry, so it proves
 * nothing about an image; only a 401 stands whatever its page, for web servers in front of registries send one.
 */
export function failureOf(answer: Answer, facts: AnswerFacts, now: number): JcdsError | null {
  const { status, url } = answer;
  if (status === 401) return new UnauthorizedError(facts);
  const wait = secondsToWait(answer.headers, now);
  if (status === 429) return new RateLimitedError(facts, wait);
  if (status >= 500) return new RegistryFailedError(url.host, status, wait);
  if (isHtml(answer)) return new UnexpectedAnswerError(url.host, 'html');
  if (status === 200) return null;
  if (status === 403) return new ForbiddenError(facts);
  if (status === 404) return new NotInRegistryError(facts);
  return new UnexpectedAnswerError(url.host, 'status');
}

function isHtml({ headers }: Answer): boolean {
  return /^\s*(?:text\/html|application\/xhtml)/i.test(String(headers['content-type'] ?? ''));
}
