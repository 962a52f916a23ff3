import { commandText } from '../../command-text.ts';
import { EXIT, isJcdsError, JcdsError } from '../../errors.ts';
import { type NoAnswerError, SILENCE_HINTS, SILENCES } from '../../http/silence.ts';
import { safeText } from '../../output/safe-text.ts';

/** What was asked of which host, for messages: `read the project group/name`. */
export interface Asked {
  host: string;
  what: string;
}

const failed = ({ host, what }: Asked) => `could not ${safeText(what, 160)} on ${safeText(host, 100)}`;

/** No connection, or none that lasted, for a request that changes nothing. */
export class ForgeUnreachableError extends JcdsError {
  constructor(asked: Asked, { silence, code }: Pick<NoAnswerError, 'silence' | 'code'>) {
    const { reason, isPassing } = SILENCES[silence];
    super({
      code: 'FORGE_UNREACHABLE',
      message: `${failed(asked)}: ${reason}`,
      hint:
        silence === 'tls' || silence === 'proxy-login'
          ? SILENCE_HINTS[silence]
          : `check the network (and http_proxy, https_proxy, no_proxy)${isPassing ? ', then run the same command again' : ' and the host in the configuration'}`,
      exitCode: isPassing ? EXIT.later : EXIT.failed,
      cause: code,
    });
  }
}

/** A change was sent and its answer never came: it may have happened, so it is not sent again. */
export class AnswerLostError extends JcdsError {
  /** @param loss what came instead: a status, or nothing */
  constructor(asked: Asked, loss: number | Pick<NoAnswerError, 'silence'>) {
    const reason = typeof loss === 'number' ? `status ${loss}` : SILENCES[loss.silence].reason;
    super({
      code: 'FORGE_ANSWER_LOST',
      message: `${failed(asked)}: the answer was lost (${reason}), so it may have happened`,
      hint: 'run the same command again: it looks first and goes on from where this one stopped',
    });
  }
}

/** Whether a change may have happened all the same. */
export function isAnswerLost(thrown: unknown): boolean {
  return isJcdsError(thrown) && thrown.code === 'FORGE_ANSWER_LOST';
}

const again = (seconds: number) => `run the same command again in ${Math.ceil(seconds / 60)} min`;

/** 5xx, after waiting and asking again; with the seconds to wait, where the server says them (GitLab in maintenance). */
export class ForgeDownError extends JcdsError {
  constructor(asked: Asked, status: number, seconds: number | null) {
    super({
      code: 'FORGE_DOWN',
      message: `${failed(asked)}: the server answers ${status}`,
      hint: `it is not your fault: ${seconds === null ? 'run the same command again later' : again(seconds)}`,
    });
  }
}

/** 429, and the server wants a longer pause than jcds waits by itself. */
export class RateLimitedError extends JcdsError {
  constructor(asked: Asked, seconds: number) {
    super({
      code: 'FORGE_RATE_LIMIT',
      message: `${failed(asked)}: too many requests; the server asks to wait ${seconds} s`,
      hint: again(seconds),
    });
  }
}

/** The body is larger than any answer that is meant. */
export class AnswerTooLargeError extends JcdsError {
  constructor(asked: Asked, limit: number) {
    super({
      code: 'FORGE_ANSWER_TOO_LARGE',
      message: `${failed(asked)}: the answer has more than ${limit} bytes`,
      hint: 'check that the host in the configuration is the GitLab or GitHub server itself',
    });
  }
}

/** HTML, broken JSON or JSON without what must be in it: a login page, a proxy, another program. */
export class NotAForgeError extends JcdsError {
  constructor(asked: Asked, found: string) {
    super({
      code: 'NOT_A_FORGE',
      message: `${failed(asked)}: the answer is not what its API sends (${safeText(found, 120)})`,
      hint: 'check the host and the kind of forge in the configuration, and whether a login page or a proxy stands in between',
    });
  }
}

/** A web page where the API would have answered with data: whatever stands in between has spoken, not the forge. */
export class PageBetweenError extends JcdsError {
  constructor(asked: Asked, status: number) {
    super({
      code: 'FORGE_PAGE_BETWEEN',
      message: `${failed(asked)}: a web page came instead of the server's answer (status ${status}), so something stands in between`,
      hint: `open https://${safeText(asked.host, 100)} in a browser on this host: a proxy, a firewall or a guard against robots may say what it wants`,
    });
  }
}

/** The server sends to its page for signing in: it takes the token for none, or shows this to members only. */
export class SignedOutError extends JcdsError {
  constructor(asked: Asked) {
    const host = safeText(asked.host, 100);
    super({
      code: 'FORGE_SIGNED_OUT',
      message: `${failed(asked)}: the server sends to its sign-in page, so the token is signed out there, or this is private`,
      hint: `open https://${host} in a browser to see what it wants; \`${commandText('jcds', 'auth', 'status', host)}\` says which token is used`,
    });
  }
}

/** A link of the server leads to another host, which the token must never see. */
export class ForeignLinkError extends JcdsError {
  constructor(asked: Asked, target: string) {
    super({
      code: 'FORGE_FOREIGN_LINK',
      message: `${failed(asked)}: the server sends jcds on to ${safeText(target, 120)}, and jcds does not go there`,
      hint: 'if that is where one signs in, open the server in a browser first; if the forge has moved, change its host in the configuration',
    });
  }
}

/** 301: renamed or moved. `target` is where it is now, when the server told. */
export class ProjectMovedError extends JcdsError {
  constructor(asked: Asked, target: string | null) {
    super({
      code: 'PROJECT_MOVED',
      message: `${failed(asked)}: the project has moved${target === null ? '' : ` to ${safeText(target, 120)}`}`,
      hint: 'correct "wishlist.project" of this repository in the configuration',
    });
  }
}

/** 404 for a project: it is not there, or may not be seen. */
export class ProjectNotFoundError extends JcdsError {
  constructor(asked: Asked, hasToken: boolean) {
    super({
      code: 'PROJECT_NOT_FOUND',
      message: `${failed(asked)}: there is no such project, or it may not be seen ${hasToken ? 'with this token' : 'without a token'}`,
      hint: hasToken
        ? 'check the project in the configuration, and ask its owners for access if it is private'
        : 'check the project in the configuration; `jcds auth status` says how to give a token',
    });
  }
}

/** An archived project takes no changes. */
export class ProjectArchivedError extends JcdsError {
  constructor(host: string, project: string) {
    super({
      code: 'PROJECT_ARCHIVED',
      message: `the project ${safeText(project)} on ${safeText(host)} is archived and takes no requests`,
      hint: 'ask the operators of the service where images are requested now',
    });
  }
}

/** The project does not let this account open requests, or its forks are switched off. */
export class ProposalsClosedError extends JcdsError {
  constructor(host: string, project: string, what: 'merge requests' | 'forks') {
    super({
      code: 'PROPOSALS_CLOSED',
      message: `the project ${safeText(project)} on ${safeText(host)} does not let this account make ${what}`,
      hint: 'ask its owners for the right to, or send them the line: `jcds request --dry-run` prints it',
    });
  }
}

/** The copy of the project, in which the branch lives, could not be made. */
export class ForkFailedError extends JcdsError {
  /** @param hint what to do, where the web page would refuse it as well */
  constructor(asked: Asked, reason: string, hint?: string) {
    super({
      code: 'FORK_FAILED',
      message: `${failed(asked)}: ${safeText(reason, 300)}`,
      hint: hint ?? 'make the fork on the web page of the project, then run the same command again',
    });
  }
}

/** The copy is being made and is not there yet. */
export class ForkPendingError extends JcdsError {
  constructor(asked: Asked, seconds: number) {
    super({
      code: 'FORK_PENDING',
      message: `${failed(asked)}: the fork was not ready after ${seconds} s`,
      hint: 'run the same command again later: it goes on with that fork',
    });
  }
}

/** Everything else that the server refuses, in its own words. */
export class ForgeRefusedError extends JcdsError {
  constructor(asked: Asked, status: number, words: string | null) {
    super({
      code: 'FORGE_REFUSED',
      message: `${failed(asked)}: the server answers ${status}${words === null ? '' : ` "${safeText(words, 300)}"`}`,
      hint: '`jcds auth status` says which token is used and what it may do',
    });
  }
}
