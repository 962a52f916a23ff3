import { X509Certificate } from 'node:crypto';
import type { ContentHash } from './hash.ts';
import { contentHash, isSameHash } from './hash.ts';
import { VerificationError } from './verification-error.ts';

/**
 * Reads the certificate object (PEM) whose key signs the manifest. Its own dates and issuer mean nothing in
 * CVMFS: the whitelist is what vouches for it.
 */
export function parseCertificate(bytes: Uint8Array, repository: string): X509Certificate {
  try {
    return new X509Certificate(bytes);
  } catch (cause) {
    throw new MalformedCertificateError(repository, cause);
  }
}

/** Whether `fingerprint`, a hash of the DER in whatever algorithm, is that of the certificate. */
export function hasFingerprint(certificate: X509Certificate, fingerprint: ContentHash): boolean {
  return isSameHash(contentHash(fingerprint.algorithm, certificate.raw), fingerprint);
}

/** The object that the manifest names as certificate is none. */
export class MalformedCertificateError extends VerificationError {
  constructor(repository: string, cause: unknown) {
    const message = `the certificate of ${repository} cannot be read`;
    super({ step: 'certificate', code: 'CERTIFICATE_MALFORMED', message, cause });
  }
}
