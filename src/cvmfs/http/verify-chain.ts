import type { Blacklist } from './blacklist.ts';
import { hasFingerprint, parseCertificate } from './certificate.ts';
import type { PublicKey } from './keys.ts';
import type { Manifest } from './manifest.ts';
import { isRawSignature, isSha1Signature } from './signature.ts';
import { VerificationError } from './verification-error.ts';
import { assertInForce, parseWhitelist } from './whitelist.ts';

/** Everything a verdict on a manifest rests on. */
export interface Evidence {
  /** Already checked against its own hash and the repository's name. */
  readonly manifest: Manifest;
  readonly whitelist: Uint8Array;
  /** The certificate object, inflated. */
  readonly certificate: Uint8Array;
}

export interface Trust {
  readonly repository: string;
  /** Master public keys; any of them may have signed the whitelist. */
  readonly keys: readonly PublicKey[];
  readonly blacklist: Blacklist;
  /** Milliseconds since 1970, or null to leave expiry out (of a revision that is only remembered, not used). */
  readonly now: number | null;
}

/**
 * Follows the chain of trust from the master keys to the manifest: whitelist, its dates, certificate, blacklist,
 * manifest. Each broken link throws its own error; returning means that the manifest is the publisher's.
 */
export function verifyChain(evidence: Evidence, trust: Trust): void {
  const { repository, keys, blacklist, now } = trust;
  const whitelist = parseWhitelist(evidence.whitelist, repository);
  if (!keys.some(({ key }) => isRawSignature(key, whitelist.printedHash, whitelist.signature)))
    throw new WhitelistSignatureError(repository, keys);
  if (now !== null) assertInForce(whitelist, repository, now);

  const certificate = parseCertificate(evidence.certificate, repository);
  if (!whitelist.fingerprints.some(fingerprint => hasFingerprint(certificate, fingerprint)))
    throw new CertificateNotWhitelistedError(repository);
  if (blacklist.fingerprints.some(fingerprint => hasFingerprint(certificate, fingerprint)))
    throw new CertificateBlacklistedError(repository, blacklist.source);

  const { manifest } = evidence;
  if (!isSha1Signature(certificate.publicKey, manifest.printedHash, manifest.signature))
    throw new ManifestSignatureError(repository);
  if (manifest.revision < (blacklist.leastRevisions.get(repository) ?? 0))
    throw new RevisionBlacklistedError(repository, manifest.revision, blacklist.source);
}

/** The whitelist was signed with a key that is not known here, or changed after it was signed. */
export class WhitelistSignatureError extends VerificationError {
  constructor(repository: string, keys: readonly PublicKey[]) {
    const known = keys.map(({ source, fingerprint }) => `${source} (${fingerprint})`).join(', ');
    super({
      step: 'whitelist',
      code: 'WHITELIST_SIGNATURE_INVALID',
      message: `the whitelist of ${repository} is not signed with a key known here: ${known}`,
      hint: `if the operators changed their key, get the new one from them and name it with --keys FILE`,
    });
  }
}

/** The manifest names a certificate that the whitelist does not vouch for. */
export class CertificateNotWhitelistedError extends VerificationError {
  constructor(repository: string) {
    const message = `the certificate that signs the manifest of ${repository} is not in its whitelist`;
    super({ step: 'certificate', code: 'CERTIFICATE_NOT_WHITELISTED', message });
  }
}

/** The host's administrator distrusts the certificate. */
export class CertificateBlacklistedError extends VerificationError {
  constructor(repository: string, source: string) {
    super({
      step: 'certificate',
      code: 'CERTIFICATE_BLACKLISTED',
      message: `the certificate that signs the manifest of ${repository} is blacklisted in ${source}`,
      hint: 'ask the administrator of this host',
    });
  }
}

/** The manifest was not signed by the certificate's holder, or changed after it was signed. */
export class ManifestSignatureError extends VerificationError {
  constructor(repository: string) {
    const message = `the signature of the manifest of ${repository} does not fit its certificate`;
    super({ step: 'manifest', code: 'MANIFEST_SIGNATURE_INVALID', message });
  }
}

/** The host's administrator distrusts all revisions before a certain one. */
export class RevisionBlacklistedError extends VerificationError {
  constructor(repository: string, revision: number, source: string) {
    super({
      step: 'revision',
      code: 'REVISION_BLACKLISTED',
      message: `revision ${revision} of ${repository} is blacklisted in ${source}`,
      hint: 'ask the administrator of this host',
    });
  }
}
