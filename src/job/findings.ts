import type { ImageName } from '../cvmfs/look-question.ts';
import { type Finding, judgeOrigin, RegistryMismatchError } from '../cvmfs/origin.ts';
import type { Published } from '../cvmfs/publication.ts';
import { EXIT, JcdsError } from '../errors.ts';
import { formatReference, type Reference } from '../image/reference.ts';
import type { Speaker } from '../output/console.ts';
import { safeText } from '../output/safe-text.ts';
import { LAYOUTS } from '../repositories/layouts/index.ts';
import type { ImageFacts } from '../rootfs/facts.ts';

/** A digest was asked for, and nothing in the repository tells whether the published image has it. */
export class DigestUnprovenError extends JcdsError {
  constructor(reference: Reference, published: Pick<Published, 'path'>) {
    const { digest, tag } = reference;
    super({
      code: 'DIGEST_UNPROVEN',
      message: `${safeText(published.path, 300)} is published, but nothing in the repository proves that it is ${safeText(digest ?? '')}`,
      hint: `without the digest: jcds resolve --pinned ${safeText(formatReference({ ...reference, tag: tag ?? 'latest', digest: null }))}`,
      exitCode: EXIT.no,
    });
  }
}

/** What there is to say of a published image's identity. @throws DigestUnprovenError: a digest is never ignored */
export function identityFindings(
  image: ImageName,
  { layout, targetPlace, entryPath, path }: Published,
  facts: ImageFacts | null,
): readonly Finding[] {
  if (image.kind === 'place') return [];
  const { reference } = image;
  if (LAYOUTS[layout].proves(reference, targetPlace.relativePath, entryPath) !== 'proven')
    throw new DigestUnprovenError(reference, { path });
  const finding = judgeOrigin(reference, LAYOUTS[layout], facts?.origin ?? null);
  return finding === null ? [] : [finding];
}

/** Refuses an image that is not the one asked for. @throws DigestUnprovenError, RegistryMismatchError */
export function checkIdentity(
  { name, image }: { readonly name: string; readonly image: ImageName },
  published: Published,
  facts: ImageFacts | null,
  { anyRegistry, say }: { readonly anyRegistry: boolean; readonly say: Speaker },
): void {
  for (const finding of identityFindings(image, published, facts)) {
    if (finding.code === 'registry-mismatch' && !anyRegistry) throw new RegistryMismatchError(finding);
    say.detail(finding.message);
  }
  const from = facts?.origin?.from;
  if (from !== undefined) say.detail(`${name} was made from ${from}`);
}
