/** How a file is read that lies outside the image and the repository. */
export interface ReadRules {
  /** Bytes; what is longer is refused. */
  readonly limit: number;
  /**
   * `own`: jcds wrote it for this user: no link, this user's, and nobody else may write it. `user`: this user's or root's, and
   * not everybody's to write; links are followed. `anybody`: links are followed, and the reader judges what stands in it.
   */
  readonly trust: 'own' | 'user' | 'anybody';
  /** The user typed its name: a pipe (`<(…)`) will do as well. */
  readonly mayBePipe?: true;
}

const KIB = 1024;
const MIB = 1024 * KIB;

/**
 * Every file that jcds reads outside the image and the repository. What each may decide, who can write it and what
 * happens when it lies stands in `beliefs.ts`, from which docs/security.md is made.
 */
export const PLACES = {
  'site-settings': { limit: MIB, trust: 'anybody' },
  'user-settings': { limit: MIB, trust: 'user' },
  'project-settings': { limit: MIB, trust: 'anybody' },
  'trusted-projects': { limit: MIB, trust: 'own' },
  'image-memory': { limit: 4 * MIB, trust: 'own' },
  'runtime-memory': { limit: 64 * KIB, trust: 'own' },
  /** Texts for a container engine, which jcds has written for it. */
  'engine-file': { limit: 4 * MIB, trust: 'own' },
  'name-index': { limit: 64 * MIB, trust: 'own' },
  /** What a store of local copies keeps of each. */
  'store-record': { limit: MIB, trust: 'own' },
  'shared-store-record': { limit: MIB, trust: 'anybody' },
  /** What every name of a local copy stands for, and what its files hold now. */
  'store-listing': { limit: 4096 * MIB, trust: 'anybody' },
  'store-content': { limit: 1024 * 1024 * MIB, trust: 'anybody' },
  /** Catalogs have up to 512 MiB; compressed ones may be a little longer. */
  'http-object': { limit: 640 * MIB, trust: 'own' },
  'http-revision': { limit: 2 * MIB, trust: 'own' },
  authorities: { limit: 16 * MIB, trust: 'anybody' },
  'master-key': { limit: 64 * KIB, trust: 'anybody' },
  'token-file': { limit: 64 * KIB, trust: 'anybody' },
  'tool-token': { limit: 256 * KIB, trust: 'anybody' },
  'registry-credentials': { limit: MIB, trust: 'anybody' },
  'variables-file': { limit: 64 * MIB, trust: 'anybody', mayBePipe: true },
  'start-up-file': { limit: 64 * MIB, trust: 'anybody' },
  'installed-script': { limit: 4 * MIB, trust: 'anybody' },
  'shipped-script': { limit: 4 * MIB, trust: 'anybody' },
  /** Index, manifests, layers and archives of images that the user names. */
  'image-source': { limit: 1024 * 1024 * MIB, trust: 'anybody' },
  /** A list of images that the user names. */
  wishlist: { limit: 16 * MIB, trust: 'anybody', mayBePipe: true },
  /** What `jcds sync` keeps in the repository that it fills. */
  'service-record': { limit: 64 * MIB, trust: 'own' },
  program: { limit: 64 * MIB, trust: 'anybody' },
  /** /proc, /sys and /etc/os-release. The environment of a process may have megabytes. */
  system: { limit: 64 * MIB, trust: 'anybody' },
} as const satisfies Record<string, ReadRules>;

export type PlaceName = keyof typeof PLACES;
