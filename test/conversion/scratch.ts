import { createHash } from 'node:crypto';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { convert } from '../../src/conversion/convert.ts';
import { DEFAULT_LIMITS, type Limits } from '../../src/conversion/limits.ts';
import type { Origin } from '../../src/conversion/own-files.ts';
import type { SourceImage } from '../../src/conversion/source-image.ts';
import { isJcdsError } from '../../src/errors.ts';

const sha256 = (bytes: Buffer) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** An image whose layers are these archives, uncompressed unless `diffs` says what they unpack to. */
export function imageOf(layers: readonly Buffer[], diffs: readonly Buffer[] = layers): SourceImage {
  return {
    name: 'test',
    manifestDigest: null,
    indexDigest: null,
    configDigest: sha256(Buffer.alloc(0)),
    config: {
      env: [],
      entrypoint: null,
      cmd: null,
      user: null,
      workingDir: null,
      labels: {},
      architecture: 'amd64',
      os: 'linux',
    },
    diffIds: diffs.map(sha256),
    layers: layers.map((bytes, index) => ({
      name: `${index + 1}`,
      size: bytes.length,
      prove: async () => {},
      async *content() {
        for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
      },
    })),
  };
}

/** What came of a conversion: the tree, a line for each entry but the root, or why there is none. */
export interface Outcome {
  readonly tree: readonly string[] | null;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly remarks: Readonly<Record<string, number>>;
}

/**
 * A directory with what a hostile image would like to reach: `host/victim`, and a sentinel beside the root. A process of its own user can do
 * all that the image could.
 */
export class Scratch {
  readonly at = mkdtempSync(join(tmpdir(), 'jcds-escape-'));
  readonly root = join(this.at, 'work/rootfs');

  constructor() {
    mkdirSync(join(this.at, 'work'), { mode: 0o700 });
    mkdirSync(join(this.at, 'host'));
    writeFileSync(join(this.at, 'host/victim'), 'victim\n', { mode: 0o640 });
    writeFileSync(join(this.at, 'work/sentinel'), 'sentinel\n');
  }

  async convert(
    image: SourceImage,
    limits: Partial<Limits> = {},
    origin: Origin | null = null,
  ): Promise<Outcome> {
    const target = { directory: this.root, workplace: join(this.at, 'work') };
    try {
      const { remarks } = await convert(image, target, { limits: { ...DEFAULT_LIMITS, ...limits }, origin });
      const counts = Object.fromEntries([...remarks].map(([kind, { count }]) => [kind, count]));
      return { tree: linesOf(this.root), error: null, remarks: counts };
    } catch (thrown) {
      if (!isJcdsError(thrown)) throw thrown;
      return { tree: null, error: { code: thrown.code, message: thrown.message }, remarks: {} };
    }
  }

  /** All that is not the root: bytes, modes, times, inodes. */
  outside(): string[] {
    const found: string[] = [];
    const walk = (path: string) => {
      if (path === this.root) return;
      const { mode, mtimeMs, ino, nlink } = lstatSync(path);
      const isDirectory = (mode & 0o170000) === 0o040000;
      // The directory that the root stands in gets an entry more.
      const facts = path === join(this.at, 'work') ? [] : [mtimeMs, nlink];
      const content = isDirectory ? '' : readFileSync(path, 'latin1');
      found.push([path, mode.toString(8), ino, ...facts, content].join(' '));
      if (isDirectory) for (const name of readdirSync(path)) walk(join(path, name));
    };
    walk(this.at);
    return found;
  }

  remove(): void {
    rmSync(this.at, { recursive: true, force: true });
  }
}

/** `f 644 etc/a = content`, `d 755 etc`, `l etc/b -> target`, `p 644 etc/c`; ` (2 names)` where there are several. Sorted by path. */
export function linesOf(root: string): string[] {
  const lines: (readonly [string, string])[] = [];
  const walk = (directory: Buffer, path: string) => {
    for (const name of readdirSync(directory, { encoding: 'buffer' })) {
      const at = Buffer.concat([directory, Buffer.from('/'), name]);
      const shown = path + name.toString('latin1');
      const { mode, nlink, size } = lstatSync(at);
      const bits = (mode & 0o7777).toString(8);
      const names = nlink > 1 ? ` (${nlink} names)` : '';
      switch (mode & 0o170000) {
        case 0o040000:
          lines.push([shown, `d ${bits} ${shown}`]);
          walk(at, `${shown}/`);
          break;
        case 0o120000:
          lines.push([
            shown,
            `l ${shown} -> ${readlinkSync(at, { encoding: 'latin1' as BufferEncoding })}${names}`,
          ]);
          break;
        case 0o010000:
          lines.push([shown, `p ${bits} ${shown}`]);
          break;
        default:
          lines.push([
            shown,
            `f ${bits} ${shown} = ${size > 100 ? `${size} bytes` : readFileSync(at, 'latin1')}${names}`,
          ]);
      }
    }
  };
  walk(Buffer.from(root), '');
  return lines.sort(([one], [other]) => (one < other ? -1 : 1)).map(([, line]) => line);
}
