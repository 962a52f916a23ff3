import { machineAdScript } from '../batch/htcondor/machine-ad.ts';
import { LIFETIME } from '../batch/htcondor/machine-attributes.ts';
import { tellMachine } from '../batch/htcondor/tell-machine.ts';
import { settingsOf } from '../configuration/from-options.ts';
import { loadConfiguration } from '../configuration/load.ts';
import { UsageError } from '../errors.ts';
import { searchOf } from '../job/locate.ts';
import { speaker } from '../output/console.ts';
import { lookLines } from '../wrap/look-lines.ts';
import { writeScript } from '../wrap/write-script.ts';
import { type CommandDeclaration, exit, flag, stringOption } from './command.ts';
import { CVMFS_OPTIONS } from './common-options.ts';

declare const JCDS_VERSION: string;

/** `jcds condor machine-ad`: what this machine can run, for HTCondor's STARTD_CRON. */
export const condorMachineAd: CommandDeclaration = {
  group: 'condor',
  name: 'machine-ad',
  summary: 'Print what this machine can run, as STARTD_CRON of HTCondor wants it',
  description: `Looks at each repository and tries the runtimes, within --cvmfs-timeout, and prints attributes of the machine: HAS_CVMFS_<repository>, CVMFS_<repository>_REVISION, JCDSMounted_…, JCDSHealthy_…, JCDSReason_…, JCDSRuntimes, JCDSTime. They are to be believed for JCDSLifetime, ${LIFETIME} s. With --script it writes the script that does it, which needs no Node.js.`,
  arguments: [],
  options: [
    { flags: '--script', description: 'print the script instead of running it' },
    { flags: '-o, --output <file>', description: 'write the script to this file', completes: 'file' },
    { flags: '--force', description: 'replace the file' },
    ...CVMFS_OPTIONS.filter(({ flags }) => !flags.startsWith('--platform')),
  ],
  examples: [
    ['jcds condor machine-ad', 'what this machine would tell the pool'],
    ['jcds condor machine-ad --script -o /usr/local/libexec/jcds-machine-ad', 'the job of STARTD_CRON'],
  ],
  async action(call, context) {
    const say = speaker(call.options, context);
    const configuration = loadConfiguration(context, settingsOf(call.options));
    for (const note of configuration.notes) say.warn(note);
    const { settings } = configuration;
    const script = machineAdScript({
      repositories: searchOf(settings, context).repositories.map(({ name }) => name),
      look: lookLines(configuration, context),
      version: JCDS_VERSION,
      lifetime: LIFETIME,
    });
    const file = stringOption(call, 'output');
    if (!flag(call, 'script')) {
      if (file !== undefined)
        throw new UsageError('-o is for the script', 'jcds condor machine-ad --script -o FILE');
      context.stdout.write(await tellMachine(script, settings.cvmfsTimeout, context.environment));
    } else if (file === undefined) context.stdout.write(script);
    else writeScript(file, Buffer.from(script), { force: flag(call, 'force'), mode: 0o755, isExact: true });
    return exit(0);
  },
};
