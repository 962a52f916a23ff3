import type { ErrorCode } from '../../error-codes.ts';
import type { ErrorWords } from './words.ts';

const TOLD = 'another server (--server URL); if all answer alike, tell the operators of the repository';

/** The signed repository over HTTP: who serves it, and which link of its chain of signatures did not hold. */
export const NO_MOUNT_ERRORS = {
  BLACKLIST_UNREADABLE: [
    'the blacklist of this host cannot be read, so nothing can be believed',
    'ask the administrator of this host',
  ],
  CACHE_DIRECTORY_UNUSABLE: [
    'the cache directory belongs to somebody else, or is none',
    'another one: --cache-dir DIR',
  ],
  CACHE_NOT_WRITTEN: ['the cache cannot be written', 'make room there, or --cache-dir DIR'],
  CATALOG_LOOP: ['the catalogs of the repository lead in a circle, or have no end', TOLD],
  CATALOG_MALFORMED: ['a catalog of the repository cannot be read', TOLD],
  CATALOG_TOO_LARGE: ['a catalog of the repository is larger than any that is read', TOLD],
  CERTIFICATE_BLACKLISTED: [
    'the certificate that signs the repository is on a blacklist',
    'ask the administrator of this host',
  ],
  CERTIFICATE_MALFORMED: ['the certificate that signs the repository cannot be read', TOLD],
  CERTIFICATE_NOT_WHITELISTED: ['the certificate that signs the repository is not on its whitelist', TOLD],
  FILE_UNREADABLE: ['a file of the repository is none that can be read', TOLD],
  INVALID_PATH: ['this is no path in a repository', 'leave out .. and control characters'],
  INVALID_SERVER: ['this is no address of a server', 'http://HOST/cvmfs/@fqrn@'],
  KEY_UNUSABLE: ['the file is no public key', "the repository's master public key, a PEM file: --keys FILE"],
  KEYS_MISSING: ['no public key of the repository is known here', 'get it from the operators: --keys FILE'],
  MANIFEST_HASH_MISMATCH: ['the manifest of the repository was changed on its way', TOLD],
  MANIFEST_MALFORMED: ['what was served as the manifest is none', TOLD],
  MANIFEST_SIGNATURE_INVALID: ['the manifest is not signed by its certificate', TOLD],
  MANIFEST_WRONG_REPOSITORY: ['the manifest is that of another repository', TOLD],
  OBJECT_HASH_MISMATCH: ['an object is not the one of its name', TOLD],
  OBJECT_NOT_COMPRESSED: ['an object is cut short, or damaged', TOLD],
  OBJECT_NOT_SERVED: [
    'the servers do not have what the repository names',
    'check the name of the repository and the server',
  ],
  OBJECT_SIZE_MISMATCH: ['an object is longer or shorter than its catalog says', TOLD],
  REVISION_BLACKLISTED: [
    'this revision of the repository is on a blacklist',
    'ask the administrator of this host',
  ],
  REVISION_OLDER: [
    'the servers show an older revision than was seen before',
    'later; --forget-revision once, if the repository was made anew',
  ],
  SERVER_UNKNOWN: [
    'no server of the repository is known here',
    '--server URL, or services.NAME.servers in the configuration',
  ],
  SERVER_UNREACHABLE: [
    'no server of the repository answers',
    'check the network and the proxy, or --server URL',
  ],
  WHITELIST_AUTHORITIES: [
    'the whitelist goes by certificate authorities, which jcds does not read',
    'a host with the CVMFS client',
  ],
  WHITELIST_EXPIRED: [
    'the whitelist has expired',
    'check the clock with date -u; else the operators must sign it anew',
  ],
  WHITELIST_HASH_MISMATCH: ['the whitelist was changed on its way', TOLD],
  WHITELIST_MALFORMED: ['what was served as the whitelist is none', TOLD],
  WHITELIST_NOT_YET_VALID: ['the whitelist is of a later day than today', 'check the clock with date -u'],
  WHITELIST_SIGNATURE_INVALID: [
    'the whitelist is signed by no key known here',
    'the new key, if the operators changed it: --keys FILE',
  ],
  WHITELIST_WRONG_REPOSITORY: ['the whitelist is that of another repository', TOLD],
} as const satisfies Partial<Record<ErrorCode, ErrorWords>>;
