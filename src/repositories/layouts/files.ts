import { DOCKER_HUB } from '../../image/registry.ts';
import { hasTag, parseEntry } from './entry.ts';
import type { Layout } from './layout.ts';

/**
 * Galaxy's layout: each image is a file, `all/<name>:<version>--<build>`, made from
 * quay.io/biocontainers/<name>. A name typed without a registry may mean it too.
 */
const DIRECTORY = 'all';
const REGISTRY = 'quay.io';
const NAMESPACE = 'biocontainers';

export const files: Layout = {
  name: 'files',
  dropsRegistry: false,
  hasAbsoluteLinks: false,
  asSpelled: () => null,
  candidates({ registry, registryTyped, repository, tag }) {
    const [namespace, name, ...more] = repository.split('/');
    // `all/` is what `list` prints.
    const theirs =
      (namespace === NAMESPACE && (registry === REGISTRY || !registryTyped)) ||
      (namespace === DIRECTORY && !registryTyped);
    const short = namespace === 'library' && registry === DOCKER_HUB && !registryTyped;
    return (theirs || short) && name !== undefined && more.length === 0 && tag !== null
      ? [`${DIRECTORY}/${name}:${tag}`]
      : [];
  },
  parsePath(relativePath) {
    const [directory, ...rest] = relativePath.split('/');
    const entry = directory === DIRECTORY && rest.length === 1 ? parseEntry(rest.join('/')) : null;
    return entry && entry.tag !== null
      ? { registry: REGISTRY, ...entry, repository: `${NAMESPACE}/${entry.repository}` }
      : null;
  },
  digestOf: () => null,
  proves: reference => (reference.digest === null ? 'proven' : 'unproven'),
  isImageName: hasTag,
};
