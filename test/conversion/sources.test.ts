import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { convert } from '../../src/conversion/convert.ts';
import { DEFAULT_LIMITS } from '../../src/conversion/limits.ts';
import { parseSource } from '../../src/conversion/parse-source.ts';
import { withSource } from '../../src/conversion/with-source.ts';
import { isJcdsError } from '../../src/errors.ts';
import { RefusedFile } from '../../src/files/refused-file.ts';
import { parsePlatform } from '../../src/image/platform.ts';
import { makeTar, type TestEntry } from '../archive/make-tar.ts';
import { linesOf } from './scratch.ts';
import { writeBlob, writeImage, writeIndex, writeLayout } from './write-layout.ts';

let work: string;
let layout: string;
beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'jcds-sources-'));
  layout = join(work, 'layout');
});
afterEach(() => rmSync(work, { recursive: true, force: true }));

const A = makeTar([{ name: 'a', content: 'A' }]);
const B = makeTar([{ name: 'b', content: 'B' }]);
const hex = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

/** The lines of the tree, or code and message of the error. */
async function made(source: string, platform = 'linux/amd64'): Promise<readonly string[] | string> {
  const options = {
    cwd: work,
    platform: parsePlatform(platform),
    workplace: work,
    registries: (): never => {
      throw new Error('no registry is meant here');
    },
  };
  try {
    return await withSource(source, parseSource(source), options, async image => {
      await convert(
        image,
        { directory: join(work, 'out'), workplace: work },
        { limits: DEFAULT_LIMITS, origin: null },
      );
      return linesOf(join(work, 'out'));
    });
  } catch (thrown) {
    if (thrown instanceof RefusedFile) return `refused: ${thrown.message}`;
    if (isJcdsError(thrown)) return `${thrown.code}: ${thrown.message}; ${thrown.hint}`;
    throw thrown;
  }
}

describe('an OCI layout', () => {
  test('with layers under wrong media types: their bytes tell', async () => {
    writeLayout(layout, [gzipSync(A), B], {
      unpacked: [A, B],
      mediaTypes: ['application/vnd.oci.image.layer.v1.tar', 'application/vnd.oci.image.layer.v1.tar+gzip'],
    });
    expect(await made('oci:layout')).toEqual(['f 644 a = A', 'f 644 b = B']);
  });

  test.each([
    [
      'a wrong diff ID',
      () => writeLayout(layout, [A], { diffIds: [`sha256:${hex(B)}`] }),
      /^CONTENT_MISMATCH: layer .* unpacks to sha256:/,
    ],
    [
      'fewer diff IDs',
      () => writeLayout(layout, [A, B], { diffIds: [`sha256:${hex(A)}`] }),
      /^CONTENT_MISMATCH: .*speaks of 1 layers, and there are 2/,
    ],
    [
      'more diff IDs',
      () => writeLayout(layout, [A], { diffIds: [hex(A), hex(B)].map(id => `sha256:${id}`) }),
      /^CONTENT_MISMATCH: .*speaks of 2 layers/,
    ],
    [
      'a longer blob',
      () => {
        writeLayout(layout, [A]);
        appendFileSync(join(layout, 'blobs/sha256', hex(A)), 'x');
      },
      /^CONTENT_MISMATCH: layer .* is not 2048 bytes long/,
    ],
    [
      'a shorter blob',
      () => {
        writeLayout(layout, [A]);
        writeFileSync(join(layout, 'blobs/sha256', hex(A)), A.subarray(1));
      },
      /^CONTENT_MISMATCH: .* is not 2048 bytes long/,
    ],
    [
      'a damaged blob',
      () => {
        writeLayout(layout, [A]);
        writeFileSync(join(layout, 'blobs/sha256', hex(A)), B);
      },
      /^CONTENT_MISMATCH: .* is not what its digest says/,
    ],
    [
      'junk after gzip',
      () => {
        const bytes = Buffer.concat([gzipSync(A), Buffer.from('junk')]);
        writeLayout(layout, [bytes], { unpacked: [A] });
      },
      /^LAYER_INVALID: .*gzip, and damaged/,
    ],
    [
      'a blob that is a link',
      () => {
        writeLayout(layout, [A]);
        const blob = join(layout, 'blobs/sha256', hex(A));
        renameSync(blob, join(work, 'elsewhere'));
        symlinkSync(join(work, 'elsewhere'), blob);
      },
      /^refused: .*no regular file/,
    ],
    [
      'a blob that is a fifo',
      () => {
        writeLayout(layout, [A]);
        const blob = join(layout, 'blobs/sha256', hex(A));
        rmSync(blob);
        execFileSync('mkfifo', [blob]);
      },
      /^refused: .*no regular file/,
    ],
    [
      'an index.json that is too long',
      () => {
        writeLayout(layout, [A]);
        appendFileSync(join(layout, 'index.json'), ' '.repeat(5_000_000));
      },
      /^SOURCE_UNUSABLE: .*index\.json with more than 4096 KiB/,
    ],
    [
      'a digest with a path in it',
      () =>
        writeIndex(layout, [
          { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest: 'sha256:../../x', size: 1 },
        ]),
      /^SOURCE_UNUSABLE: .*not that of an OCI layout/,
    ],
    [
      'an encrypted layer',
      () =>
        writeLayout(layout, [A], { mediaTypes: ['application/vnd.oci.image.layer.v1.tar+gzip+encrypted'] }),
      /^UNSUPPORTED_MANIFEST: .*encrypted layers/,
    ],
    [
      'a foreign layer',
      () =>
        writeLayout(layout, [A], {
          mediaTypes: ['application/vnd.docker.image.rootfs.foreign.diff.tar.gzip'],
        }),
      /^UNSUPPORTED_MANIFEST: .*layers that no registry holds/,
    ],
    [
      'another architecture',
      () => writeLayout(layout, [A], { architecture: 's390x' }),
      /^PLATFORM_NOT_IN_REGISTRY: .*no image for linux\/amd64; it has images for linux\/s390x/,
    ],
    ['nothing', () => writeIndex(layout, []), /^SOURCE_UNUSABLE: .*holds no image/],
  ] as const)('with %s: an error', async (_, make, message) => {
    make();
    expect(await made('oci:layout')).toMatch(message);
  });

  test('with two images: the name chooses', async () => {
    writeIndex(layout, [writeImage(layout, [A], { name: 'x' }), writeImage(layout, [B], { name: 'y:1' })]);
    expect(await made('oci:layout')).toMatch(
      /^SOURCE_AMBIGUOUS: .*holds 2 images; name one of them behind a colon: x, y:1/,
    );
    expect(await made('oci:layout:z')).toMatch(/^SOURCE_UNUSABLE: .*holds no image "z"; it holds x, y:1/);
    expect(await made('oci:layout:y:1')).toEqual(['f 644 b = B']);
  });

  const INDEX = 'application/vnd.oci.image.index.v1+json';
  const index = (...manifests: object[]) =>
    writeBlob(layout, Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests })), INDEX);
  const of = (layer: Buffer, architecture: string, variant?: string) =>
    writeImage(layout, [layer], {
      architecture,
      platform: { os: 'linux', architecture, ...(variant ? { variant } : {}) },
    });
  const attestation = () => writeImage(layout, [B], { platform: { os: 'unknown', architecture: 'unknown' } });

  test('with an index: the lowest variant that runs there, or the very one; never an attestation', async () => {
    writeIndex(layout, [index(attestation(), of(B, 'amd64', 'v3'), of(A, 'amd64'), of(B, 'arm64', 'v8'))]);
    expect(await made('oci:layout')).toEqual(['f 644 a = A']);
    rmSync(join(work, 'out'), { recursive: true });
    expect(await made('oci:layout', 'linux/amd64/v3')).toEqual(['f 644 b = B']);
    rmSync(join(work, 'out'), { recursive: true });
    expect(await made('oci:layout', 'linux/amd64/v2')).toEqual(['f 644 a = A']);
    expect(await made('oci:layout', 'linux/ppc64le')).toMatch(
      /^PLATFORM_NOT_IN_REGISTRY: .*it has images for linux\/amd64\/v3, linux\/amd64, linux\/arm64\/v8/,
    );
  });

  test('with attestations alone, or with indexes in indexes', async () => {
    writeIndex(layout, [index(attestation())]);
    expect(await made('oci:layout')).toMatch(/^PLATFORM_NOT_IN_REGISTRY/);
    writeIndex(layout, [index(index(of(A, 'amd64')))]);
    expect(await made('oci:layout')).toMatch(/^UNSUPPORTED_MANIFEST: .*an index within an index/);
  });
});

describe('an archive of docker', () => {
  const config = (layers: readonly Buffer[]) =>
    JSON.stringify({
      architecture: 'amd64',
      os: 'linux',
      config: {},
      rootfs: { type: 'layers', diff_ids: layers.map(layer => `sha256:${hex(layer)}`) },
    });
  const manifest = (...rows: object[]): TestEntry => ({
    name: 'manifest.json',
    content: JSON.stringify(rows),
  });
  const put = (...entries: TestEntry[]) => writeFileSync(join(work, 'x.tar'), makeTar(entries));
  const one = { Config: 'c.json', RepoTags: ['x:1'], Layers: ['1/layer.tar'] };

  test('with a layer that is a link to another file of it', async () => {
    put(
      { name: 'abc.tar', content: A },
      { name: '1/layer.tar', type: '2', link: '../abc.tar' },
      { name: 'c.json', content: config([A]) },
      manifest(one),
    );
    expect(await made('docker-archive:x.tar')).toEqual(['f 644 a = A']);
  });

  test.each([
    [
      'a layer that is a link out of it',
      [
        { name: '1/layer.tar', type: '2', link: '../../etc/passwd' },
        { name: 'c.json', content: config([A]) },
        manifest(one),
      ],
      /^SOURCE_UNUSABLE: .*does not hold "1\/layer.tar"/,
    ],
    [
      'links in a circle',
      [
        { name: '1/layer.tar', type: '2', link: 'layer.tar' },
        { name: 'c.json', content: config([A]) },
        manifest(one),
      ],
      /does not hold/,
    ],
    [
      'a layer that is not there',
      [{ name: 'c.json', content: config([A]) }, manifest(one)],
      /does not hold "1\/layer.tar"/,
    ],
    [
      'another layer',
      [{ name: '1/layer.tar', content: B }, { name: 'c.json', content: config([A]) }, manifest(one)],
      /^CONTENT_MISMATCH: layer 1\/layer.tar .*is not what its digest says/,
    ],
    [
      'a configuration that is not what its name says',
      [
        { name: '1/layer.tar', content: A },
        { name: `${'a'.repeat(64)}.json`, content: config([A]) },
        manifest({ ...one, Config: `${'a'.repeat(64)}.json` }),
      ],
      /^CONTENT_MISMATCH: the configuration/,
    ],
    ['two manifests', [manifest(one), manifest(one)], /^SOURCE_UNUSABLE: .*manifest.json twice/],
    ['no manifest', [{ name: 'a', content: '' }], /does not hold "manifest.json"/],
    ['a manifest without layers', [manifest({ Config: 'c.json' })], /manifest.json that is none/],
  ] as const)('with %s: an error', async (_, entries, message) => {
    put(...(entries as readonly TestEntry[]));
    expect(await made('docker-archive:x.tar')).toMatch(message);
  });

  test('with two images: the tag chooses', async () => {
    const two = { Config: 'd.json', RepoTags: ['docker.io/library/y:2'], Layers: ['2/layer.tar'] };
    put(
      { name: '1/layer.tar', content: A },
      { name: '2/layer.tar', content: B },
      { name: 'c.json', content: config([A]) },
      { name: 'd.json', content: config([B]) },
      manifest(one, two),
    );
    expect(await made('docker-archive:x.tar')).toMatch(/^SOURCE_AMBIGUOUS: .*: x:1, docker.io\/library\/y:2/);
    expect(await made('docker-archive:x.tar:z')).toMatch(/holds no image "z"; it holds x:1/);
    expect(await made('docker-archive:x.tar:y:2')).toEqual(['f 644 b = B']);
  });

  test('that is cut short, or compressed', async () => {
    const whole = makeTar([
      { name: '1/layer.tar', content: A },
      { name: 'c.json', content: config([A]) },
      manifest(one),
    ]);
    writeFileSync(join(work, 'x.tar'), whole.subarray(0, 1000));
    expect(await made('docker-archive:x.tar')).toMatch(/^SOURCE_UNUSABLE: .*ends inside a file/);
    writeFileSync(join(work, 'x.tar'), gzipSync(whole));
    expect(await made('docker-archive:x.tar')).toMatch(/^SOURCE_UNUSABLE: .*is compressed/);
  });
});

test('a directory that is none, and a source that names nothing', async () => {
  mkdirSync(layout);
  await expect(made('oci:layout')).rejects.toThrow(/ENOENT/);
  expect(() => parseSource('oci:')).toThrow(/names no file/);
});
