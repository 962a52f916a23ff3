import type { ErrorCode } from '../../error-codes.ts';

/** How a script says it: as `jcds exec`, in other words that are stated here, or never. */
export type ScriptCell = 'as exec' | 'never' | { readonly otherwise: string };

/** Of errors that only scripts have. */
const LEFT = 'jcds exec does it: docs/wrap.md lists what scripts leave to it';
const REAL_PLACE = 'names the directory in the end, not the link';
const DESCRIPTORS = 'needs 6, 7 and 8, not any three';
const HOSTS_WORDS = "why is said in the host's own words; jcds status says more";

/**
 * The outcomes of scripts that run without jcds: the errors of `jcds exec` with the same code, exit code, message and hint, since
 * their texts are taken from the same classes (src/wrap/failures.ts). What a script cannot know is a cell of its own.
 */
export const SCRIPT_OUTCOMES = {
  BIND_PLACE: { wrap: 'as exec', wrapper: 'as exec' },
  BROKEN_PUBLICATION: { wrap: { otherwise: HOSTS_WORDS }, wrapper: { otherwise: HOSTS_WORDS } },
  COMMAND_NOT_EXECUTABLE: { wrap: 'as exec', wrapper: 'as exec' },
  COMMAND_NOT_FOUND: { wrap: 'as exec', wrapper: 'as exec' },
  CVMFS_UNREACHABLE: { wrap: { otherwise: HOSTS_WORDS }, wrapper: { otherwise: HOSTS_WORDS } },
  DIGEST_UNPROVEN: { wrap: 'never', wrapper: 'as exec' },
  ENVIRONMENT_UNREAD: {
    wrap: { otherwise: 'a shell cannot make out every ENV; jcds exec can' },
    wrapper: { otherwise: 'a shell cannot make out every ENV; jcds exec can' },
  },
  HOME_NOT_POSSIBLE: { wrap: 'as exec', wrapper: 'as exec' },
  INTERACTIVE: { wrap: 'never', wrapper: { otherwise: 'only HTCondor has such jobs' } },
  INVALID_REFERENCE: {
    wrap: 'never',
    wrapper: { otherwise: 'that it is no name, not which part of it; the hint is for a submit description' },
  },
  FOREIGN_LINK: { wrap: { otherwise: LEFT }, wrapper: { otherwise: LEFT } },
  JOB_AD: { wrap: 'never', wrapper: { otherwise: 'there is no ad at the prompt' } },
  LINK_ESCAPES: { wrap: { otherwise: REAL_PLACE }, wrapper: { otherwise: REAL_PLACE } },
  NO_FREE_DESCRIPTOR: { wrap: { otherwise: DESCRIPTORS }, wrapper: { otherwise: DESCRIPTORS } },
  NO_RUNTIME: {
    wrap: { otherwise: 'knows its own runtime only' },
    wrapper: { otherwise: 'knows its own runtime only; 75, since another machine may have it' },
  },
  NOT_IN_REVISION: {
    wrap: { otherwise: 'asks no server: by a client that is overdue' },
    wrapper: {
      otherwise:
        'asks no server: by the revision at which the job was submitted, or by a client that is overdue',
    },
  },
  NOT_TEXT: { wrap: { otherwise: LEFT }, wrapper: { otherwise: LEFT } },
  ODD_NAME: { wrap: { otherwise: LEFT }, wrapper: { otherwise: LEFT } },
  OWN_DIRECTORY: { wrap: { otherwise: LEFT }, wrapper: { otherwise: LEFT } },
  OWN_NAME: { wrap: { otherwise: LEFT }, wrapper: { otherwise: LEFT } },
  NOT_PUBLISHED: {
    wrap: { otherwise: 'names the one place of its image; of a pinned one, that it was removed' },
    wrapper: { otherwise: 'no name that could be meant, and no option --repository in the hint' },
  },
  SITE_VARIABLE: { wrap: { otherwise: LEFT }, wrapper: { otherwise: LEFT } },
  REGISTRY_MISMATCH: { wrap: 'as exec', wrapper: 'as exec' },
  UNSUPPORTED_BY_RUNTIME: { wrap: 'as exec', wrapper: 'as exec' },
  USAGE: {
    wrap: { otherwise: 'a command is missing, or a directory that was there when it was written' },
    wrapper: { otherwise: 'a directory that was there when it was written' },
  },
  VARIABLE_NOT_POSSIBLE: { wrap: { otherwise: 'whichever variable --env gives' }, wrapper: 'never' },
} as const satisfies Partial<Record<ErrorCode, Record<'wrap' | 'wrapper', ScriptCell>>>;
