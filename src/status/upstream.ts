import type { ImageName } from '../cvmfs/look-question.ts';
import type { Publication } from '../cvmfs/publication.ts';
import { upstreamReference } from '../cvmfs/upstream-reference.ts';
import { type Platform, parsePlatform } from '../image/platform.ts';
import { checkRegistry } from '../registry/check.ts';
import type { RegistryOptions } from '../registry/client.ts';
import { type Presence, registryHas } from '../registry/presence.ts';
import type { ImageFacts } from '../rootfs/facts.ts';

/** What the registry says of an image. `present`: it has it, and there is nothing here to compare it with. */
export interface UpstreamAnswer {
  readonly state: 'current' | 'outdated' | 'removed' | 'present' | 'unknown';
  /** One sentence for people. */
  readonly evidence: string;
  readonly hint: string | null;
}

const PRESENCE = {
  present: 'present',
  absent: 'removed',
  private: 'unknown',
  unknown: 'unknown',
} as const satisfies Record<Presence['state'], UpstreamAnswer['state']>;

/** The image in question, as far as it is known. */
export interface UpstreamQuestion {
  readonly image: ImageName;
  readonly publication: Publication;
  readonly facts: ImageFacts | null;
  /** What the image's record says that it was made from. */
  readonly origin: ImageFacts['origin'];
  /** What this host is, where the image does not tell. */
  readonly architecture: string;
}

/** Asks the registry of an image. Whatever goes wrong with it is an answer. */
export async function askUpstream(
  question: UpstreamQuestion,
  options: RegistryOptions,
): Promise<UpstreamAnswer> {
  const { publication, image } = question;
  const upstream = upstreamReference(question, options.insecure ?? []);
  if ('reason' in upstream) return unknown(upstream.reason);
  const { reference } = upstream;
  // Where CVMFS cannot be seen, or leads to no image, there is nothing to compare with, and the registry may know all the same.
  if (publication.state !== 'published') {
    const { state, evidence, hint } = await registryHas(reference, options);
    return { state: PRESENCE[state], evidence, hint };
  }
  const platform = platformOf(image, question.facts?.architecture ?? question.architecture);
  return await checkRegistry(reference, publication.target, platform, options);
}

function unknown(evidence: string): UpstreamAnswer {
  return { state: 'unknown', evidence, hint: null };
}

/** The platform that was asked for, else that of the published programs. */
function platformOf(image: ImageName, architecture: string): Platform {
  const wanted = image.kind === 'reference' ? image.platform : null;
  return wanted ?? parsePlatform(`linux/${architecture}`);
}
