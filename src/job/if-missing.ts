import type { CallOptions } from '../call.ts';
import type { Settings } from '../configuration/settings.ts';
import type { Context } from '../context.ts';
import type { Publication } from '../cvmfs/publication.ts';
import type { Speaker } from '../output/console.ts';
import { typedRepositories } from '../repositories/typed.ts';
import { type NamedImage, searchOf } from './locate.ts';

/** What decides about an image that is not there. */
export interface MissingPolicy {
  readonly settings: Settings;
  readonly options: CallOptions;
  readonly say: Speaker;
}

/** What becomes of a missing image: what was said, else a terminal is asked and nobody else is. */
export function policyOf(
  { ifMissing }: Settings,
  { stdin }: Pick<Context, 'stdin'>,
): NonNullable<Settings['ifMissing']> {
  return ifMissing ?? (stdin.isTerminal ? 'ask' : 'fail');
}

/**
 * `--if-missing`: whether it is worth looking again, since the image was asked for and waited for. Without an option or setting
 * whoever sits at a terminal is asked, and elsewhere nothing is done; nor is it for `local`, which the job's image sees to. What asks is loaded only now. Throws NotYetPublishedError,
 * NotInRevisionError where a newer revision may have it, and the failures of asking.
 */
export async function askIfMissing(
  publication: Publication,
  { name, image }: NamedImage,
  { settings, options, say }: MissingPolicy,
  context: Context,
): Promise<boolean> {
  if (publication.state !== 'missing') return false;
  const policy = policyOf(settings, context);
  const isAsked = policy !== 'fail' && policy !== 'local' && options.dryRun !== true;
  // A job without a terminal asks nobody whom it was not told to ask, no server either.
  if (image.kind !== 'reference' || (!isAsked && !context.stdin.isTerminal)) {
    const { refuseOverdue } = await import('../publication-requests/overdue.ts');
    const typed = typedRepositories(options, settings.repositories);
    const { root } = searchOf(settings, context);
    await refuseOverdue({ name, publication, root, typed }, context);
    return false;
  }
  const { whenMissing, checkAbsence } = await import('../publication-requests/when-missing.ts');
  const missing = { reference: image.reference, name, publication, settings, options, context, say };
  if (isAsked) return (await whenMissing({ ...missing, policy })) === 'look-again';
  await checkAbsence(missing);
  return false;
}
