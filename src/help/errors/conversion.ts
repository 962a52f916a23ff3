import type { ErrorCode } from '../../error-codes.ts';
import type { ErrorWords } from './words.ts';

const AGAIN = 'build, copy or push the image again';

/** What a conversion reads, and where it writes. */
export const CONVERSION_ERRORS = {
  CONTENT_MISMATCH: ['a part of the image is not what its digest or size says', AGAIN],
  LAYER_INVALID: [
    'a layer of the image cannot be unpacked as it is; the message names layer, entry and reason',
    AGAIN,
  ],
  LIMIT: [
    'the image is larger than jcds unpacks without being told',
    '--limit, if it is meant to be so large',
  ],
  NAMES_FOLDED: [
    'the file system takes two names of the image for one',
    'a file system that tells upper and lower case apart',
  ],
  NO_ROOM: ['the file system has too little room for the image', 'another place, or less on it'],
  SOURCE_AMBIGUOUS: ['the layout or archive holds several images', 'its name behind a colon'],
  SOURCE_UNUSABLE: [
    'the layout or archive holds no image that can be read',
    'another one; skopeo inspect tells more',
  ],
  TARGET_EXISTS: ['something stands where the result is to be', 'another place, or remove it'],
} as const satisfies Partial<Record<ErrorCode, ErrorWords>>;
