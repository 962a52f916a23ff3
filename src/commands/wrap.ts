import { wrapImage } from '../wrap/wrap.ts';
import type { CommandDeclaration } from './command.ts';
import { CONTAINED_ARGUMENTS, IMAGE_ARGUMENT, JOB_OPTIONS } from './job-options.ts';

/** Options of a job that say nothing about a script: it runs later, somewhere else, and decides nothing on its own. */
const NOT_IN_A_SCRIPT = ['--if-missing', '--status-file', '--dry-run', '--json'];

/** `jcds wrap`: a script that runs an image without Node.js. */
export const wrap: CommandDeclaration = {
  name: 'wrap',
  summary: 'Write a shell script that runs a command in a published image without Node.js',
  description:
    'The script does what `jcds exec IMAGE COMMAND` does, on hosts that have Apptainer or bubblewrap and no jcds: it looks where the tag leads when it runs, within a bound, and then becomes the runtime. Its own arguments follow COMMAND; without COMMAND they are the command. With --local it runs the copy in the local store, and ends with 75 when that is gone. -o, --pin and --force may stand behind IMAGE too.',
  arguments: [
    IMAGE_ARGUMENT,
    { ...CONTAINED_ARGUMENTS, name: 'command', description: 'the command and its first arguments' },
  ],
  options: [
    {
      flags: '-o, --output <file>',
      description: 'write the script to this file (default: standard output)',
      completes: 'file',
    },
    { flags: '--pin', description: 'run the image that the tag leads to now, also when the tag moves' },
    { flags: '--force', description: 'replace the file' },
    ...JOB_OPTIONS.filter(({ flags }) => !NOT_IN_A_SCRIPT.some(name => flags.includes(name))),
  ],
  passThrough: true,
  examples: [
    ['jcds wrap library/debian:12 -o debian', '`./debian cat /etc/os-release` now runs in the image'],
    ['jcds wrap --pin git.jinr.ru/nica/mpdroot:v1 -o root root -l', '`./root` is always the same version'],
  ],
  action: wrapImage,
};
