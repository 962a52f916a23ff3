import type { CallOptions } from '../call.ts';
import type { Settings } from '../configuration/settings.ts';
import type { Publication } from '../cvmfs/publication.ts';
import { isJcdsError } from '../errors.ts';
import type { Reference } from '../image/reference.ts';
import type { Speaker } from '../output/console.ts';
import { typedRepositories } from '../repositories/typed.ts';
import { NoTokenError } from '../requests/tokens.ts';
import type { Standing } from '../status/newest.ts';
import { absenceText, NotInRevisionError } from '../status/not-in-revision.ts';
import { type Asked, type Asking, askForImage } from './ask-for-image.ts';
import { followRevision, followThrough } from './follow-through.ts';
import { lookAtNewest, type NewestAnswer, refuseOlder, type UnseenImage } from './newest-revision.ts';
import { type Person, personAt } from './person.ts';
import { type AskingContext, NetworkForbiddenError, serviceToAsk, tokenOptions } from './service.ts';
import { NotYetPublishedError, RequestClosedError } from './wait-for-request.ts';

/** An image that `run` did not find. */
export interface MissingImage {
  readonly reference: Reference;
  readonly name: string;
  /** What the look found. */
  readonly publication: Publication;
  readonly policy: 'ask' | 'request' | 'wait';
  readonly settings: Settings;
  readonly options: CallOptions;
  readonly context: AskingContext;
  readonly say: Speaker;
}

/**
 * What `--if-missing` does. `look-again`: it was waited for, and is there now. `not-asked`: the caller fails as if there were no
 * policy: nobody could be asked, the person said no, or asking was not possible in the first place. Throws NotYetPublishedError once
 * the image is asked for, and everything that keeps `request` and `wait` from it.
 */
export async function whenMissing(missing: MissingImage): Promise<'look-again' | 'not-asked'> {
  return missing.policy === 'ask' ? askFirst(missing) : askAtOnce(missing);
}

/**
 * The same without a policy: nobody is asked, and no absence is told that is only this host's. @throws NotInRevisionError
 * @param isStrict also where no server is known that could ever be asked
 */
export async function checkAbsence(missing: Omit<MissingImage, 'policy'>, isStrict = true): Promise<void> {
  await refuseOlder(unseenOf(missing), isStrict);
}

async function askAtOnce(missing: MissingImage): Promise<'look-again'> {
  if (!missing.settings.network) throw new NetworkForbiddenError();
  const newest = await lookAtNewest(unseenOf(missing));
  if (newest.state === 'published') return awaitRevision(missing, newest);
  const asking = askingOf(missing, null);
  const asked = await askForImage(asking);
  checkUnderWay(asking, asked);
  if (missing.policy !== 'wait') throw notYet(asking, asked);
  await followThrough(asking, asked, missing.options.quiet === true);
  return 'look-again';
}

/** Whoever only wanted to run an image is not bothered with what stands against a request, unless they said yes to it. */
async function askFirst(missing: MissingImage): Promise<'not-asked'> {
  const person = personAt(missing.context, missing.options);
  if (person === null) {
    if (missing.context.stdin.isTerminal) await checkAbsence(missing);
    return 'not-asked';
  }
  const newest = await lookAtNewest(unseenOf(missing));
  if (newest.state === 'published') throw notHereYet(missing, newest);
  const said =
    newest.state === 'missing'
      ? `${missing.name} is not published in ${missing.settings.repositories.join(', ')}`
      : absenceText(missing.name, newest.standing);
  const end = await askPerson(missing, person, said);
  if (newest.state === 'unknowable') throw notHereYet(missing, newest);
  return end;
}

/** @param absence what is known of the image, for people */
async function askPerson(missing: MissingImage, person: Person, absence: string): Promise<'not-asked'> {
  let agreed = false;
  const listening: Person = {
    ...person,
    confirm: async (text, question) => {
      agreed = await person.confirm(`${absence}.\n${text}`, question);
      return agreed;
    },
  };
  try {
    const asking = askingOf(missing, listening);
    const asked = await askForImage(asking);
    if (asked.state === 'ready-change') return 'not-asked';
    checkUnderWay(asking, asked);
    throw notYet(asking, asked);
  } catch (thrown) {
    if (!isJcdsError(thrown) || agreed || TELLING.has(thrown.code)) throw thrown;
    missing.say.detail(thrown.message);
    return 'not-asked';
  }
}

/** It is in the newest revision: there is nobody to ask, only to wait. */
async function awaitRevision(missing: MissingImage, newest: PublishedThere): Promise<'look-again'> {
  if (missing.policy !== 'wait') throw notHereYet(missing, newest);
  const { reference, name, settings, context, options } = missing;
  const typed = typedRepositories(options, settings.repositories);
  const quiet = options.quiet === true;
  await followRevision({ reference, name, settings, context, typed }, newest, quiet);
  return 'look-again';
}

type PublishedThere = Extract<NewestAnswer, { state: 'published' }>;

function notHereYet({ name, options, settings }: MissingImage, { standing }: { standing: Standing }) {
  return new NotInRevisionError(name, standing, typedRepositories(options, settings.repositories));
}

function unseenOf(missing: Omit<MissingImage, 'policy'>): UnseenImage {
  const { reference, name, publication, settings, options, context } = missing;
  const { repositories } = settings;
  return {
    ...{ reference, name, publication, repositories, settings, context },
    typed: typedRepositories(options, repositories),
  };
}

/** What says more than "not published". */
const TELLING: ReadonlySet<string> = new Set([
  'NOT_IN_REGISTRY',
  'NOT_YET_PUBLISHED',
  'REQUEST_CLOSED',
  'UNSUPPORTED_MANIFEST',
  'PLATFORM_NOT_IN_REGISTRY',
  'IMAGE_INCOMPLETE',
  'REGISTRY_OF_THIS_HOST',
]);

function askingOf(
  { reference, name, settings, options, context, say }: MissingImage,
  person: Person | null,
): Asking {
  const service = serviceToAsk(settings);
  return {
    ...{ reference, name, service, settings, context, say, person },
    yes: false,
    again: false,
    typed: typedRepositories(options, settings.repositories),
    dryRun: false,
  };
}

function checkUnderWay({ name, service, context, typed }: Asking, asked: Asked): void {
  if (asked.state === 'refused') throw new RequestClosedError(name, asked.url, typed);
  if (asked.state === 'ready-change') throw new NoTokenError(tokenOptions(service.wishlist, context));
}

function notYet({ name, service, typed }: Asking, asked: Asked): NotYetPublishedError {
  const isListed = asked.state === 'listed';
  const waitingFor = {
    image: name,
    repository: service.row.name,
    url: isListed ? null : asked.url,
    next: isListed
      ? 'it is in the list, and waits for its conversion'
      : 'its request waits for the operators of the service',
  };
  return new NotYetPublishedError(waitingFor, typed);
}
