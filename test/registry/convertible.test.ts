import { expect, test } from 'vitest';
import { parseReference } from '../../src/image/reference.ts';
import { checkConvertible, refuseThisHost } from '../../src/registry/convertible.ts';
import { descriptor, makeImage, makeIndex, stored } from './images.ts';
import { MemoryRegistry } from './memory-registry.ts';
import { ODD_IMAGES, putOdd } from './odd-images.ts';
import { failure, options, serve } from './opened.ts';

test.each(ODD_IMAGES.map(odd => [odd.what, odd] as const))('%s', async (_what, odd) => {
  const memory = new MemoryRegistry();
  putOdd(memory, 'a/b', '1', odd);
  const server = await serve(memory.handle);
  const name = `${server.host}/a/b:1`;
  const seen = await failure(checkConvertible(parseReference(name), ['amd64'], options()));
  const hidden = (text = '') => text.replaceAll(name, 'NAME').replaceAll(server.host, 'HOST');
  expect({ ...seen, message: hidden(seen.message), hint: hidden(seen.hint) }).toEqual({
    code: odd.code,
    message: odd.message,
    hint: odd.hint,
    exitCode: 1,
  });
});

const [amd64, arm64] = [makeImage('amd'), makeImage('arm', { architecture: 'arm64', variant: 'v8' })];
const docker = makeImage('docker', { docker: true });
const layered = (mediaType: string) => {
  const manifest = {
    schemaVersion: 2,
    config: descriptor(amd64.config),
    layers: [{ ...descriptor(amd64.layers[0]!), mediaType }],
  };
  return stored(manifest, amd64.manifest.mediaType);
};
const LAYERS = 'application/vnd.oci.image.layer.v1.tar';
test.each([
  ['an image', amd64.manifest, ['amd64']],
  ["docker's image", docker.manifest, ['amd64']],
  ['an index', makeIndex([arm64, amd64]), ['amd64']],
  ['arm64 where arm64 is converted', makeIndex([arm64]), ['amd64', 'arm64']],
  ['layers that are not compressed', layered(LAYERS), ['amd64']],
  ['layers by zstd', layered(`${LAYERS}+zstd`), ['amd64']],
])('%s can be converted', async (_what, top, architectures) => {
  const server = await serve(new MemoryRegistry().tag('a/b', '1', top, [amd64, arm64, docker]).handle);
  await checkConvertible(parseReference(`${server.host}/a/b:1`), architectures, options());
});

test.each(['127.0.0.1:7010/x:1', 'localhost/x', 'localhost:5000/x', 'registry.localhost/x', '[::1]:5000/x'])(
  '%s is of this host',
  name => {
    expect(() => refuseThisHost(parseReference(name))).toThrow(
      expect.objectContaining({ code: 'REGISTRY_OF_THIS_HOST', exitCode: 1 }),
    );
  },
);

test('a busy registry has said nothing of the image', async () => {
  const server = await serve((_heard, response) => response.writeHead(429).end());
  expect(
    await failure(checkConvertible(parseReference(`${server.host}/a/b:1`), ['amd64'], options())),
  ).toMatchObject({
    code: 'REGISTRY_RATE_LIMITED',
    exitCode: 75,
  });
});
