import type { ErrorCode } from '../../error-codes.ts';
import type { ErrorWords } from './words.ts';

const THEIRS = 'tell the people who run that registry';

/** The registry that an image comes from, and the credentials for it. */
export const REGISTRY_ERRORS = {
  CREDENTIAL_HELPER: [
    'a docker-credential- helper failed',
    'what the message says of it; it is named in the credential file',
  ],
  CREDENTIALS_UNREADABLE: [
    'the credential file cannot be read',
    'repair it, or move it away and log in again with podman login',
  ],
  IMAGE_INCOMPLETE: [
    'the registry has the image’s manifest and not all that it names',
    'push the image again',
  ],
  IMAGE_PRIVATE: [
    'the image may not be pulled by everyone, and the service publishes public images only',
    'make it public, or --repository of a service that takes private ones',
  ],
  INVALID_REGISTRY: ['this is no address of a registry', 'HOST or HOST:PORT'],
  NOT_IN_REGISTRY: ['the registry does not have the image', 'check the spelling of the name and the tag'],
  PLATFORM_NOT_IN_REGISTRY: [
    'the registry has the image for other platforms only',
    'one of those, or an image built for this one',
  ],
  REGISTRY_ADDRESS_REFUSED: ['the registry sends on to an address to which nothing is sent', THEIRS],
  REGISTRY_ANSWER_INVALID: [
    'the registry answers what its protocol does not have',
    'later, if it is at fault; check the address, if a web page came',
  ],
  REGISTRY_ANSWER_TOO_LARGE: ['the registry answers more than such a document may have', THEIRS],
  REGISTRY_CREDENTIAL_REFUSED: ['the registry refuses the credential', 'log in again: podman login REGISTRY'],
  REGISTRY_DIGEST_MISMATCH: ['the registry answers with other bytes than were asked for', THEIRS],
  REGISTRY_FAILED: ['the registry is at fault', 'later'],
  REGISTRY_FORBIDDEN: ['the registry forbids reading the image', 'log in, or ask its owner for the right'],
  REGISTRY_OF_THIS_HOST: [
    'the registry is this host itself, from which no service can pull',
    'push the image to a registry that the service reaches',
  ],
  REGISTRY_RATE_LIMITED: [
    'the registry takes no more requests from here for now',
    'later; logged-in users may ask more often',
  ],
  REGISTRY_UNAUTHORIZED: ['the image is private, or does not exist', 'log in: podman login REGISTRY'],
  REGISTRY_UNREACHABLE: [
    'the registry does not answer (75), or cannot be asked at all',
    'check the address, the network, proxies and certificates',
  ],
  UNSUPPORTED_MANIFEST: [
    'what the registry has under this name is no image that can be unpacked',
    'the name of an image',
  ],
} as const satisfies Partial<Record<ErrorCode, ErrorWords>>;
