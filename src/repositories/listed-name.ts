import { isJcdsError } from '../errors.ts';
import { parseReference, type Reference } from '../image/reference.ts';
import type { Layout, LayoutName } from './layouts/layout.ts';

/** How CERN's layout writes a digest into a file's name; people write `@`. */
const DIGEST_END = /:(sha256:[0-9a-f]{64})$/;
/** Most names, told without parsing them: tens of thousands are listed. The first part is no registry, or an ordinary one. */
const END = '(?:/[a-z0-9]+(?:[._-][a-z0-9]+)*)+:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$';
const ORDINARY: Readonly<Record<LayoutName, RegExp>> = {
  osg: new RegExp(`^(?!localhost/)[a-z0-9]+(?:[_-][a-z0-9]+)*${END}`),
  cern: new RegExp(
    `^(?!docker\\.io/|index\\.docker\\.io/|registry-1\\.docker\\.io/|registry\\.hub\\.docker\\.com/[^/]*$)[a-z0-9]+(?:[.-][a-z0-9]+)*\\.[a-z]+${END}`,
  ),
  store: new RegExp(
    `^(?!docker\\.io/[^/]*$|index\\.docker\\.io/|registry-1\\.docker\\.io/|registry\\.hub\\.docker\\.com/)[a-z0-9]+(?:[.-][a-z0-9]+)*\\.[a-z]+${END}`,
  ),
  files: /^all\/[a-z0-9]+(?:[._-][a-z0-9]+)*:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/,
};
const LONGEST_ORDINARY = 255;
/** Directories of contents: no entry that a person named stands in them. */
const isContent = (path: string) => path.startsWith('.');

/**
 * What one types for the image at this path of a repository in this layout, so that it is found at this very path: mostly
 * the path itself (`library/debian:12`), with `@` before a digest. null: no name leads there (`Some/Image:1`), only the
 * path from the root on.
 */
export function listedName(path: string, layout: Layout): string | null {
  if (path.length <= LONGEST_ORDINARY && ORDINARY[layout.name].test(path)) return path;
  const text = path.replace(DIGEST_END, '@$1');
  const reference = readOrNull(text);
  if (reference === null) return null;
  const [first] = layout.candidates(reference, null).filter(candidate => !isContent(candidate));
  return first === path ? text : null;
}

function readOrNull(text: string): Reference | null {
  try {
    return parseReference(text);
  } catch (thrown) {
    if (isJcdsError(thrown)) return null;
    throw thrown;
  }
}
