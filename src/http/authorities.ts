import { rootCertificates } from 'node:tls';
import { readTextIfThere } from '../files/read.ts';
import type { Environment } from './proxies.ts';

/** Where systems keep the authorities that they trust, as Go's programs (podman, docker, apptainer) look for them. */
const BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

/**
 * The authorities that this host trusts, with those that Node brings along: a site's own is in the system's file, which curl and
 * podman read and Node 20 does not. SSL_CERT_FILE names another file, as it does for them. null where there is no such file, or where it cannot be read.
 */
export function systemAuthorities(environment: Environment): string[] | null {
  const files = environment.SSL_CERT_FILE ? [environment.SSL_CERT_FILE] : BUNDLES;
  const [bundle] = files.map(read).filter(text => text !== null);
  if (bundle === undefined) return null;
  const extra = environment.NODE_EXTRA_CA_CERTS ? read(environment.NODE_EXTRA_CA_CERTS) : null;
  return [...rootCertificates, bundle, ...(extra === null ? [] : [extra])];
}

function read(file: string): string | null {
  try {
    return readTextIfThere('authorities', file);
  } catch {
    // Who cannot be asked whom to trust trusts nobody more.
    return null;
  }
}
