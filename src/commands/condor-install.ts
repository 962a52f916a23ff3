import { afterScript } from '../batch/htcondor/after-script.ts';
import { checkPool } from '../batch/htcondor/check.ts';
import { poolConfiguration, poolFiles } from '../batch/htcondor/configuration.ts';
import { installPool, uninstallPool } from '../batch/htcondor/install.ts';
import { machineAdScript } from '../batch/htcondor/machine-ad.ts';
import { LIFETIME } from '../batch/htcondor/machine-attributes.ts';
import { askSite, chainText, NOT_ASKED } from '../batch/htcondor/site-wrapper.ts';
import { writeWrapper } from '../batch/htcondor/wrapper.ts';
import type { Call } from '../call.ts';
import { settingsOf } from '../configuration/from-options.ts';
import { loadConfiguration } from '../configuration/load.ts';
import { UsageError } from '../errors.ts';
import { searchOf } from '../job/locate.ts';
import { speaker } from '../output/console.ts';
import { safeLines, safeText } from '../output/safe-text.ts';
import { parseDuration } from '../status/duration.ts';
import { lookLines } from '../wrap/look-lines.ts';
import { type CommandDeclaration, exit, flag, stringOption } from './command.ts';
import { CVMFS_OPTIONS } from './common-options.ts';

declare const JCDS_VERSION: string;

const PREFIX = '/usr/local/libexec/jcds';
const CONFIGURATION = '/etc/condor/config.d/50-jcds.conf';
const PERIOD = '5m';
/** An answer of a machine counts for so many periods, and at least for the usual time. */
const BELIEVED_PERIODS = 3;

/** `jcds condor install`: everything that a pool needs. */
export const condorInstall: CommandDeclaration = {
  group: 'condor',
  name: 'install',
  summary: 'Set up this host for jobs in published images: job wrapper, STARTD_CRON job, rules for jobs',
  description:
    'Writes the scripts of `condor wrapper` and `condor machine-ad`, and a configuration that names them; HTCondor reads it at condor_reconfig. The files are the same for every host of a pool, and none needs Node.js, so they may be copied to hosts without jcds. A job wrapper that the site has already is asked for, and never replaced: --chain starts both. With --check it tells what the pool will do with an example job, with --dry-run it prints the configuration; both write nothing.',
  arguments: [],
  options: [
    {
      flags: '--prefix <directory>',
      description: `where the scripts are (default: ${PREFIX})`,
      completes: 'directory',
    },
    {
      flags: '--config <file>',
      description: `the configuration (default: ${CONFIGURATION})`,
      completes: 'file',
    },
    {
      flags: '--root <directory>',
      description: 'write below this directory, such as the image of a node',
      completes: 'directory',
    },
    {
      flags: '--period <duration>',
      description: `how often a machine looks what it can run (default: ${PERIOD})`,
    },
    {
      flags: '--chain',
      description: "start the site's own job wrapper first, where there is one",
    },
    {
      flags: '--check',
      description: 'tell what the pool will do with an example job, and write nothing',
    },
    { flags: '--uninstall', description: 'take away what it wrote' },
    { flags: '-n, --dry-run', description: 'print the configuration, and write nothing' },
    ...CVMFS_OPTIONS.filter(({ flags }) => !flags.startsWith('--platform')),
  ],
  examples: [
    ['jcds condor install --dry-run', 'read first what it is'],
    ['jcds condor install --check', 'what an example job would meet'],
    ['jcds condor install && condor_reconfig', 'on each host of the pool'],
    ['jcds condor install --uninstall && condor_reconfig', 'all of it away'],
  ],
  async action(call, context) {
    const say = speaker(call.options, context);
    const files = poolFiles(
      stringOption(call, 'prefix') ?? PREFIX,
      stringOption(call, 'config') ?? CONFIGURATION,
    );
    const root = stringOption(call, 'root') ?? '/';
    if (flag(call, 'uninstall')) {
      context.stdout.write(asLines(uninstallPool(root, files)));
      return exit(0);
    }
    const configuration = loadConfiguration(context, settingsOf(call.options));
    const search = searchOf(configuration.settings, context);
    const isHere = root === '/';
    const site = isHere ? await askSite(files, flag(call, 'chain'), context) : NOT_ASKED;
    const warn = () => {
      if (!site.isAsked) say.warn(notAsked(isHere));
    };
    const period = periodOf(call);
    const text = poolConfiguration({
      ...{ files, isChained: site.isChained, allowsAny: site.allowsAny, period, version: JCDS_VERSION },
      roots: [...new Set(['/cvmfs', search.root])],
    });
    if (flag(call, 'check')) {
      warn();
      context.stdout.write(safeLines(await checkPool(text, files, context)));
      return exit(0);
    }
    if (flag(call, 'dryRun')) {
      warn();
      context.stdout.write(text);
      return exit(0);
    }
    const texts = {
      machineAd: machineAdScript({
        repositories: search.repositories.map(({ name }) => name),
        look: lookLines(configuration, context),
        version: JCDS_VERSION,
        lifetime: Math.max(LIFETIME, period * BELIEVED_PERIODS),
      }),
      after: afterScript(JCDS_VERSION),
      chain: chainText(site, files, JCDS_VERSION),
      configuration: text,
    };
    const written = await installPool(root, files, texts, file =>
      writeWrapper({ ...call, options: { ...call.options, output: file, force: true } }, context),
    );
    context.stdout.write(asLines(written));
    warn();
    if (site.isChained) say.warn(`the site's own job wrapper is started first: ${files.chain}`);
    return exit(0);
  },
};

/** Why nothing is known of a wrapper that is there already. */
function notAsked(isHere: boolean): string {
  const reason = isHere ? 'there is no HTCondor here' : 'files below --root are for another host';
  return `whether the site has a job wrapper already was not asked, since ${reason}: there, jcds condor install --check tells`;
}

const asLines = (files: readonly string[]) => files.map(file => `${safeText(file, 1000)}\n`).join('');

function periodOf(call: Call): number {
  const text = stringOption(call, 'period') ?? PERIOD;
  const seconds = parseDuration(text);
  if (seconds !== null) return seconds;
  throw new UsageError(`--period ${JSON.stringify(text)} is no duration`, 'write 90s, 5m or 1h');
}
