import type { ErrorCode } from '../../error-codes.ts';
import type { ErrorWords } from './words.ts';

const AGAIN = 'the same command again: it goes on from where this one stopped';
const TOKEN = 'jcds auth status HOST says which token is used and how to give one';

/** Asking for publication: the list, its forge, git and tokens. */
export const REQUEST_ERRORS = {
  DIGEST_NOT_LISTABLE: ['the service publishes tags, and the name has a digest', 'NAME:TAG'],
  FORGE_ANSWER_LOST: ['the answer was lost, so it may have happened', AGAIN],
  FORGE_ANSWER_TOO_LARGE: [
    'the answer is larger than any of a forge',
    'check that the host in the configuration is the forge',
  ],
  FORGE_DOWN: ['the forge is at fault', AGAIN],
  FORGE_FOREIGN_LINK: [
    'the forge sends on to another server, where jcds does not go',
    'sign in there, or correct the host in the configuration',
  ],
  FORGE_INSECURE: [
    'the forge is not https, and a token is not sent in clear',
    'https:// in the configuration',
  ],
  FORGE_PAGE_BETWEEN: [
    'a web page came instead of the forge’s answer',
    'open the forge in a browser on this host',
  ],
  FORGE_RATE_LIMIT: ['the forge takes no more requests for now', 'later; the hint says when'],
  FORGE_REFUSED: ['the forge refuses; its own words stand in the message', TOKEN],
  FORGE_SIGNED_OUT: ['the forge wants one to sign in', TOKEN],
  FORGE_UNREACHABLE: [
    'the forge does not answer (75), or cannot be asked at all',
    'check the host in the configuration, the network and the proxy',
  ],
  FORK_FAILED: ['the fork of the project could not be made', 'make it on the web page of the project'],
  FORK_PENDING: ['the forge is still making the fork', AGAIN],
  GIT_REMOTE: ['git could not read or write the project', 'check your ssh key there, or give a token'],
  GIT_UNUSABLE: ['git is not here, or does not run', 'install it, or give a token'],
  LIST_BUSY: ['the list changed again and again meanwhile', AGAIN],
  LIST_UNKNOWN: ['it is not known which file of the project is its list', '--list-path PATH'],
  NAME_MISREAD: [
    'the service would read the entry as another image',
    'push the image one level deeper, and ask for that',
  ],
  NO_TOKEN: ['there is no token for the forge', TOKEN],
  NO_WISHLIST: [
    'it is not known how images are asked for in this repository',
    'a repository that takes requests, or services.NAME.wishlist in the configuration',
  ],
  NOT_A_FORGE: [
    'the answer is none of a forge’s',
    'check the host and the kind of forge in the configuration',
  ],
  NOT_A_WISHLIST: [
    'the file is no list of images in its format',
    '--list-path PATH, or its format in the configuration',
  ],
  NOT_YET_PUBLISHED: [
    'the image was asked for and is not there yet',
    'later; jcds requests says how it stands',
  ],
  PROJECT_ARCHIVED: ['the project takes no requests any more', 'ask the operators of the service'],
  PROJECT_MOVED: ['the project has moved', 'correct wishlist.project in the configuration'],
  PROJECT_NOT_FOUND: [
    'there is no such project, or it may not be seen',
    'check the project in the configuration; ask for access if it is private',
  ],
  PROPOSALS_CLOSED: [
    'this account may not propose there',
    'ask its owners, or send them the line that --dry-run prints',
  ],
  PUSH_OPTIONS_UNSUPPORTED: ['the server opens no merge requests by git push', TOKEN],
  REQUEST_CLOSED: [
    'the request was closed without being merged',
    'read there why; jcds request --again IMAGE',
  ],
  TOKEN_EXPIRED: ['the token has expired', 'make a new one'],
  TOKEN_FILE_LINE: ['a line of the token file is not HOST TOKEN', 'correct it'],
  TOKEN_FILE_UNREADABLE: ['the token file cannot be read', 'look at it with ls -l'],
  TOKEN_FILE_UNSAFE: ['others may read or write the token file, so it is not used', 'chmod 600'],
  TOKEN_MALFORMED: ['what stands for a token is none', 'copy it again, without quotes and line ends'],
  TOKEN_NEEDED: ['the forge wants a token for this', TOKEN],
  TOKEN_PERMISSION: ['the token lacks a permission', 'give it that permission, or a classic token'],
  TOKEN_REJECTED: ['the forge does not accept the token', TOKEN],
  TOKEN_SCOPE: ['the token lacks a scope', 'make one with that scope'],
  TOKEN_SSO: [
    'the organization wants the token authorised by its single sign-on',
    'authorise it at the address of the hint',
  ],
  WISHLIST_COLLISION: [
    'the image would be published at the place of another',
    'rename or retag it; --yes only where both are the same image',
  ],
  WISHLIST_UNEDITABLE: [
    'the list cannot be edited line by line',
    'add the line by hand, on the page of the project',
  ],
} as const satisfies Partial<Record<ErrorCode, ErrorWords>>;
