import { digestProblem } from '../image/digest.ts';
import { isImageRepository, isTag } from '../image/reference.ts';
import { isRegistryName, looksLikeRegistry } from '../image/registry.ts';
import { LAYOUTS, type LayoutName } from '../repositories/layouts/index.ts';
import { listedName } from '../repositories/listed-name.ts';

/** What a name in the index is made of; the shells look for these characters again. None of them needs quoting. */
const SHAPE =
  /^([A-Za-z0-9][A-Za-z0-9._:-]*)\/([A-Za-z0-9._/-]+)(?::([A-Za-z0-9._-]+))?(?:@([A-Za-z0-9:._-]+))?$/;
/** CERN's way of writing a digest in a file name; people type `@`. */
const DIGEST = /:(sha256:[0-9a-f]{64})$/;
const LONGEST = 512;

/**
 * A published name as one types it, or null for a text that has no place in the index: names come from the
 * repository, so from outside. Stricter than the grammar of references, of which every such name is one: a namespace
 * or registry, and a tag or digest, must be there. Tens of thousands are looked at, hence no `parseReference`.
 */
export function publishedName(text: string): string | null {
  if (text.length > LONGEST) return null;
  const name = text.replace(DIGEST, '@$1');
  const match = SHAPE.exec(name);
  if (match === null) return null;
  const [, first = '', rest = '', tag, digest] = match;
  const repository = looksLikeRegistry(first) ? rest : `${first}/${rest}`;
  return (looksLikeRegistry(first) ? isRegistryName(first) : true) &&
    isImageRepository(repository) &&
    (tag ?? digest) !== undefined &&
    (tag === undefined || isTag(tag)) &&
    (digest === undefined || digestProblem(digest) === null)
    ? name
    : null;
}

/**
 * What one types for an image that stands at this path of a repository: what `list` prints for it; in Galaxy's layout
 * (`all/bwa:0.7`) the name that it is known by, `quay.io/biocontainers/bwa:0.7`. null: nothing that can be typed.
 */
export function nameAtPath(path: string, layout: LayoutName): string | null {
  const { registry, repository, tag } = LAYOUTS[layout].parsePath(path) ?? {};
  const isKnownOtherwise = layout === 'files' && repository !== undefined;
  const name = isKnownOtherwise ? `${registry}/${repository}:${tag}` : listedName(path, LAYOUTS[layout]);
  return name === null ? null : publishedName(name);
}
