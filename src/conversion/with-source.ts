import { resolve } from 'node:path';
import type { Platform } from '../image/platform.ts';
import type { RegistryOptions } from '../registry/client.ts';
import type { Source } from './parse-source.ts';
import type { SourceImage } from './source-image.ts';
import { withDockerArchive } from './sources/docker-archive.ts';
import { openLayout } from './sources/oci-layout.ts';
import { withRegistryImage } from './sources/registry.ts';
import { spoolInput } from './sources/spool.ts';

/** What opening a source needs. */
export interface SourceOptions {
  readonly cwd: string;
  readonly platform: Platform;
  /** A directory of this user's alone, for what has to be fetched or kept first. */
  readonly workplace: string;
  /** How registries are spoken to; throws where the network may not be used. */
  readonly registries: () => RegistryOptions;
}

/**
 * Lets `use` work on the image of a source, and lets go of it. Throws what the source's own file says (sources/), and what `use` throws.
 * @param name the source as it was typed
 */
export async function withSource<T>(
  name: string,
  source: Source,
  { cwd, platform, workplace, registries }: SourceOptions,
  use: (image: SourceImage) => Promise<T>,
): Promise<T> {
  switch (source.kind) {
    case 'oci':
      return use(openLayout(name, resolve(cwd, source.path), source.image, platform));
    case 'registry':
      return withRegistryImage(source.reference, platform, registries(), workplace, use);
    case 'docker-archive': {
      const path = source.path === '-' ? await spoolInput(workplace) : resolve(cwd, source.path);
      return withDockerArchive(name, path, source.image, platform, use);
    }
    default:
      return source satisfies never;
  }
}
