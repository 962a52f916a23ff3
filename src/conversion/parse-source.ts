import { UsageError } from '../errors.ts';
import { parseReference, type Reference } from '../image/reference.ts';

/** Where an image comes from, as it was typed. */
export type Source =
  | { readonly kind: 'registry'; readonly reference: Reference }
  /** `image`: the name in the layout or archive, or null where none was typed. */
  | { readonly kind: 'oci'; readonly path: string; readonly image: string | null }
  | { readonly kind: 'docker-archive'; readonly path: string; readonly image: string | null };

/** How sources are written, for help and errors. */
export const SOURCE_FORMS = '[docker://]REFERENCE, oci:DIRECTORY[:NAME] or docker-archive:FILE|-[:TAG]';

const FILES = /^(oci|docker-archive):(?!\/\/)([^:]*)(?::(.*))?$/s;

/**
 * Reads `oci:DIRECTORY[:NAME]`, `docker-archive:FILE[:TAG]` (`-`: standard input), or else the name of an image in a registry. As for skopeo and
 * podman, the first colon ends a path. Throws UsageError, InvalidReferenceError.
 */
export function parseSource(text: string): Source {
  const [, kind, path = '', image] = FILES.exec(text) ?? [];
  if (kind === undefined) return { kind: 'registry', reference: parseReference(text) };
  if (path === '') throw new UsageError(`${JSON.stringify(text)} names no file`, `write ${SOURCE_FORMS}`);
  return {
    kind: kind as 'oci' | 'docker-archive',
    path,
    image: image === undefined || image === '' ? null : image,
  };
}
