import { planJob, reportRefusal } from '../job/plan-job.ts';
import type { CommandDeclaration } from './command.ts';
import { IMAGE_ARGUMENT, JOB_OPTIONS, REFUSALS } from './job-options.ts';

/** `jcds shell`: an interactive shell in the image. */
export const shell: CommandDeclaration = {
  name: 'shell',
  summary: 'Open a shell in a published image',
  description:
    'bash where the image has it, else its /bin/sh; what APPTAINER_SHELL names comes before both. SHELL is that shell, the prompt says which image it is, and no start-up file of your home is read.',
  arguments: [IMAGE_ARGUMENT],
  options: JOB_OPTIONS,
  refusals: REFUSALS,
  passThrough: true,
  contained: true,
  examples: [['jcds shell library/debian:12', 'look around in the image']],
  action: (call, context) => planJob('shell', call, context),
  refused: reportRefusal,
};
