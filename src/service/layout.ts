import { posix } from 'node:path';
import type { Reference } from '../image/reference.ts';

/** How a repository is laid out for who publishes into it. Every path is relative to its root. */
export interface PublishedLayout {
  /** Where an image is published; null: this layout has no name for it. */
  pathOf(image: Pick<Reference, 'repository' | 'tag'>): string | null;
  /** The directory of content that is named after 64 hexadecimal digits. */
  contentOf(hex: string): string;
  /** The text of the link at a published path. */
  linkText(path: string, directory: string): string;
  /** The directory of content that a link at a published path means by its text; null: none. */
  leadsTo(path: string, text: string): string | null;
}

/** `sha256:` before the two digits is how OSG's software names what it made of an index. */
const CONTENT = /^\.images\/(?:sha256:)?[0-9a-f]{2}\/[0-9a-f]{62}$/;

/**
 * OSG's layout: the registry is dropped, `library/` is written out. Links are relative here, so that they hold wherever the repository is;
 * those of OSG's own software are absolute, and mean the same.
 */
export const OSG_LAYOUT: PublishedLayout = {
  pathOf: ({ repository, tag }) => (tag === null ? null : `${repository}:${tag}`),
  contentOf: hex => `.images/${hex.slice(0, 2)}/${hex.slice(2)}`,
  linkText: (path, directory) => posix.relative(posix.dirname(path), directory),
  leadsTo(path, text) {
    const [, inRepository] = /^\/cvmfs\/[^/]+\/(.*)$/s.exec(text) ?? [];
    const isAbsolute = text.startsWith('/');
    const place = isAbsolute ? (inRepository ?? '') : posix.join(posix.dirname(path), text);
    return CONTENT.test(place) ? place : null;
  },
};
