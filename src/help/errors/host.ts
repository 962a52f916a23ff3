import type { ErrorCode } from '../../error-codes.ts';
import type { ErrorWords } from './words.ts';

/** The command line, settings, files of this host, and batch systems. */
export const HOST_ERRORS = {
  CACHE_NOT_REMOVED: ['a file of the cache cannot be removed', 'look at its directory with ls -ld'],
  CACHE_NOT_YOURS: [
    'the cache directory belongs to somebody else, or is a link',
    'look where HOME and XDG_CACHE_HOME lead',
  ],
  COMPLETION_SCRIPTS_MISSING: ['the installation lacks its completion scripts', 'install jcds anew'],
  CONFIGURATION: [
    'a setting has a value that it cannot have',
    'jcds help configuration; jcds config list says where it is set',
  ],
  DESCRIPTION_REFUSED: [
    'the submit description names an image already, or a universe that has no images',
    'take one of them away',
  ],
  FILE: ['the system refuses a file, as the message says', 'look at it with ls -ld, and at the disk with df'],
  HTCONDOR_FAILED: [
    'a program of HTCondor failed; its words stand in the message',
    'jcds condor submit --dry-run shows what it was told',
  ],
  INTERACTIVE: [
    'condor_submit -interactive with an image: its shell would be outside',
    'without My.JCDSImage, and there: jcds shell IMAGE',
  ],
  INVALID_CONFIGURATION: [
    'a service of the configuration has a value that it cannot have',
    'jcds help configuration',
  ],
  INVALID_PROXY: ['a proxy variable holds no proxy', 'http://HOST:PORT, or unset it'],
  JOB_AD: ['the ad that HTCondor gave the job cannot be read', 'ask the administrator of the host'],
  NETWORK_FORBIDDEN: [
    'this needs the network, and the configuration forbids it',
    'jcds config list says where; JCDS_NETWORK=true allows it once',
  ],
  NO_CLUSTER: ['condor_submit named no job', 'see what is in the queue: condor_q -hold'],
  NO_DIRECTORY: ['the directory for the pool’s files cannot be made', 'another one, or as root'],
  NO_HTCONDOR: ['the programs of HTCondor are not on PATH', 'a host from which jobs are submitted'],
  NO_MACHINE_AD: [
    'what the machine can run could not be found out',
    'jcds condor machine-ad --script | sh -x',
  ],
  NO_POOL_CONFIGURATION: [
    'what HTCondor of this host has read cannot be found out',
    'mend its configuration: condor_config_val -config',
  ],
  NO_PROJECT_FILE: ['there is no .jcds.json to trust', 'the directory that has one'],
  NOT_OURS: [
    'a file in the place of one of jcds’ does not say that jcds wrote it',
    'see what it is: nothing was taken away',
  ],
  NOT_SUBMITTABLE: [
    'HTCondor’s submit language cannot hold this word',
    'put it into a script, and submit that',
  ],
  OUTPUT: ['standard output takes no more', 'see whether the disk that it goes to is full'],
  POOL_UNREACHABLE: [
    'the collector of the pool does not answer',
    'try again later; --via decides without it',
  ],
  PROJECT_NOT_TRUSTED: [
    'a .jcds.json that nobody has trusted would change what jcds does',
    'read it, then jcds config trust',
  ],
  SAME_ATTRIBUTE: [
    'two repositories would have the same attribute in the machine’s ad',
    'advertise one of them',
  ],
  SCRIPT_NOT_WRITTEN: ['the file of -o cannot be written', 'a place that can be written'],
  SETTINGS_NOT_WRITTEN: ['the user’s settings cannot be written', 'what the message says of the file'],
  STILL_ON_HOLD: [
    'the jobs stay on hold, since the image did not become visible; it ends as the cause of that does',
    'what the hint says goes on, or gives up',
  ],
  USAGE: ['the command line makes no sense', 'jcds help COMMAND'],
  WRAPPER_TAKEN: [
    'HTCondor of this host starts another job wrapper, or keeps jcds’ program from telling',
    'jcds condor install --chain, or take the line out of the file that the message names',
  ],
} as const satisfies Partial<Record<ErrorCode, ErrorWords>>;
