import { WAYS, type Work } from '../batch/htcondor/submission.ts';
import { submit } from '../batch/htcondor/submit.ts';
import type { Call } from '../call.ts';
import { settingsOf } from '../configuration/from-options.ts';
import { loadConfiguration } from '../configuration/load.ts';
import { UsageError } from '../errors.ts';
import { speaker } from '../output/console.ts';
import { parseDuration } from '../status/duration.ts';
import { type CommandDeclaration, exit, flag, listOption, type OptionRow, stringOption } from './command.ts';
import { CVMFS_OPTIONS, HTTP_OPTIONS, JSON_OPTION } from './common-options.ts';
import { IMAGE_ARGUMENT, JOB_OPTIONS } from './job-options.ts';

const USUAL_RETRIES = '10';
const USUAL_PAUSE = '1m';

/** `jcds condor submit`: jobs in a published image, by condor_submit. */
export const condorSubmit: CommandDeclaration = {
  group: 'condor',
  name: 'submit',
  summary: 'Submit jobs that run in a published image to HTCondor',
  description:
    'Hands FILE, your submit description, to condor_submit with lines appended that put its jobs into the image, onto machines that can see it, and back into the queue for another machine where one could not (exit code 75). Without FILE it submits COMMAND: a name with a slash in it (./analysis.sh) is a program of yours that is sent along, any other is looked for in the image; its output goes to jcds.CLUSTER.out. With --wait an image that is missing is asked for, and the jobs wait on hold for it.',
  arguments: [
    IMAGE_ARGUMENT,
    {
      name: 'file',
      description: 'a submit description; or -- and the command with its arguments',
      variadic: true,
      completes: 'file',
    },
  ],
  options: [
    {
      flags: '--pinned',
      description: 'run the directory that the tag leads to now, also when the tag moves',
    },
    {
      flags: '-w, --wait',
      description: 'ask for a missing image, hold the jobs, and release them when it is there',
    },
    {
      flags: '--timeout <duration>',
      description: 'how long to wait: 90s, 30m, 2h, 1h30m',
      variable: 'JCDS_WAIT_TIMEOUT',
    },
    {
      flags: '--via <way>',
      description:
        'by HTCondor’s container universe or by jcds’ job wrapper (default: what the machines have)',
      choices: WAYS,
    },
    {
      flags: '-a, --append <line>',
      description: 'a further line of the submit description (repeatable)',
      repeatable: true,
    },
    { flags: '--any-machine', description: 'do not ask for machines that can see the repository' },
    {
      flags: '--retries <count>',
      description: `how often to try again after exit code 75 (default: ${USUAL_RETRIES})`,
    },
    {
      flags: '--retry-after <duration>',
      description: `how soon; each pause is twice the one before, up to an hour (default: ${USUAL_PAUSE})`,
    },
    ...JOB_OPTIONS.filter(({ flags }) => /^--(?:if-missing|any-registry)\b/.test(flags)).map(elsewhere),
    { flags: '-n, --dry-run', description: 'print the command line instead of running it' },
    JSON_OPTION,
    ...CVMFS_OPTIONS,
    ...HTTP_OPTIONS,
  ],
  examples: [
    ['jcds condor submit git.jinr.ru:5005/nica/docker-images/bmn:24.12 jobs.sub', 'your jobs, in this image'],
    ['jcds condor submit library/debian:12 -- python3 -c "print(1)"', 'one command, without a description'],
    ['jcds condor submit --wait --timeout 12h IMAGE jobs.sub', 'an image that is not there yet'],
  ],
  async action(call, context) {
    const { options } = call;
    const say = speaker(options, context);
    const waitTimeout = durationOf(call, 'timeout', '--timeout');
    const { settings, notes } = loadConfiguration(context, {
      ...settingsOf(options),
      ...(waitTimeout === null ? {} : { waitTimeout }),
    });
    for (const note of notes) say.warn(note);
    const code = await submit(
      {
        typed: call.arguments[0],
        work: workOf(call),
        pinned: flag(call, 'pinned'),
        wait: flag(call, 'wait'),
        dryRun: flag(call, 'dryRun'),
        way: WAYS.find(way => way === options.via) ?? null,
        anyMachine: flag(call, 'anyMachine'),
        retries: retriesOf(call),
        retryAfter: durationOf(call, 'retryAfter', '--retry-after') ?? parseDuration(USUAL_PAUSE)!,
        lines: listOption(call, 'append'),
        options,
        settings,
        say,
      },
      context,
    );
    return exit(code);
  },
};

/** What a `--` divides from IMAGE is a command; a submit description stands alone. */
/** A copy in a store of this host is nothing to a job that runs elsewhere. */
function elsewhere(row: OptionRow): OptionRow {
  return row.choices === undefined ? row : { ...row, choices: row.choices.filter(one => one !== 'local') };
}

function workOf(call: Call): Work {
  const words = call.arguments.slice(1);
  const [file = '', ...more] = words;
  if (call.behindDashes === words.length) return { kind: 'command', words };
  if (more.length > 0)
    throw new UsageError(
      `${JSON.stringify(more[0])} follows the submit description`,
      'write -- between IMAGE and a command: jcds condor submit IMAGE -- COMMAND…',
    );
  return { kind: 'file', file };
}

function durationOf(call: Call, name: 'timeout' | 'period' | 'retryAfter', option: string): number | null {
  const text = stringOption(call, name);
  if (text === undefined) return null;
  const seconds = parseDuration(text);
  if (seconds !== null) return seconds;
  throw new UsageError(`${option} ${JSON.stringify(text)} is no duration`, 'write 90s, 30m, 2h or 1h30m');
}

function retriesOf(call: Call): number {
  const text = stringOption(call, 'retries') ?? USUAL_RETRIES;
  if (/^\d{1,3}$/.test(text)) return Number(text);
  throw new UsageError(`--retries ${JSON.stringify(text)} is no number up to 999`, '--retries 10');
}
