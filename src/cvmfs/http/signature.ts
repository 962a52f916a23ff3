import { constants, createHash, type KeyObject, publicDecrypt, timingSafeEqual } from 'node:crypto';

/**
 * RSA signatures, checked by recovering what was signed and comparing it. `crypto.verify` is of no use here: the
 * whitelist's signature holds the bare text without an algorithm identifier, and the system-wide policy of
 * EL9 refuses SHA-1 in `crypto.verify`, which every manifest uses.
 */

/** DER of `DigestInfo { sha1, OCTET STRING(20) }` up to the digest (RFC 8017, 9.2, note 1). */
const SHA1_DIGEST_INFO = Buffer.from('3021300906052b0e03021a05000414', 'hex');

/** Whether `signature` is that of the holder of `key` over `text` itself, as a whitelist is signed. */
export function isRawSignature(key: KeyObject, text: string, signature: Uint8Array): boolean {
  return isRecovered(key, signature, Buffer.from(text, 'latin1'));
}

/** Whether `signature` is that of the holder of `key` over the SHA-1 of `text`, as a manifest is signed. */
export function isSha1Signature(key: KeyObject, text: string, signature: Uint8Array): boolean {
  const digest = createHash('sha1').update(text, 'latin1').digest();
  return isRecovered(key, signature, Buffer.concat([SHA1_DIGEST_INFO, digest]));
}

function isRecovered(key: KeyObject, signature: Uint8Array, expected: Buffer): boolean {
  const recovered = recover(key, signature);
  return recovered !== null && recovered.length === expected.length && timingSafeEqual(recovered, expected);
}

/** What was signed, or null when the signature does not fit the key. */
function recover(key: KeyObject, signature: Uint8Array): Buffer | null {
  try {
    return publicDecrypt({ key, padding: constants.RSA_PKCS1_PADDING }, signature);
  } catch {
    return null;
  }
}
