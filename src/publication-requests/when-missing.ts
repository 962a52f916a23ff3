import type { CallOptions } from '../call.ts';
import type { Settings } from '../configuration/settings.ts';
import { isJcdsError } from '../errors.ts';
import type { Reference } from '../image/reference.ts';
import type { Speaker } from '../output/console.ts';
import { typedRepositories } from '../repositories/typed.ts';
import { NoTokenError } from '../requests/tokens.ts';
import { type Asked, type Asking, askForImage } from './ask-for-image.ts';
import { followThrough } from './follow-through.ts';
import { type Person, personAt } from './person.ts';
import { type AskingContext, serviceToAsk, tokenOptions } from './service.ts';
import { NotYetPublishedError, RequestClosedError } from './wait-for-request.ts';

/** An image that `run` did not find. */
export interface MissingImage {
  readonly reference: Reference;
  readonly name: string;
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

async function askAtOnce(missing: MissingImage): Promise<'look-again'> {
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
  if (person === null) return 'not-asked';
  let agreed = false;
  const listening: Person = {
    ...person,
    confirm: async (text, question) => {
      const said = `${missing.name} is not published in ${missing.settings.repositories.join(', ')}.\n${text}`;
      agreed = await person.confirm(said, question);
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
