import type { Call } from '../call.ts';
import type { Context } from '../context.ts';
import { pathForOthers } from '../cvmfs/path-for-others.ts';
import { EXIT, UsageError } from '../errors.ts';
import { jsonLine } from '../output/json.ts';
import { progress } from '../output/progress.ts';
import { typedRepositories } from '../repositories/typed.ts';
import { durationText, parseDuration } from '../status/duration.ts';
import { gatherStatus, type ImageStatus, type StatusQuestion } from '../status/gather.ts';
import { watchMounts } from '../status/mount-watch.ts';
import { statusJson } from '../status/status-json.ts';
import { waitForImage } from '../status/wait-for-publication.ts';
import { type CommandDeclaration, exit, flag, stringOption } from './command.ts';
import { CVMFS_OPTIONS, HTTP_OPTIONS, JSON_OPTION } from './common-options.ts';
import { IMAGE_ARGUMENT } from './job-options.ts';
import { askedAgain, statusQuestion } from './status-question.ts';

const USUAL_TIMEOUT = '30m';

/** `jcds wait`: until an image is visible on this very host. */
export const wait: CommandDeclaration = {
  name: 'wait',
  summary: 'Wait until an image is visible on this host, and print where it is',
  description:
    'Looks again whenever this host’s CVMFS client can have learnt of something new (every few minutes; within seconds after a remount), and says on standard error what stands in the way. Ends with 0 and the path of the image, or with 75 when the time is up.',
  arguments: [IMAGE_ARGUMENT],
  options: [
    {
      flags: '--timeout <duration>',
      description: `how long to wait: 90s, 30m, 2h, 1h30m (default: ${USUAL_TIMEOUT})`,
    },
    JSON_OPTION,
    ...CVMFS_OPTIONS,
    ...HTTP_OPTIONS,
  ],
  examples: [
    [
      'jcds wait --timeout 1h nica/docker-images/bmn:24.12 && condor_submit job.sub',
      'submit a job when its image is there',
    ],
  ],
  async action(call, context) {
    const timeout = timeoutOf(call);
    let question = statusQuestion(call, context);
    const { options } = call;
    const line = progress(context.stderr, {
      quiet: options.quiet === true,
      dumb: context.environment.TERM === 'dumb',
    });
    const { name } = question.images[0]!;
    const watch = watchMounts(mountsOf(question), context);
    const seen = await waitForImage({
      timeout,
      typed: typedRepositories(
        options,
        question.search.repositories.map(row => row.name),
      ),
      lookTimeout: question.search.timeout,
      look: async seconds => {
        const status = await lookOnce(question, seconds, context);
        question = askedAgain(question);
        return status;
      },
      now: () => performance.now(),
      pause: watch.pause,
      tell: (news, waited) =>
        line.update(`waiting for ${name}: ${news}`, ` (${durationText(waited)} of ${durationText(timeout)})`),
    }).finally(() => line.end());
    context.stdout.write(
      flag(call, 'json') ? jsonLine(statusJson(seen)) : `${pathOf(seen, question.search.root)}\n`,
    );
    return exit(EXIT.ok);
  },
};

/** Where the repositories that may show the image are mounted. */
function mountsOf({ images, search, requested }: StatusQuestion): readonly string[] {
  const { image } = images[0]!;
  const names = image.kind === 'place' ? [image.place.repository] : search.repositories.map(row => row.name);
  return requested.when === 'only' ? [] : names.map(name => `${search.root}/${name}`);
}

function timeoutOf(call: Call): number {
  const text = stringOption(call, 'timeout') ?? USUAL_TIMEOUT;
  const seconds = parseDuration(text);
  if (seconds !== null) return seconds;
  throw new UsageError(`--timeout ${JSON.stringify(text)} is no duration`, 'write 90s, 30m, 2h or 1h30m');
}

async function lookOnce(question: StatusQuestion, seconds: number, context: Context): Promise<ImageStatus> {
  const search = { ...question.search, timeout: seconds };
  const [status] = await gatherStatus({ ...question, search }, context);
  return status!;
}

function pathOf({ publication, overHttp }: ImageStatus, root: string): string {
  if (publication.state !== 'published') return '';
  return overHttp ? publication.path : pathForOthers(publication, root);
}
