import { cacheDirectory } from '../cache-directory.ts';
import type { Settings } from '../configuration/settings.ts';
import { isJcdsError } from '../errors.ts';
import type { Reference } from '../image/reference.ts';
import type { Speaker } from '../output/console.ts';
import type { ProposedChange } from '../requests/change-plan.ts';
import { encodePath } from '../requests/forges/encode-path.ts';
import type { Forge } from '../requests/forges/forge.ts';
import { FORGES } from '../requests/forges/index.ts';
import { type ProposeResult, propose } from '../requests/propose.ts';
import { type PushResult, proposeByPush, sshRemote } from '../requests/push.ts';
import { normaliseHost } from '../requests/token-variable.ts';
import { NoTokenError } from '../requests/tokens.ts';
import { checkRegistry } from './check-registry.ts';
import type { Person } from './person.ts';
import { rememberListPath } from './remember.ts';
import { type AskingContext, connectService, type Service, tokenOptions } from './service.ts';

/** One image that is asked for, and how. */
export interface Asking {
  readonly reference: Reference;
  /** As the user reads it. */
  readonly name: string;
  readonly service: Service;
  readonly settings: Settings;
  readonly context: AskingContext;
  readonly say: Speaker;
  /** The `--repository` options that were typed, for hints. */
  readonly typed: string;
  /** null: nobody is asked, and what was typed is done. */
  readonly person: Person | null;
  readonly message?: string | undefined;
  /** `--yes`: an entry at the place of another registry's is accepted, and nobody is asked. */
  readonly yes: boolean;
  /** Whether a request that was refused is made again. */
  readonly again: boolean;
  /** Nothing is written: the change is only shown. */
  readonly dryRun: boolean;
}

/** The change could not be made up, since the list may not be read without a token. */
interface ListUnseen {
  state: 'ready-change';
  reason: 'list-unseen';
  url: string;
  change: null;
}

/** How asking ended. `iid` is null where a push told no number. */
export type Asked = (ProposeResult | PushResult | ListUnseen) & {
  /** Whether everyone may pull the image. */
  readonly isPublic: boolean;
  /** The failure that made a `ready-change` of it, for its hint. */
  readonly hint: string | null;
};

/**
 * Asks for one image: its registry must have it; the request that is there is found before one is made. Throws the failures of
 * checkRegistry, propose and findToken.
 */
export async function askForImage(asking: Asking): Promise<Asked> {
  const { isPublic } = await checkRegistry(asking.reference, asking.service, asking);
  const { forge, token } = await connectService(asking.service.wishlist, asking.context);
  const answer = await accepting(asking, acceptCollisions =>
    token === null
      ? withoutToken(asking, forge, acceptCollisions)
      : propose({ ...wishOf(asking, acceptCollisions), forge }),
  );
  const path = answer.state === 'listed' ? answer.path : answer.change?.path;
  if (path !== undefined) await rememberListPath(asking.service, path, asking);
  const isReady = answer.state === 'ready-change' && answer.reason !== 'not-confirmed';
  const hint = isReady
    ? (new NoTokenError(tokenOptions(asking.service.wishlist, asking.context)).hint ?? null)
    : null;
  return { ...answer, isPublic, hint };
}

type Answer = ProposeResult | PushResult | ListUnseen;

/** A collision is the user's to accept: by --yes, or when asked. */
async function accepting(
  asking: Asking,
  ask: (acceptCollisions: boolean) => Promise<Answer>,
): Promise<Answer> {
  try {
    return await ask(asking.yes);
  } catch (thrown) {
    if (!isJcdsError(thrown) || thrown.code !== 'WISHLIST_COLLISION' || asking.person === null) throw thrown;
    if (
      !(await asking.person.confirm(thrown.message, 'Are both the same image, and asked for all the same?'))
    )
      throw thrown;
    return ask(true);
  }
}

function wishOf(asking: Asking, acceptCollisions: boolean) {
  const { reference, service, person, message, again, dryRun, yes } = asking;
  const { wishlist } = service;
  const words = FORGES[wishlist.forge].request;
  const question = `Open this ${words} in ${wishlist.project} on ${normaliseHost(wishlist.host)}?`;
  const confirm = dryRun
    ? async () => false
    : person === null || yes
      ? undefined
      : (change: ProposedChange) => person.confirm(change.diff, question);
  const choose =
    person === null
      ? undefined
      : (names: readonly string[]) =>
          person.choose(`Which file of ${wishlist.project} is its list of images?`, names);
  return {
    place: wishlist,
    reference,
    acceptCollisions,
    askAgain: again,
    message,
    ...(confirm && { confirm }),
    ...(choose && { choose }),
  };
}

/** git may know a key where jcds knows no token; else the change is shown for the user's own hands. */
async function withoutToken(asking: Asking, forge: Forge, acceptCollisions: boolean): Promise<Answer> {
  const { service, context, say, dryRun } = asking;
  const { forge: kind, host, project } = service.wishlist;
  const wish = wishOf(asking, acceptCollisions);
  if (kind === 'gitlab' && !dryRun) {
    const { environment, uid } = context;
    const cache = { directory: cacheDirectory(context), uid };
    const remote = sshRemote(normaliseHost(host), project);
    try {
      return await proposeByPush({ ...wish, remote, host: normaliseHost(host), environment, cache });
    } catch (thrown) {
      if (!isJcdsError(thrown) || !PUSH_FAILED.has(thrown.code)) throw thrown;
      say.detail(`there is no token, and git does not help: ${thrown.message}`);
    }
  }
  try {
    return await propose({ ...wish, forge });
  } catch (thrown) {
    if (!isJcdsError(thrown) || !UNSEEN.has(thrown.code)) throw thrown;
    const origin = /^https?:/.test(host) ? host : `https://${host}`;
    const url = new URL(encodePath(project), `${origin}/`).href;
    return { state: 'ready-change', reason: 'list-unseen', url, change: null };
  }
}

const PUSH_FAILED: ReadonlySet<string> = new Set(['GIT_REMOTE', 'GIT_UNUSABLE', 'PUSH_OPTIONS_UNSUPPORTED']);
/** A project that is not shown to strangers. */
const UNSEEN: ReadonlySet<string> = new Set(['TOKEN_NEEDED', 'PROJECT_NOT_FOUND', 'FORGE_REFUSED']);
