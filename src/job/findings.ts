import { commandText } from '../command-text.ts';
import { type Finding, judgeOrigin, RegistryMismatchError } from '../cvmfs/origin.ts';
import type { Published } from '../cvmfs/publication.ts';
import { JcdsError } from '../errors.ts';
import { formatPlatform } from '../image/platform.ts';
import { formatReference, type Reference } from '../image/reference.ts';
import type { Speaker } from '../output/console.ts';
import { safeText } from '../output/safe-text.ts';
import { LAYOUTS } from '../repositories/layouts/index.ts';
import type { ImageFacts } from '../rootfs/facts.ts';
import type { NamedImage } from './locate.ts';

/** A digest was asked for, and nothing in the repository tells whether the published image has it. */
export class DigestUnprovenError extends JcdsError {
  constructor(reference: Reference, published: Pick<Published, 'path'>) {
    const { digest, tag } = reference;
    super({
      code: 'DIGEST_UNPROVEN',
      message: `${safeText(published.path, 300)} is published, but nothing in the repository proves that it is ${safeText(digest ?? '')}`,
      hint: `without the digest: ${commandText('jcds', 'resolve', '--pinned', formatReference({ ...reference, tag: tag ?? 'latest', digest: null }))}`,
    });
  }
}

/** Another platform was asked for than the image is made for. */
export class PlatformMismatchError extends JcdsError {
  constructor({ message, hint }: Finding) {
    super({
      code: 'PLATFORM_MISMATCH',
      message: safeText(message, 400),
      hint: safeText(hint, 300),
    });
  }
}

/** What there is to say of a published image's identity: whether it is the one that was asked for. */
export function identityFindings(
  { name, image, platform }: NamedImage,
  { layout, targetPlace, entryPath }: Published,
  facts: Pick<ImageFacts, 'origin' | 'architecture'> | null,
): readonly Finding[] {
  const findings: Finding[] = [];
  const architecture = facts?.architecture ?? null;
  if (platform !== null && architecture !== null && architecture !== platform.architecture)
    findings.push(otherPlatform(name, formatPlatform(platform), architecture));
  if (image.kind === 'place') return findings;
  const { reference } = image;
  if (LAYOUTS[layout].proves(reference, targetPlace.relativePath, entryPath) !== 'proven')
    findings.push(unproven(reference.digest ?? '', targetPlace.relativePath));
  const origin = judgeOrigin(reference, LAYOUTS[layout], facts?.origin ?? null, entryPath);
  return origin === null ? findings : [...findings, origin];
}

/** Why a finding forbids to take the image for the one asked for, or null: it is only to be known. */
export function refusalOf(
  finding: Finding,
  { image }: NamedImage,
  published: Published,
  anyRegistry: boolean,
): JcdsError | null {
  switch (finding.code) {
    case 'platform-mismatch':
      return new PlatformMismatchError(finding);
    case 'digest-unproven':
      return image.kind === 'reference' ? new DigestUnprovenError(image.reference, published) : null;
    case 'registry-mismatch':
      return anyRegistry ? null : new RegistryMismatchError(finding);
    default:
      return null;
  }
}

/** Refuses an image that is not the one asked for. @throws DigestUnprovenError, RegistryMismatchError, PlatformMismatchError */
export function checkIdentity(
  named: NamedImage,
  published: Published,
  facts: Pick<ImageFacts, 'origin' | 'architecture'> | null,
  { anyRegistry, say }: { readonly anyRegistry: boolean; readonly say: Speaker },
): void {
  for (const finding of identityFindings(named, published, facts)) {
    const refusal = refusalOf(finding, named, published, anyRegistry);
    if (refusal !== null) throw refusal;
    say.detail(finding.message);
  }
  const from = facts?.origin?.from;
  if (from !== undefined) say.detail(`${named.name} was made from ${from}`);
}

function unproven(digest: string, target: string): Finding {
  return {
    code: 'digest-unproven',
    message: `nothing in the repository proves that this is ${digest}`,
    evidence: `it is published as ${target}`,
    hint: 'let the registry confirm it: jcds status --check-registry IMAGE',
  };
}

function otherPlatform(name: string, wanted: string, architecture: string): Finding {
  return {
    code: 'platform-mismatch',
    message: `${name} is published for linux/${architecture} only, not for ${wanted}`,
    evidence: `the programs in the image are made for ${architecture}`,
    hint: 'to take it all the same, leave --platform out',
  };
}
