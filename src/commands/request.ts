import type { Call } from '../call.ts';
import { settingsOf } from '../configuration/from-options.ts';
import { loadConfiguration } from '../configuration/load.ts';
import { isJcdsError, UsageError } from '../errors.ts';
import { formatReference, parseReference } from '../image/reference.ts';
import { speaker } from '../output/console.ts';
import { type Asked, type Asking, askForImage } from '../publication-requests/ask-for-image.ts';
import { followRevision, followThrough } from '../publication-requests/follow-through.ts';
import { lookAtNewest, type NewestAnswer } from '../publication-requests/newest-revision.ts';
import { personAt } from '../publication-requests/person.ts';
import { lookForImage } from '../publication-requests/published.ts';
import { withListPath } from '../publication-requests/remember.ts';
import { type Result, resultLine } from '../publication-requests/report.ts';
import { serviceToAsk } from '../publication-requests/service.ts';
import { showResult, worstCode } from '../publication-requests/show.ts';
import { typedRepositories } from '../repositories/typed.ts';
import { parseDuration } from '../status/duration.ts';
import { type CommandDeclaration, exit, flag, stringOption } from './command.ts';
import { CVMFS_OPTIONS, JSON_OPTION } from './common-options.ts';

/** `jcds request`: asks the operators of a repository to publish images. */
export const request: CommandDeclaration = {
  name: 'request',
  summary: 'Ask for images to be published',
  description:
    'Looks first whether the newest revision of the repository has it already, past what this host shows; makes sure that the registry has the image, then opens a merge request that adds its line to the list of the service, or finds the one that is open. Shows the line and asks first when it runs on a terminal. Ends with 0 when each image is published, listed or asked for, with 1 when one is not, with 75 when --wait saw no end, a server is away, or it is not known whether a newer revision has it. docs/request.md tells the whole way.',
  arguments: [
    {
      name: 'image',
      description: 'reference, registry/repository:tag',
      variadic: true,
    },
  ],
  options: [
    { flags: '-m, --message <text>', description: 'a sentence for those who decide' },
    { flags: '-n, --dry-run', description: 'show the change and write nothing' },
    { flags: '-w, --wait', description: 'wait until the images are visible here' },
    {
      flags: '--timeout <duration>',
      description: 'how long to wait: 90s, 30m, 2h, 1h30m',
      variable: 'JCDS_WAIT_TIMEOUT',
    },
    { flags: '-y, --yes', description: 'do not ask; accept an entry at the place of another registry’s' },
    { flags: '--again', description: 'ask once more for what was refused' },
    { flags: '--list-path <path>', description: 'which file of the project is the list; remembered' },
    { ...JSON_OPTION, description: 'print one JSON object a line for each image' },
    ...CVMFS_OPTIONS.filter(({ flags }) => !flags.startsWith('--platform')),
  ],
  examples: [
    ['jcds request git.jinr.ru:5005/nica/docker-images/bmn:24.12', 'ask for one image'],
    ['jcds request --wait --yes IMAGE && jcds run IMAGE', 'ask, wait, run'],
  ],
  async action(call, context) {
    const say = speaker(call.options, context);
    const { settings, notes } = loadConfiguration(context, {
      ...settingsOf(call.options),
      ...timeoutOf(call),
    });
    for (const note of notes) say.warn(note);
    const references = call.arguments.map(text => parseReference(text));
    const service = withListPath(serviceToAsk(settings), listPath(call));
    const person = personAt(context, call.options);
    const codes: number[] = [];
    for (const reference of references) {
      const name = formatReference(reference);
      const asking: Asking = {
        ...{ reference, name, service, settings, context, say, person },
        typed: typedRepositories(call.options, settings.repositories),
        message: stringOption(call, 'message'),
        yes: flag(call, 'yes'),
        again: flag(call, 'again'),
        dryRun: flag(call, 'dryRun'),
      };
      const result = await resultOf(asking, call);
      codes.push(showResult(asking, result, flag(call, 'json'), context));
    }
    return exit(worstCode(codes));
  },
};

function listPath(call: Call): string | undefined {
  const path = stringOption(call, 'listPath');
  if (path === '' || path?.startsWith('/'))
    throw new UsageError(`--list-path ${JSON.stringify(path)} must be a path inside the project`);
  return path;
}

function timeoutOf(call: Call): { waitTimeout?: number } {
  const text = stringOption(call, 'timeout');
  if (text === undefined) return {};
  const waitTimeout = parseDuration(text);
  if (waitTimeout !== null) return { waitTimeout };
  throw new UsageError(`--timeout ${JSON.stringify(text)} is no duration`, 'write 90s, 30m, 2h or 1h30m');
}

/** One image, from the first look to the last; what fails is a result, so that the other images get their turn. */
async function resultOf(asking: Asking, call: Call): Promise<Result> {
  const { reference, service, settings, context, say } = asking;
  try {
    const seen = await lookForImage(reference, service, settings, context);
    if (seen.state === 'visible') return { state: 'published', published: seen.published, notHere: null };
    if (seen.reason !== null) say.warn(seen.reason);
    const { name, typed } = asking;
    const repositories = [service.row.name];
    const unseen = { reference, name, publication: seen.publication, repositories, settings, context, typed };
    const newest = await lookAtNewest(unseen);
    if (newest.state === 'published') return publishedThere(asking, newest, call);
    if (newest.state === 'unknowable')
      for (const { absence } of newest.standing.freshness) say.detail(absence);
    const asked = await askForImage(asking);
    if (!flag(call, 'wait') || flag(call, 'dryRun') || !isUnderWay(asked)) return asked;
    if (!flag(call, 'json')) context.stdout.write(`${resultLine(asking.name, service, asked)}\n`);
    const published = await followThrough(asking, asked, flag(call, 'quiet'));
    return { state: 'published', published, notHere: null };
  } catch (thrown) {
    if (!isJcdsError(thrown)) throw thrown;
    return { state: 'failed', error: thrown };
  }
}

/** The newest revision has it, and this host does not show that yet: nobody is asked. */
async function publishedThere(asking: Asking, newest: PublishedThere, call: Call): Promise<Result> {
  const { published, standing } = newest;
  const isAwaited = flag(call, 'wait') && !flag(call, 'dryRun');
  if (isAwaited)
    return {
      state: 'published',
      published: await followRevision(asking, newest, flag(call, 'quiet')),
      notHere: null,
    };
  const notHere = standing.freshness.map(({ absence }) => absence).join('; ');
  return { state: 'published', published, notHere };
}

type PublishedThere = Extract<NewestAnswer, { state: 'published' }>;

function isUnderWay({ state }: Asked): boolean {
  return state === 'opened' || state === 'exists' || state === 'listed';
}
