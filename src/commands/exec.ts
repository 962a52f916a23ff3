import { planJob, reportRefusal } from '../job/plan-job.ts';
import type { CommandDeclaration } from './command.ts';
import { CONTAINED_ARGUMENTS, IMAGE_ARGUMENT, JOB_OPTIONS, REFUSALS } from './job-options.ts';

/** `jcds exec`: a command in the image, without its entrypoint. */
export const exec: CommandDeclaration = {
  name: 'exec',
  summary: 'Run a command in a published image, without its entrypoint',
  arguments: [
    IMAGE_ARGUMENT,
    {
      ...CONTAINED_ARGUMENTS,
      name: 'command',
      description: 'the command and its arguments, passed on exactly as typed',
    },
  ],
  options: JOB_OPTIONS,
  refusals: REFUSALS,
  passThrough: true,
  contained: true,
  examples: [
    [
      'jcds exec git.jinr.ru:5005/nica/docker-images/bmn:latest cat /etc/os-release',
      'print the image’s own file',
    ],
  ],
  action: (call, context) => planJob('exec', call, context),
  refused: reportRefusal,
};
