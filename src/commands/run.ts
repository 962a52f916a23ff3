import { planJob, reportRefusal } from '../job/plan-job.ts';
import type { CommandDeclaration } from './command.ts';
import { CONTAINED_ARGUMENTS, IMAGE_ARGUMENT, JOB_OPTIONS, REFUSALS } from './job-options.ts';

/** `jcds run`: the image's entrypoint, by docker's rules. */
export const run: CommandDeclaration = {
  name: 'run',
  summary: 'Run a published image: its entrypoint, or the command given',
  description:
    'The entrypoint gets the arguments; without an entrypoint they are the command. Without arguments the image’s CMD is used, and without CMD a shell. The exit code is the command’s own (`jcds help exit-codes`).',
  arguments: [IMAGE_ARGUMENT, CONTAINED_ARGUMENTS],
  options: JOB_OPTIONS,
  refusals: REFUSALS,
  passThrough: true,
  contained: true,
  examples: [
    ['jcds run git.jinr.ru:5005/nica/docker-images/bmn:latest', 'run what the image is made for'],
    ['jcds run -B /eos library/debian:12 ls /eos', 'with a directory of this host'],
  ],
  action: (call, context) => planJob('run', call, context),
  refused: reportRefusal,
};
