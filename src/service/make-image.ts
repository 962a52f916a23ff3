import { convert } from '../conversion/convert.ts';
import { SourceError } from '../conversion/errors.ts';
import type { Limits } from '../conversion/limits.ts';
import { type ConversionRecord, recordOf } from '../conversion/record.ts';
import { withSource } from '../conversion/with-source.ts';
import { sha256Hex } from '../image/digest.ts';
import type { Platform } from '../image/platform.ts';
import { canonicalName } from '../image/reference.ts';
import type { RegistryOptions } from '../registry/client.ts';
import type { PublishedLayout } from './layout.ts';
import { openForAll } from './open-for-all.ts';
import type { ListedImage } from './situation.ts';
import type { OpenTarget } from './targets/target.ts';

/** How images are made. */
export interface Making {
  readonly layout: PublishedLayout;
  readonly platform: Platform;
  readonly limits: Limits;
  readonly registries: () => RegistryOptions;
}

/** What was made of an image: `record` null where its content was there already. */
export interface MadeImage {
  readonly directory: string;
  readonly record: ConversionRecord | null;
  /** Entries that were not everybody's to read. */
  readonly opened: number;
}

/** The bits that nothing on CVMFS has: group and others write nowhere. */
const UMASK = 0o022;

/**
 * Makes the content of an image and puts it into the repository, by the code of `jcds convert`. Its directory is named after the manifest
 * of the platform, so that an index that is pushed anew with the same image is the same directory. Throws what converting throws, and ImageUnpublishableError.
 * @param digest what the registry had under the name when the plan was made: it is this content and no newer one
 */
export function makeImage(
  { reference }: ListedImage,
  digest: string,
  { layout, platform, limits, registries }: Making,
  repository: OpenTarget,
): Promise<MadeImage> {
  const pinned = { ...reference, digest };
  const name = canonicalName({ ...reference, digest: null });
  return repository.inWorkplace(workplace =>
    withSource(
      name,
      { kind: 'registry', reference: pinned },
      { cwd: '/', platform, workplace, registries },
      async image => {
        const hex = sha256Hex(image.manifestDigest ?? '');
        if (hex === null) throw new SourceError(name, 'has a manifest whose digest is not of sha256');
        const directory = layout.contentOf(hex);
        if (await repository.hasImage(directory)) return { directory, record: null, opened: 0 };
        const rootfs = `${workplace}/rootfs`;
        const origin = { bootstrap: 'docker', from: name } as const;
        const made = await convert(image, { directory: rootfs, workplace }, { limits, origin, umask: UMASK });
        const opened = await openForAll(rootfs, name);
        await repository.addImage(directory, rootfs);
        return { directory, record: recordOf(image, platform, made), opened };
      },
    ),
  );
}
