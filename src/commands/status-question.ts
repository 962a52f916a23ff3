import type { Call } from '../call.ts';
import { settingsOf } from '../configuration/from-options.ts';
import { loadConfiguration } from '../configuration/load.ts';
import type { Settings } from '../configuration/settings.ts';
import type { Context } from '../context.ts';
import { isJcdsError } from '../errors.ts';
import { identityFindings } from '../job/findings.ts';
import { httpWishesOf } from '../job/http-options.ts';
import { type NamedImage, readImageName, searchOf } from '../job/locate.ts';
import { speaker } from '../output/console.ts';
import { repositoriesFrom, SERVICES } from '../repositories/index.ts';
import type { StatusQuestion } from '../status/gather.ts';
import { knownCopy } from '../store/known-copy.ts';
import { storePlaces } from '../store-directory.ts';
import { flag, stringOption } from './command.ts';

/**
 * What a command line asks about the images it names (none: the configured one).
 * @throws InvalidReferenceError, InvalidPlatformError, UsageError and the errors of the configuration
 */
export function statusQuestion(call: Call, context: Context): StatusQuestion {
  const { settings, notes } = loadConfiguration(context, settingsOf(call.options));
  const say = speaker(call.options, context);
  for (const note of notes) say.warn(note);
  const search = searchOf(settings, context);
  const typed = call.arguments.length > 0 ? call.arguments : [undefined];
  return {
    images: typed.map(text => readImageName(text, { settings }, search.root, stringOption(call, 'platform'))),
    search,
    table: repositoriesFrom(SERVICES, settings.services),
    requested: { ...httpWishesOf(call.options, settings, context), isFresh: true },
    network: settings.network,
    checkRegistry: flag(call, 'checkRegistry'),
    registries: settings,
    identify: identityFindings,
    copyOf: named => copyOf(named, settings, context),
  };
}

/** The local copy of an image; a store that cannot be used is said to be so, and keeps nothing else from being told. */
function copyOf(
  { image, platform }: NamedImage,
  settings: Settings,
  context: Context,
): ReturnType<StatusQuestion['copyOf']> {
  if (image.kind !== 'reference') return { reason: 'a path below the CVMFS root has no copy' };
  try {
    const value = knownCopy(storePlaces(settings, context), image.reference, platform, context.uid);
    return value === null ? { reason: 'there is none: jcds pull makes one' } : { value };
  } catch (thrown) {
    if (isJcdsError(thrown)) return { reason: thrown.message };
    throw thrown;
  }
}

/** The same question asked again: what --forget-revision says was done the first time. */
export function askedAgain(question: StatusQuestion): StatusQuestion {
  return { ...question, requested: { ...question.requested, forgetRevision: false } };
}
