import { sha256Hex } from '../../image/digest.ts';
import { spelledName } from '../../image/reference.ts';
import { hasTag, parseEntry } from './entry.ts';
import type { ContentDigest, Layout } from './layout.ts';

/**
 * OSG's layout, and JINR's (facts: opensciencegrid/cvmfs-singularity-sync):
 * `<repository>:<tag>` without the registry and with `library/` written out, an absolute link to
 * `.images/<2>/<62>` (a sum over the layers) or `.images/sha256:<2>/<62>` (the index's digest).
 * A directory that no link leads to any more is kept two days: a digest finds it there. OSG's software takes the first of
 * three parts for a registry, and of two parts none (`first.last/image`), whatever it looks like.
 */
const CONTENT = /^\.images\/(sha256:)?([0-9a-f]{2})\/([0-9a-f]{62})$/;

function contentDigest(path: string): ContentDigest | null {
  const match = CONTENT.exec(path);
  return match && { kind: match[1] ? 'index' : 'layers', digest: `sha256:${match[2]}${match[3]}` };
}

export const osg: Layout = {
  name: 'osg',
  dropsRegistry: true,
  hasAbsoluteLinks: true,
  // The first part of a user's name on Docker Hub may look like a registry: `first.last/image` keeps it.
  asSpelled: reference =>
    reference.registryTyped && reference.tag !== null ? `${spelledName(reference)}:${reference.tag}` : null,
  candidates(reference) {
    const { repository, tag, digest } = reference;
    const hex = digest === null ? null : sha256Hex(digest);
    const spelled = osg.asSpelled(reference);
    return [
      ...(hex === null ? [] : [`.images/sha256:${hex.slice(0, 2)}/${hex.slice(2)}`]),
      ...(spelled === null ? [] : [spelled]),
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
