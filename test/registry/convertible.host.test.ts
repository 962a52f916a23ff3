import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseReference } from '../../src/image/reference.ts';
import { checkConvertible } from '../../src/registry/convertible.ts';
import { type RunningRegistry, startRegistry } from '../hosts/registry.ts';
import type { Stored } from './images.ts';
import { ODD_IMAGES, type OddImage } from './odd-images.ts';
import { failure, options } from './opened.ts';

// The same odd images in a real registry, pushed as its clients push, and cleaned up as its operators do.
let registry: RunningRegistry;
beforeAll(async () => {
  registry = await startRegistry({ REGISTRY_STORAGE_DELETE_ENABLED: 'true' });
});
afterAll(() => registry?.close());

const at = (path: string) => `http://${registry.host}/v2/${path}`;
const isManifest = ({ mediaType }: Stored) => /manifest|image\.index/.test(mediaType);

const isIndex = ({ mediaType }: Stored) => mediaType.includes('index');

async function putManifest(repository: string, place: string, { bytes, mediaType }: Stored): Promise<number> {
  const sent = { method: 'PUT', headers: { 'content-type': mediaType }, body: new Uint8Array(bytes) };
  return (await fetch(at(`${repository}/manifests/${place}`), sent)).status;
}

async function putBlob(repository: string, { bytes, digest }: Stored): Promise<void> {
  const upload = await fetch(at(`${repository}/blobs/uploads/`), { method: 'POST' });
  const url = new URL(upload.headers.get('location')!, at(''));
  url.searchParams.set('digest', digest);
  const headers = { 'content-type': 'application/octet-stream' };
  expect((await fetch(url, { method: 'PUT', headers, body: new Uint8Array(bytes) })).status).toBe(201);
}

/** The status that the manifest itself was answered with. */
async function push(repository: string, { manifest, others, lost = [] }: OddImage): Promise<number> {
  const parts = [...others, ...lost];
  for (const part of parts.filter(one => !isManifest(one))) await putBlob(repository, part);
  // An index is only taken when its images are there.
  const inner = parts.filter(isManifest).sort((a, b) => Number(isIndex(a)) - Number(isIndex(b)));
  for (const part of inner) await putManifest(repository, part.digest, part);
  const status = await putManifest(repository, '1', manifest);
  for (const part of lost) {
    const kind = isManifest(part) ? 'manifests' : 'blobs';
    await fetch(at(`${repository}/${kind}/${part.digest}`), { method: 'DELETE' });
  }
  return status;
}

/** What a real registry does not even take. */
const NOT_TAKEN = new Set(["docker's first schema as text/plain"]);

test.each(ODD_IMAGES.map((odd, index) => [odd.what, `odd/image${index}`, odd] as const))(
  '%s',
  async (what, repository, odd) => {
    const status = await push(repository, odd);
    expect(status === 201).toBe(!NOT_TAKEN.has(what));
    if (NOT_TAKEN.has(what)) return;
    const name = `${registry.host}/${repository}:1`;
    const seen = await failure(checkConvertible(parseReference(name), ['amd64'], options()));
    const hidden = (text = '') => text.replaceAll(name, 'NAME').replaceAll(registry.host, 'HOST');
    expect([seen.code, hidden(seen.message), hidden(seen.hint)]).toEqual([odd.code, odd.message, odd.hint]);
  },
);
