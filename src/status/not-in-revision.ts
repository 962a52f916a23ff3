import { commandText } from '../command-text.ts';
import { JcdsError } from '../errors.ts';
import { safeText } from '../output/safe-text.ts';
import type { Standing } from './newest.ts';

/** An image that is not in the revision which this host shows, while a newer one may have it. */
export class NotInRevisionError extends JcdsError {
  /** Whether a newer revision is known to have it. */
  readonly isThere: boolean;

  /** @param typed the `--repository` options that were typed, for the hint */
  constructor(name: string, standing: Standing, typed: string) {
    super({
      code: 'NOT_IN_REVISION',
      message: absenceText(name, standing),
      hint: absenceHint(name, standing, typed),
    });
    this.isThere = standing.witness?.publication.state === 'published';
  }
}

/** "containers.jinr.ru: nica/bmn:1 is not in revision 2, which this client shows (the server has 3)". */
export function absenceText(name: string, { freshness }: Standing): string {
  return freshness
    .map(
      ({ repository, absence }) =>
        `${safeText(repository, 80)}: ${safeText(name)} is ${safeText(absence, 600)}`,
    )
    .join('; ');
}

/** What to do about it: it may come by itself, so nothing is asked for. */
export function absenceHint(name: string, { freshness, witness }: Standing, typed: string): string {
  const wait = `wait until it is visible here: jcds wait ${typed}${commandText(name)}`;
  if (witness?.publication.state === 'published')
    return `it is published in revision ${witness.http?.revision}; ${wait}`;
  const [help] = freshness.flatMap(({ hint }) => (hint === null ? [] : [safeText(hint, 300)]));
  return help === undefined ? `try again later, or ${wait}` : `${help}; or ${wait}`;
}
