import type { ErrorCode } from '../../error-codes.ts';
import type { ErrorWords } from './words.ts';

/** Local copies of images, and the stores that hold them. */
export const STORE_ERRORS = {
  LOCAL_COPY_BROKEN: ['a local copy is there and cannot be used', 'what the message says of it'],
  LOCAL_COPY_GONE: [
    'a script of `jcds wrap --local` does not find its copy, or cannot see the store',
    'jcds pull IMAGE',
  ],
  NO_LOCAL_COPY: [
    'no store on this host has a copy of the image',
    'jcds pull IMAGE; or without --local where it is published',
  ],
  STORE_UNUSABLE: [
    'the directory of local copies belongs to somebody else, others may write it, or it cannot be read or written',
    'what the message says of it; another place: JCDS_STORE=DIRECTORY',
  ],
} as const satisfies Partial<Record<ErrorCode, ErrorWords>>;
