import { EXIT } from '../errors.ts';
import { shellQuote } from '../shell-quote.ts';

/** Places of an image that a runtime shows by their names: what was a directory when it was read may be a link by now. */
export interface Unlinked {
  /** The image's directory on the host. */
  readonly image: string;
  /** Absolute paths in it; '' is the image itself. */
  readonly places: readonly string[];
  /** Files in which it is remembered otherwise. */
  readonly forget: readonly string[];
}

const CHANGED =
  "printf 'jcds: the image has changed since it was read: where a directory or file was there is a link\\nhint: the same command again reads it anew\\n' >&2";

/**
 * Lines of sh that end it with 125 where one of the places is a link. A mount would follow it on the host, out of the image, to
 * whatever its publisher likes.
 * @param variable a name that the lines may use
 */
export function unlinkedLines(
  { image, places, forget }: Unlinked,
  variable: string,
  quote: (text: string) => string = shellQuote,
): string[] {
  return [
    `for ${variable} in ${places.map(quote).join(' ')}; do`,
    `  [ ! -h ${quote(image)}"$${variable}" ] || {`,
    ...forget.map(file => `    /bin/rm -f -- ${quote(file)} 2>/dev/null`),
    `    ${CHANGED}`,
    `    exit ${EXIT.failed}`,
    '  }',
    'done',
  ];
}
