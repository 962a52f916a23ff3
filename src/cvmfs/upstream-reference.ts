import { isJcdsError } from '../errors.ts';
import { isThisHost } from '../http/this-host.ts';
import { parseReference, type Reference } from '../image/reference.ts';
import { LAYOUTS } from '../repositories/layouts/index.ts';
import type { ImageFacts } from '../rootfs/facts.ts';
import type { ImageName } from './look-question.ts';
import { recordedRegistry } from './origin.ts';
import type { Publication, Published } from './publication.ts';

type Upstream = { readonly reference: Reference } | { readonly reason: string };

/** What tells in which registry an image is. */
export interface NamedUpstream {
  readonly image: ImageName;
  readonly publication: Publication;
  readonly origin: ImageFacts['origin'];
}

/**
 * Which name in which registry an image stands for. A registry that was typed counts; where none was, and the layout
 * drops registries, only the record in the image tells: a guess would compare it with a stranger's.
 * @param named registries of the user's settings
 */
export function upstreamReference(question: NamedUpstream, named: readonly string[]): Upstream {
  const { image } = question;
  if (image.kind === 'reference' && image.reference.registryTyped) return { reference: image.reference };
  const published = publishedReference(question);
  if ('reason' in published) return published;
  const { registry } = published.reference;
  return isThisHost(hostOf(registry)) && !named.includes(registry)
    ? { reason: `by its publisher its registry is ${registry}, which is this machine itself` }
    : published;
}

/** What the publisher says, who may name any address: on this one every user can answer for a registry. */
function publishedReference({ image, publication, origin }: NamedUpstream): Upstream {
  const byPath = publication.state === 'published' ? referenceOfPath(publication) : null;
  if (byPath !== null) return { reference: byPath };
  const recorded = recordedRegistry(origin);
  if (recorded === null)
    return { reason: 'nothing says which registry it comes from: name it with its registry' };
  if (image.kind === 'reference') return { reference: { ...image.reference, registry: recorded } };
  return { reference: parseReference(origin!.from) };
}

function hostOf(registry: string): string {
  return URL.canParse(`https://${registry}/`) ? new URL(`https://${registry}/`).hostname : registry;
}

/** In layouts that keep the registry, the published name is the whole name. */
function referenceOfPath({ layout, entryPath }: Published): Reference | null {
  const name = LAYOUTS[layout].parsePath(entryPath);
  if (name === null || name.registry === null || name.repository === null) return null;
  const end = name.digest === null ? `:${name.tag}` : `@${name.digest}`;
  try {
    return parseReference(`${name.registry}/${name.repository}${end}`);
  } catch (thrown) {
    if (isJcdsError(thrown)) return null;
    throw thrown;
  }
}
