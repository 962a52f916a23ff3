import type { ErrorCode } from '../../error-codes.ts';
import type { ErrorWords } from './words.ts';

/** A service that publishes images: `jcds sync`. */
export const SERVICE_ERRORS = {
  IMAGE_UNPUBLISHABLE: [
    'clients of CVMFS would show something else than the image holds: they expand links with $(, and names that begin with .wh. are deletions',
    'build the image without it',
  ],
  LIST_SUSPECT: [
    'the list is a web page, has marks of a merge, is empty, or is shorter than half of that of the last cycle',
    'look at the file; for a list that is meant to be short: --allow-mass-removal',
  ],
  MASS_REMOVAL: [
    'the list would take away all published names, or more than five and more than a tenth of them',
    'jcds sync --dry-run shows them; --allow-mass-removal if that is meant',
  ],
  OTHER_PLATFORM: [
    'the repository was filled for another platform',
    'the --platform of before, or another target',
  ],
  STATE_UNREADABLE: [
    'a file that earlier cycles have written into the repository is not what they wrote',
    'look at it, or remove it: it is made anew, and registries are asked for more than a HEAD once',
  ],
  SYNC_RUNNING: ['another cycle works on the same repository', 'later, or --wait'],
  TARGET_UNUSABLE: [
    'the repository is not yours, others may write to it, it holds other things, or it cannot be read or written',
    'what the message says of it',
  ],
} as const satisfies Partial<Record<ErrorCode, ErrorWords>>;
