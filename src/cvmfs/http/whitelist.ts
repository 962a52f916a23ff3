import { type ContentHash, parseContentHash } from './hash.ts';
import { quoted } from './quoted.ts';
import { readSignedLetter } from './signed-letter.ts';
import {
  LetterHashError,
  MalformedLetterError,
  VerificationError,
  WrongRepositoryError,
} from './verification-error.ts';

/** `.cvmfswhitelist`: whose certificates may sign the manifest, and until when; signed with the master key. */
export interface Whitelist {
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly expiresAt: number;
  /** Fingerprints of certificates: hashes of their DER. */
  readonly fingerprints: readonly ContentHash[];
  readonly printedHash: string;
  readonly signature: Uint8Array;
}

/** How far a publisher's clock may be ahead of this host's. */
const CLOCK_TOLERANCE = 60 * 60 * 1000;

/** Reads a whitelist, checks its hash and that it is of `repository`. The signature is checked by `verify-chain.ts`. */
export function parseWhitelist(bytes: Uint8Array, repository: string): Whitelist {
  const demand = authorityDemand(bytes);
  if (demand !== null) throw new AuthoritiesNotSupportedError(repository, demand);
  const letter = readSignedLetter(bytes);
  if (!letter) throw new MalformedLetterError('whitelist', repository, 'it is cut short or no signed text');
  if (!letter.isIntact) throw new LetterHashError('whitelist', repository);
  const [created = '', expires = '', name = '', ...rest] = letter.lines;
  const createdAt = parseTime(created);
  const expiresAt = expires.startsWith('E') ? parseTime(expires.slice(1)) : null;
  if (createdAt === null || expiresAt === null)
    throw new MalformedLetterError('whitelist', repository, 'its times are malformed');
  if (name !== `N${repository}`)
    throw new WrongRepositoryError('whitelist', repository, quoted(name.slice(1)));
  return {
    createdAt,
    expiresAt,
    fingerprints: fingerprints(rest),
    printedHash: letter.printedHash,
    signature: letter.signature,
  };
}

/**
 * What the whitelist asks of clients beside the master key, in the line behind the name: `Vpkcs7` (its signature is a PKCS#7
 * file of its own instead) and `Wcachain` (the publisher's certificate must be one of an authority that the host trusts).
 * Both go by the host's certificate authorities; a client that cannot follow them must not answer as if nobody had asked.
 */
function authorityDemand(bytes: Uint8Array): Demand | null {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 1024));
  const line = head.toString('latin1').split('\n', 4)[3];
  return line === 'Vpkcs7' || line === 'Wcachain' ? line : null;
}

type Demand = 'Vpkcs7' | 'Wcachain';

/** The lines that are fingerprints; others (comments) do not vouch for anything. */
export function fingerprints(lines: readonly string[]): ContentHash[] {
  return lines.map(parseFingerprint).filter(fingerprint => fingerprint !== null);
}

/** Reads `AA:BB:…[-rmd160|-shake128] [# comment]`; null for anything else. */
export function parseFingerprint(line: string): ContentHash | null {
  const [text = ''] = line.trim().split(/[\s#]/, 1);
  return parseContentHash(text.replaceAll(':', '').toLowerCase());
}

/** Throws unless the whitelist is in force at `now` (milliseconds since 1970). */
export function assertInForce(whitelist: Whitelist, repository: string, now: number): void {
  if (now >= whitelist.expiresAt) throw new WhitelistExpiredError(repository, whitelist.expiresAt);
  if (now + CLOCK_TOLERANCE < whitelist.createdAt)
    throw new WhitelistNotYetValidError(repository, whitelist.createdAt);
}

/** `YYYYMMDDhhmmss`, UTC; null when it is no time. */
function parseTime(text: string): number | null {
  const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(text);
  if (!match) return null;
  const [, year, month, day, hour, minute, second] = match;
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(time) ? null : time;
}

export const WHITELIST_EXPIRED = 'WHITELIST_EXPIRED';

/** Time is up: the operators have not signed the whitelist again, or this host's clock is ahead. */
export class WhitelistExpiredError extends VerificationError {
  constructor(repository: string, expiredAt: number) {
    super({
      step: 'whitelist',
      code: WHITELIST_EXPIRED,
      message: `the whitelist of ${repository} expired on ${minutes(expiredAt)}`,
      hint: 'check the clock of this host with `date -u`; if it is right, the operators must sign the whitelist again',
    });
  }
}

/** The whitelist comes from the future: this host's clock is behind. */
export class WhitelistNotYetValidError extends VerificationError {
  constructor(repository: string, createdAt: number) {
    super({
      step: 'whitelist',
      code: 'WHITELIST_NOT_YET_VALID',
      message: `the whitelist of ${repository} is valid only from ${minutes(createdAt)}`,
      hint: 'check the clock of this host with `date -u`',
    });
  }
}

/** The operators trust certificate authorities instead of, or beside, a master key. */
export class AuthoritiesNotSupportedError extends VerificationError {
  constructor(repository: string, demand: Demand) {
    const what =
      demand === 'Vpkcs7' ? 'is signed with PKCS#7' : "asks for the chain of its certificate's authorities";
    super({
      step: 'whitelist',
      code: 'WHITELIST_AUTHORITIES',
      message: `the whitelist of ${repository} ${what} (${demand}), which jcds cannot check`,
      hint: 'look at it through a mount: the CVMFS client can; or look without verifying, with --insecure',
    });
  }
}

function minutes(time: number): string {
  return `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
