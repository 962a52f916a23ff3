import type { ErrorCode } from '../../error-codes.ts';
import type { ErrorWords } from './words.ts';

/** The image's name, where it is published, and what CVMFS shows of it. */
export const IMAGE_ERRORS = {
  BROKEN_PUBLICATION: [
    'the image is listed, and its entry leads to no image',
    'tell the people who run the repository',
  ],
  CVMFS_UNREACHABLE: [
    'the repository cannot be seen, so nothing is known of the image',
    'the hint names what stands in the way: no client, no mount, a hung mount, a network',
  ],
  IMAGE_UNREADABLE: [
    'the image is published, and its files may not be read',
    'tell the people who run the repository',
  ],
  INVALID_PLATFORM: ['this is no platform that Linux images have', 'linux/amd64, linux/arm64'],
  INVALID_REFERENCE: [
    'this is no name of an image',
    'a name as for docker run; the message says which part is wrong',
  ],
  INVALID_REPOSITORY: [
    'this is no name of a CVMFS repository',
    'the full name below /cvmfs, such as containers.jinr.ru',
  ],
  LINK_ESCAPES: [
    'the entry leads out of its repository',
    'tell the people who run it; a repository that is meant is named in allowedLinkTargets',
  ],
  NOT_IN_REVISION: [
    'the image is not in the revision that this host’s client shows, and a newer one has it or may have it',
    'wait: jcds wait IMAGE; jcds status IMAGE says how both stand',
  ],
  NOT_MOUNTED_HERE: [
    'the image is published, and this host has no mount on which it could be run',
    'one of the ways to a mount that the hint lists',
  ],
  NOT_PUBLISHED: [
    'the image is not in any repository that was looked at',
    'check the spelling (jcds list), or ask for it: jcds request IMAGE',
  ],
  NOT_VISIBLE_YET: [
    'jcds wait has waited as long as it may, and the image is not seen here',
    'wait longer, or jcds status -v IMAGE for what stands in the way',
  ],
  REGISTRY_MISMATCH: [
    'the image of this name was made from another registry than the one that was typed',
    'the name of that registry, or --any-registry to take it all the same',
  ],
} as const satisfies Partial<Record<ErrorCode, ErrorWords>>;
