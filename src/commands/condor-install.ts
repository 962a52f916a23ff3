import { poolConfiguration, poolFiles } from '../batch/htcondor/configuration.ts';
import { installPool } from '../batch/htcondor/install.ts';
import { machineAdScript } from '../batch/htcondor/machine-ad.ts';
import { LIFETIME } from '../batch/htcondor/machine-attributes.ts';
import { writeWrapper } from '../batch/htcondor/wrapper.ts';
import type { Call } from '../call.ts';
import { settingsOf } from '../configuration/from-options.ts';
import { loadConfiguration } from '../configuration/load.ts';
import { UsageError } from '../errors.ts';
import { searchOf } from '../job/locate.ts';
import { safeText } from '../output/safe-text.ts';
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
    'Writes the scripts of `condor wrapper` and `condor machine-ad`, and a configuration that names them; HTCondor reads it at condor_reconfig. The three files are the same for every host of a pool, and none needs Node.js, so they may be copied to hosts without jcds. With --dry-run it prints the configuration and writes nothing.',
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
    { flags: '-n, --dry-run', description: 'print the configuration, and write nothing' },
    ...CVMFS_OPTIONS.filter(({ flags }) => !flags.startsWith('--platform')),
  ],
  examples: [
    ['jcds condor install --dry-run', 'read first what it is'],
    ['jcds condor install && condor_reconfig', 'on each host of the pool'],
  ],
  async action(call, context) {
    const configuration = loadConfiguration(context, settingsOf(call.options));
    const repositories = searchOf(configuration.settings, context).repositories.map(({ name }) => name);
    const files = poolFiles(
      stringOption(call, 'prefix') ?? PREFIX,
      stringOption(call, 'config') ?? CONFIGURATION,
    );
    const period = periodOf(call);
    const machineAd = machineAdScript({
      repositories,
      look: lookLines(configuration, context),
      version: JCDS_VERSION,
      lifetime: Math.max(LIFETIME, period * BELIEVED_PERIODS),
    });
    const text = poolConfiguration(files, { repositories, period, version: JCDS_VERSION });
    if (flag(call, 'dryRun')) {
      context.stdout.write(text);
      return exit(0);
    }
    const written = await installPool(
      stringOption(call, 'root') ?? '/',
      files,
      { machineAd, configuration: text },
      file => writeWrapper({ ...call, options: { ...call.options, output: file, force: true } }, context),
    );
    context.stdout.write(written.map(file => `${safeText(file, 1000)}\n`).join(''));
    return exit(0);
  },
};

function periodOf(call: Call): number {
  const text = stringOption(call, 'period') ?? PERIOD;
  const seconds = parseDuration(text);
  if (seconds !== null) return seconds;
  throw new UsageError(`--period ${JSON.stringify(text)} is no duration`, 'write 90s, 5m or 1h');
}
