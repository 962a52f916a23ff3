import type { Call } from '../call.ts';
import { settingsOf } from '../configuration/from-options.ts';
import { loadConfiguration } from '../configuration/load.ts';
import type { Context } from '../context.ts';
import { identityFindings } from '../job/findings.ts';
import { httpWishesOf } from '../job/http-options.ts';
import { readImageName, searchOf } from '../job/locate.ts';
import { speaker } from '../output/console.ts';
import { repositoriesFrom, SERVICES } from '../repositories/index.ts';
import type { StatusQuestion } from '../status/gather.ts';
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
  };
}

/** The same question asked again: what --forget-revision says was done the first time. */
export function askedAgain(question: StatusQuestion): StatusQuestion {
  return { ...question, requested: { ...question.requested, forgetRevision: false } };
}
