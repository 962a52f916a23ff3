import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

export interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly pem: string;
}

/** A fresh RSA key, as CVMFS signs with. */
export function makeKeys(): KeyPair {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { privateKey, publicKey, pem: publicKey.export({ type: 'spki', format: 'pem' }) as string };
}

/**
 * A self-signed X.509 certificate of `keys` (RFC 5280, version 1), in DER; with host names one of version 3 that is an authority, good
 * for a TLS server of these names.
 */
export function makeCertificate({ privateKey, publicKey }: KeyPair, hosts: readonly string[] = []): Buffer {
  const sha256WithRsa = der(0x30, Buffer.from('06092a864886f70d01010b0500', 'hex'));
  const commonName = der(
    0x31,
    der(0x30, Buffer.from('0603550403', 'hex'), der(0x0c, Buffer.from('jcds test'))),
  );
  const name = der(0x30, commonName);
  const validity = der(0x30, time('260101000000Z'), time('360101000000Z'));
  const body = der(
    0x30,
    ...(hosts.length > 0 ? [der(0xa0, der(0x02, Buffer.from([2])))] : []),
    der(0x02, Buffer.from([1])),
    sha256WithRsa,
    name,
    validity,
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    ...(hosts.length > 0 ? [extensions(hosts)] : []),
  );
  const signature = Buffer.concat([Buffer.from([0]), sign('sha256', body, privateKey)]);
  return der(0x30, body, sha256WithRsa, der(0x03, signature));
}

export function pemOf(certificate: Uint8Array): string {
  const lines =
    Buffer.from(certificate)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function extensions(hosts: readonly string[]): Buffer {
  const names = hosts.map(host => der(0x82, Buffer.from(host)));
  const authority = der(
    0x30,
    Buffer.from('0603551d13', 'hex'),
    der(0x04, der(0x30, Buffer.from('0101ff', 'hex'))),
  );
  const alternatives = der(0x30, Buffer.from('0603551d11', 'hex'), der(0x04, der(0x30, ...names)));
  return der(0xa3, der(0x30, authority, alternatives));
}

function time(text: string): Buffer {
  return der(0x17, Buffer.from(text));
}

/** One DER value: tag, length, content. */
function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
