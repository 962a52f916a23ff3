import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { descriptor, OCI_INDEX, type Stored, stored, type TestImage } from './images.ts';

/** An OCI layout on disk, as skopeo reads it. */
export function writeLayout(directory: string, top: Stored, images: readonly TestImage[]): string {
  mkdirSync(join(directory, 'blobs/sha256'), { recursive: true });
  const all = [top, ...images.flatMap(image => [image.manifest, image.config, ...image.layers])];
  for (const { digest, bytes } of all)
    writeFileSync(join(directory, 'blobs/sha256', digest.slice('sha256:'.length)), bytes);
  const annotations = { 'org.opencontainers.image.ref.name': '1' };
  const list = stored({ schemaVersion: 2, manifests: [{ ...descriptor(top), annotations }] }, OCI_INDEX);
  writeFileSync(join(directory, 'index.json'), list.bytes);
  writeFileSync(join(directory, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  return directory;
}

/** A key and its certificate, by openssl. */
export function makeKey(directory: string): { key: string; certificate: string } {
  const [key, certificate] = [join(directory, 'key.pem'), join(directory, 'certificate.pem')];
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '2',
      '-subj',
      '/CN=jcds-test',
      '-keyout',
      key,
      '-out',
      certificate,
    ],
    { stdio: 'pipe' },
  );
  return { key, certificate };
}
