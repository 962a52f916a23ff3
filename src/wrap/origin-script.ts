import { quoteWord } from '../launch/quote.ts';
import { failLine } from './failures.ts';
import { part } from './part.ts';
import type { RegistryCheck } from './script-options.ts';
import ORIGIN from './shell/origin.sh';

/** jcds_check_origin: refuses an image that was made from another registry than the one that was typed. */
export function checkOrigin(check: RegistryCheck | null): string[] {
  if (check === null) return [];
  const unasked = `case $jcds_wanted:$jcds_entry in
    :* | *:"$jcds_cern" | *:"$jcds_files") return 0 ;;
  esac`;
  return part(ORIGIN, {
    UNASKED: check.registry === null ? unasked : '',
    WANTED: check.registry === null ? '"$jcds_wanted"' : quoteWord(check.registry),
    NAME_WANTED: check.registry === null ? `[ "$jcds_wanted" != docker.io ] || jcds_wanted='Docker Hub'` : '',
    ANOTHER: failLine(check.error),
  }).split('\n\n');
}
