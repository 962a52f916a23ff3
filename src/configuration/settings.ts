import type { Repository } from '../repositories/index.ts';

/** Everything that can be configured, after all layers are merged. The doc comment of a key is its documentation. */
export interface Settings {
  /** Image that `.` stands for (a project's own). */
  image: string | null;
  /** Names of the CVMFS repositories that are searched, in order. */
  repositories: readonly string[];
  /** Further rows of the table of services, or changes to known ones, by repository name. */
  services: Readonly<Record<string, Partial<Repository>>>;
  cvmfsRoot: string | null;
  /** Where local copies are kept; null: the usual place (see store-directory.ts). */
  store: string | null;
  /** Stores that others keep, searched before the user's own and never written. */
  sharedStores: readonly string[];
  /** Bytes that the copies in the user's own store may take. */
  storeBytes: number;
  /** Bytes that a pull leaves free on its file system. */
  storeFree: number;
  /** Names of copies that are never pruned. */
  storeKeep: readonly string[];
  /** What an image may cost, beside the usual: a limit's name to its number. */
  imageLimits: Readonly<Record<string, string>>;
  /** Seconds. */
  cvmfsTimeout: number;
  /** Runtimes in order of preference; empty: the table's order. */
  runtimes: readonly string[];
  /** Runtimes that must not be chosen under a batch system: those whose job outlives its starter. */
  batchExcludes: readonly string[];
  envPolicy: 'keep' | 'clean' | 'hep';
  /** `SRC[:DST[:ro|rw]]`; one whose source is missing is dropped with a note. */
  binds: readonly string[];
  gpu: 'auto' | 'nvidia' | 'rocm' | 'none';
  ifMissing: 'ask' | 'request' | 'wait' | 'local' | 'fail' | null;
  /** Let an image pass whose record names another registry than the one typed. */
  anyRegistry: boolean;
  /** Seconds that waiting for an image that was asked for may take. */
  waitTimeout: number;
  /** Seconds between two looks while waiting. */
  waitInterval: number;
  /** Registries, with their port, that are spoken to by plain http. */
  insecureRegistries: readonly string[];
  /** Registry to host of its token server, where that is another host. */
  registryTokenServers: Readonly<Record<string, string>>;
  /** false: jcds never touches the network. */
  network: boolean;
  /** Which .jcds.json are used: those that the user has read and trusted (`jcds config trust`), or every one of the user's. */
  projectTrust: 'hash' | 'always';
}

export const DEFAULTS: Settings = {
  image: null,
  repositories: ['containers.jinr.ru'],
  services: {},
  cvmfsRoot: null,
  store: null,
  sharedStores: [],
  storeBytes: 50_000_000_000,
  storeFree: 5_000_000_000,
  storeKeep: [],
  imageLimits: {},
  cvmfsTimeout: 20,
  runtimes: [],
  batchExcludes: [],
  envPolicy: 'keep',
  binds: [],
  gpu: 'auto',
  ifMissing: null,
  anyRegistry: false,
  waitTimeout: 3600,
  waitInterval: 30,
  insecureRegistries: [],
  registryTokenServers: {},
  network: true,
  projectTrust: 'hash',
};

/** How one key is read: from JSON, from its environment variable, and who may set it. */
export interface SettingRow {
  readonly kind:
    | 'text'
    | 'path'
    | 'list'
    | 'paths'
    | 'seconds'
    | 'bytes'
    | 'boolean'
    | 'pairs'
    | 'services'
    | readonly string[];
  /**
   * `project`: a cloned directory as well; it is not trusted with servers, keys, runtimes, runtime arguments or forges. `site`:
   * the site's file alone.
   */
  readonly by: 'project' | 'user' | 'site';
  readonly meaning: string;
}

/** One row for each key; docs/configuration.md is made from it. The variable is JCDS_ and the key in capitals. */
export const SETTINGS = {
  image: { kind: 'text', by: 'project', meaning: 'the image that `.` stands for' },
  repositories: { kind: 'list', by: 'project', meaning: 'CVMFS repositories to search, in order' },
  services: {
    kind: 'services',
    by: 'user',
    meaning: 'rows added to the table of services, by repository name',
  },
  cvmfsRoot: { kind: 'path', by: 'user', meaning: 'where CVMFS is mounted' },
  store: {
    kind: 'path',
    by: 'user',
    meaning: 'where local copies of images are kept (`$XDG_DATA_HOME/jcds/store`)',
  },
  sharedStores: {
    kind: 'paths',
    by: 'user',
    meaning: 'stores of local copies that others keep: searched before your own, never written',
  },
  storeBytes: {
    kind: 'bytes',
    by: 'user',
    meaning:
      'what local copies may take, in bytes: `jcds pull` and `jcds store prune` remove those not used for longest',
  },
  storeFree: {
    kind: 'bytes',
    by: 'user',
    meaning: 'what `jcds pull` leaves free on the store’s disk, in bytes',
  },
  storeKeep: { kind: 'list', by: 'user', meaning: 'names of local copies that are never pruned' },
  imageLimits: {
    kind: 'pairs',
    by: 'user',
    meaning: 'what an image may cost, NAME=NUMBER: entries, bytes, names, layers, ratio',
  },
  cvmfsTimeout: { kind: 'seconds', by: 'user', meaning: 'how long a look at CVMFS may take, in seconds' },
  runtimes: { kind: 'list', by: 'user', meaning: 'runtimes in order of preference' },
  batchExcludes: {
    kind: 'list',
    by: 'user',
    meaning:
      'runtimes that are not used in a job of HTCondor, Slurm, PBS or LSF, such as those that outlive SIGKILL: ["podman", "docker", "containerd"]',
  },
  envPolicy: { kind: ['keep', 'clean', 'hep'], by: 'user', meaning: 'which variables the job sees' },
  binds: {
    kind: 'list',
    by: 'project',
    meaning: 'directories to show in every container, SRC[:DST[:ro|rw]]',
  },
  gpu: { kind: ['auto', 'nvidia', 'rocm', 'none'], by: 'user', meaning: 'which GPU is shown inside' },
  ifMissing: {
    kind: ['ask', 'request', 'wait', 'local', 'fail'],
    by: 'user',
    meaning: 'what `run` does with an image that is not published',
  },
  anyRegistry: {
    kind: 'boolean',
    by: 'user',
    meaning: 'accept an image that was made from another registry than the one typed',
  },
  waitTimeout: {
    kind: 'seconds',
    by: 'user',
    meaning: 'how long `--wait` and `--if-missing wait` wait, in seconds',
  },
  waitInterval: { kind: 'seconds', by: 'user', meaning: 'how often they look, in seconds' },
  insecureRegistries: {
    kind: 'list',
    by: 'user',
    meaning: 'registries, HOST:PORT, that are spoken to by plain http',
  },
  registryTokenServers: {
    kind: 'pairs',
    by: 'user',
    meaning: 'token servers that registries on other hosts may name, REGISTRY=HOST',
  },
  network: { kind: 'boolean', by: 'user', meaning: 'whether jcds may use the network' },
  projectTrust: {
    kind: ['hash', 'always'],
    by: 'site',
    meaning:
      'which .jcds.json are used: those that the user has trusted with `jcds config trust`, or all that belong to the user',
  },
} as const satisfies Record<keyof Settings, SettingRow>;

/** `cvmfsTimeout` -> `JCDS_CVMFS_TIMEOUT`. */
export function variableOf(key: string): string {
  return `JCDS_${key.replace(/[A-Z]/g, letter => `_${letter}`).toUpperCase()}`;
}
