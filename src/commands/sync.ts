import { resolve } from 'node:path';
import type { Call, Outcome } from '../call.ts';
import { settingsOf } from '../configuration/from-options.ts';
import { loadConfiguration } from '../configuration/load.ts';
import type { Context } from '../context.ts';
import { EXIT, UsageError } from '../errors.ts';
import { formatPlatform, type Platform, parsePlatform } from '../image/platform.ts';
import { speaker } from '../output/console.ts';
import { jsonLine } from '../output/json.ts';
import { progress } from '../output/progress.ts';
import { textLines } from '../output/safe-text.ts';
import { NetworkForbiddenError } from '../publication-requests/service.ts';
import type { RegistryOptions } from '../registry/client.ts';
import { registryOptions } from '../registry/from-settings.ts';
import { WISHLIST_FORMATS, type WishlistFormatName } from '../requests/wishlist/index.ts';
import { SCHEMA_VERSION } from '../schema-version.ts';
import { checkChange, checkExitCode } from '../service/check.ts';
import { junitReport, markdownReport } from '../service/check-report.ts';
import { OSG_LAYOUT } from '../service/layout.ts';
import { listText, writeReport } from '../service/list-file.ts';
import { cycleLines, exitCodeOf, stepJson, stepLine } from '../service/report.ts';
import type { Step } from '../service/situation.ts';
import { type Cycle, type SyncRequest, sync as syncOnce } from '../service/sync.ts';
import { targetOf } from '../service/targets/index.ts';
import { parseDuration } from '../status/duration.ts';
import { type CommandDeclaration, exit, flag, stringOption } from './command.ts';
import { JSON_OPTION } from './common-options.ts';
import { LIMIT_OPTION, limitsOf } from './limit-option.ts';

declare const JCDS_VERSION: string;

/** How long `--wait` waits at most, in milliseconds: a cycle that takes longer hangs. */
const PATIENCE = 3600 * 1000;
const MOST_JOBS = 16;

/** `jcds sync`: a list of images becomes a repository. */
export const sync: CommandDeclaration = {
  name: 'sync',
  summary: 'Publish the images of a list into a repository: the service itself',
  description:
    'One cycle of a service that publishes images: reads the list, asks each registry what it has under the names (one HEAD a tag), makes what is new as jcds convert does, without root and without a container engine, and changes the links of the repository. One image that cannot be made stops no other. What the list no longer names loses its link, and its content two days later. With --check it publishes nothing and tells what the new lines of a list bring. docs/service.md says how to run it. Ends with 0 when everything is published as listed, 1 when something is not and waiting does not help, 75 when it may be later, and 2 for a list or repository that it does not follow: nothing was changed then.',
  arguments: [],
  options: [
    { flags: '--wishlist <file>', description: 'the list of images', completes: 'file' },
    { flags: '--target <kind:place>', description: 'where to publish: directory:DIRECTORY' },
    {
      flags: '--format <name>',
      description: 'the format of the list; by default cern for *.yaml and *.yml, else osg',
      choices: Object.keys(WISHLIST_FORMATS),
    },
    { flags: '--platform <os/arch>', description: 'which images of several; by default linux/amd64' },
    { flags: '-n, --dry-run', description: 'print what would be done, and do nothing' },
    { flags: '--remove-gone', description: 'take away what its registry has lost for more than a day' },
    {
      flags: '--allow-mass-removal',
      description: 'follow also a list that takes many names away, is empty or much shorter than the last',
    },
    { flags: '--again', description: 'try also what failed within the last day' },
    {
      flags: '--check',
      description:
        'check the new lines of the list, and publish nothing: a report in Markdown for a merge request',
    },
    {
      flags: '--base <file>',
      description: 'with --check: the list without the change, whose lines are not checked',
      completes: 'file',
    },
    {
      flags: '--junit <file>',
      description: 'with --check: write the report for CI systems too',
      completes: 'file',
    },
    { flags: '--wait', description: 'wait while another sync works on the repository' },
    { flags: '--jobs <number>', description: 'images that are made at the same time (2)' },
    LIMIT_OPTION,
    { flags: '--period <duration>', description: 'how often this is run, for who waits for an image' },
    JSON_OPTION,
  ],
  examples: [
    ['jcds sync --wishlist docker_images.txt --target directory:/srv/images.example.org', 'one cycle'],
    ['jcds sync --wishlist recipe.yaml --target directory:/srv/images.example.org -n', 'what it would do'],
    [
      'jcds sync --check --wishlist docker_images.txt --base docker_images.main.txt',
      'what a merge request brings',
    ],
  ],
  async action(call, context) {
    const say = speaker(call.options, context);
    const { settings, notes } = loadConfiguration(context, settingsOf(call.options));
    for (const note of notes) say.warn(note);
    const shown = progress(context.stderr, {
      quiet: flag(call, 'quiet') || flag(call, 'json'),
      dumb: context.environment.TERM === 'dumb',
    });
    const registries = () => {
      if (!settings.network) throw new NetworkForbiddenError();
      return registryOptions(settings, context);
    };
    if (flag(call, 'check')) return check(call, context, registries());
    const limits = limitsOf(call, settings);
    const request = { ...requestOf(call, context), limits, registries, tell: shown.update };
    try {
      const cycle = await syncOnce(request, steps => {
        shown.end();
        if (request.isDry) printPlan(call, context, request, steps);
      });
      shown.end();
      if (cycle.status === null) return exit(EXIT.ok);
      printCycle(call, context, request, cycle);
      if (cycle.faults.length > 0) throw cycle.faults[0];
      return exit(exitCodeOf(cycle.status.images));
    } finally {
      shown.end();
    }
  },
};

/** `--check`: what a change of a list brings. */
async function check(call: Call, context: Context, registries: RegistryOptions): Promise<Outcome> {
  const { file, ...list } = listOf(call, context);
  const [base, junit] = [stringOption(call, 'base'), stringOption(call, 'junit')];
  const rows = await checkChange({
    ...{ file, ...list, layout: OSG_LAYOUT, registries },
    platform: platformOf(call),
    base: base === undefined ? null : listText(resolve(context.cwd ?? '/', base)),
    allowsMassRemoval: flag(call, 'allowMassRemoval'),
  });
  if (junit !== undefined) writeReport(resolve(context.cwd ?? '/', junit), junitReport(rows));
  context.stdout.write(
    flag(call, 'json') ? jsonLine({ schemaVersion: SCHEMA_VERSION, lines: rows }) : markdownReport(rows),
  );
  return exit(checkExitCode(rows));
}

/** The list, by the words of the command line. */
function listOf(
  call: Call,
  { cwd }: Pick<Context, 'cwd'>,
): Pick<SyncRequest, 'file' | 'text' | 'format'> & { readonly cwd: string } {
  const file = stringOption(call, 'wishlist');
  if (file === undefined) throw new UsageError('jcds sync needs a list', 'add --wishlist FILE');
  if (cwd === null) throw new UsageError('the working directory cannot be read', 'go to another one: cd');
  const usual = /\.ya?ml$/.test(file) ? 'cern' : 'osg';
  const format = WISHLIST_FORMATS[(stringOption(call, 'format') ?? usual) as WishlistFormatName];
  return { file, text: listText(resolve(cwd, file)), format, cwd };
}

function platformOf(call: Call): Platform {
  return parsePlatform(stringOption(call, 'platform') ?? 'linux/amd64');
}

function requestOf(call: Call, context: Context): Omit<SyncRequest, 'limits' | 'registries' | 'tell'> {
  const { cwd, ...list } = listOf(call, context);
  const target = stringOption(call, 'target');
  if (target === undefined)
    throw new UsageError('jcds sync needs a target', 'add --target directory:DIRECTORY');
  const platform = platformOf(call);
  const { uid, now } = context;
  return {
    ...{ ...list, layout: OSG_LAYOUT },
    ...{
      target: targetOf(target, OSG_LAYOUT, { cwd, uid }),
      platform,
      platformName: formatPlatform(platform),
    },
    policy: { removeGone: flag(call, 'removeGone'), again: flag(call, 'again'), version: JCDS_VERSION },
    patience: flag(call, 'wait') ? PATIENCE : 0,
    isDry: flag(call, 'dryRun'),
    allowsMassRemoval: flag(call, 'allowMassRemoval'),
    ...{ jobs: jobsOf(call), period: periodOf(call), now },
  };
}

function jobsOf(call: Call): number {
  const text = stringOption(call, 'jobs') ?? '2';
  if (/^[0-9]{1,2}$/.test(text) && Number(text) > 0 && Number(text) <= MOST_JOBS) return Number(text);
  throw new UsageError(`--jobs ${JSON.stringify(text)} is no number from 1 to ${MOST_JOBS}`);
}

function periodOf(call: Call): number | null {
  const text = stringOption(call, 'period');
  if (text === undefined) return null;
  const seconds = parseDuration(text);
  if (seconds === null)
    throw new UsageError(`--period ${JSON.stringify(text)} is no duration`, 'write 90s, 15m or 1h');
  return seconds * 1000;
}

function printPlan(
  call: Call,
  { stdout }: Pick<Context, 'stdout'>,
  { target }: Pick<SyncRequest, 'target'>,
  steps: readonly Step[],
): void {
  if (flag(call, 'json')) {
    const all = steps.map(step => stepJson(step));
    stdout.write(jsonLine({ schemaVersion: SCHEMA_VERSION, target: target.shown, dryRun: true, steps: all }));
    return;
  }
  const lines = steps.map(stepLine).filter(line => line !== null);
  stdout.write(textLines(lines.length > 0 ? lines : ['nothing to do']));
}

function printCycle(
  call: Call,
  { stdout }: Pick<Context, 'stdout'>,
  { target }: Pick<SyncRequest, 'target'>,
  cycle: Cycle,
): void {
  if (!flag(call, 'json')) {
    stdout.write(textLines(cycleLines(cycle)));
    return;
  }
  const steps = cycle.steps.map(step => stepJson(step, cycle.results.get(step)));
  const head = { schemaVersion: SCHEMA_VERSION, target: target.shown, dryRun: false };
  stdout.write(jsonLine({ ...head, ...cycle.status, steps }));
}
