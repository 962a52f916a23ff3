import { createHash } from 'node:crypto';
import { makeTar, type TestEntry } from '../archive/make-tar.ts';

/** What an archive says of itself where an ordinary one would not. */
export interface ArchiveChanges {
  readonly tags?: readonly string[];
  readonly config?: string;
  /** The layer's name in the manifest, and in the archive. */
  readonly layer?: string;
  /** Blanks behind the configuration. */
  readonly padding?: number;
}

/** An archive as `docker save` writes it, of an image with one layer. */
export function dockerArchive(
  entries: readonly TestEntry[],
  { tags = ['x:1'], config = 'c.json', layer = 'layer.tar', padding = 0 }: ArchiveChanges = {},
): Buffer {
  const content = makeTar(entries);
  const configuration = {
    ...{ architecture: 'amd64', os: 'linux', config: {} },
    rootfs: {
      type: 'layers',
      diff_ids: [`sha256:${createHash('sha256').update(content).digest('hex')}`],
    },
  };
  const manifest = [{ Config: config, RepoTags: tags, Layers: [layer] }];
  return makeTar([
    { name: 'layer', gnuName: layer, content },
    { name: 'config', gnuName: config, content: JSON.stringify(configuration) + ' '.repeat(padding) },
    { name: 'manifest.json', content: JSON.stringify(manifest) },
  ]);
}
