import { sha256Hex } from '../../image/digest.ts';
import { hasTag, parseEntry } from './entry.ts';
import type { ContentDigest, Layout } from './layout.ts';

/**
 * OSG's layout, and JINR's (facts: opensciencegrid/cvmfs-singularity-sync):
 * `<repository>:<tag>` without the registry and with `library/` written out, an absolute link to
 * `.images/<2>/<62>` (a sum over the layers) or `.images/sha256:<2>/<62>` (the index's digest).
 * A directory that no link leads to any more is kept two days: a digest finds it there.
 */
const CONTENT = /^\.images\/(sha256:)?([0-9a-f]{2})\/([0-9a-f]{62})$/;

function contentDigest(path: string): ContentDigest | null {
  const match = CONTENT.exec(path);
  return match && { kind: match[1] ? 'index' : 'layers', digest: `sha256:${match[2]}${match[3]}` };
}

export const osg: Layout = {
  name: 'osg',
  dropsRegistry: true,
  candidates({ repository, tag, digest }) {
    const hex = digest === null ? null : sha256Hex(digest);
    return [
      ...(hex === null ? [] : [`.images/sha256:${hex.slice(0, 2)}/${hex.slice(2)}`]),
      ...(tag === null ? [] : [`${repository}:${tag}`]),
    ];
  },
  parsePath(relativePath) {
    const content = contentDigest(relativePath);
    if (content) {
      const digest = content.kind === 'index' ? content.digest : null;
      return { registry: null, repository: null, tag: null, digest };
    }
    const entry = parseEntry(relativePath);
    return entry && entry.tag !== null ? { registry: null, ...entry } : null;
  },
  digestOf: contentDigest,
  proves(reference, targetRelativePath) {
    if (reference.digest === null) return 'proven';
    const content = contentDigest(targetRelativePath);
    return content?.kind === 'index' && content.digest === reference.digest ? 'proven' : 'unproven';
  },
  isImageName: hasTag,
};
