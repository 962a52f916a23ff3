import { isJcdsError } from '../errors.ts';
import type { Platform } from '../image/platform.ts';
import type { Reference } from '../image/reference.ts';
import type { Registry, RegistryOptions } from './client.ts';
import {
  type Comparison,
  compareWithUpstream,
  type PublishedIdentity,
  publishedIdentity,
  type Upstream,
} from './compare.ts';
import { imageIn, placeOf } from './image.ts';
import { presenceOf, withRegistry } from './presence.ts';

/** How a publication stands to its registry, and what to do where the registry could not tell. */
export interface RegistryComparison extends Comparison {
  readonly hint: string | null;
}

/**
 * Whether what is published under a reference is what its registry has now. `target` is the real directory (or the
 * text of the link to it), `platform` that of the published image. A HEAD alone decides where the directory is named by the digest of an index, or of this very manifest: registries that
 * count pulls do not count it. Whatever goes wrong with the registry is an answer: `unknown`, or `removed`.
 */
export async function checkRegistry(
  reference: Reference,
  target: string,
  platform: Platform,
  options: RegistryOptions,
): Promise<RegistryComparison> {
  const identity = publishedIdentity(target);
  const ask = (registry: Registry) => upstreamIn(registry, reference, platform, identity);
  const upstream = await withRegistry(reference.registry, options, ask).catch(asUpstream);
  const comparison = compareWithUpstream(identity, upstream);
  const isUnseen = comparison.state === 'unknown' && 'hint' in upstream;
  return { ...comparison, hint: isUnseen ? upstream.hint : null };
}

type Unseen = Exclude<Upstream, { state: 'present' }> & { readonly hint: string | null };

/** What a failure says of the tag. */
function asUpstream(thrown: unknown): Unseen {
  if (!isJcdsError(thrown)) throw thrown;
  const { state, evidence, hint } = presenceOf(thrown);
  return { state: state === 'present' ? 'unknown' : state, evidence, hint };
}

/** Once the tag is known to be there, no failure means that it is gone. */
function asDoubt(thrown: unknown): Unseen {
  return { ...asUpstream(thrown), state: 'unknown' };
}

async function upstreamIn(
  registry: Registry,
  reference: Reference,
  platform: Platform,
  identity: PublishedIdentity | null,
): Promise<Upstream | Unseen> {
  const head = await registry.head(reference.repository, placeOf(reference));
  const isEnough =
    identity === null ||
    (identity.rule === 'index' && head.kind === 'index' && head.digest !== null) ||
    (identity.rule === 'layers' && head.digest === `sha256:${identity.hash}`);
  if (isEnough) return { state: 'present', topDigest: head.digest, image: null };
  return await imageIn(registry, reference, platform, head).then(
    image => ({ state: 'present', topDigest: image.indexDigest ?? image.manifestDigest, image }),
    asDoubt,
  );
}
