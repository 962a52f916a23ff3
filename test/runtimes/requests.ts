import type { ImageConfig, ImageFacts, RootEntry } from '../../src/rootfs/facts.ts';
import type { RunRequest } from '../../src/runtimes/runtime.ts';
import { type Bind, type Home, shownIn } from '../../src/runtimes/shown.ts';

export const NO_CONFIG: ImageConfig = {
  env: [],
  entrypoint: null,
  cmd: null,
  workdir: null,
  user: null,
  source: 'singularity.d',
};

/** What a test changes about a request; a home without a source is an empty one. */
export type RequestChanges = Partial<Omit<RunRequest, 'shown'>> & {
  readonly home?: { readonly path: string; readonly source: string | null };
  readonly cwd?: string;
  readonly isCwdMissing?: boolean;
  readonly binds?: readonly Bind[];
};

/** A request of an ordinary user for a small image, with what the test changes. */
export function aRequest(changes: RequestChanges = {}): RunRequest {
  const { home, cwd, isCwdMissing, binds, ...others } = changes;
  const parts = {
    home: homeOf(home ?? { path: '/home/alice', source: '/home/alice' }),
    cwd: cwd ?? '/home/alice/work',
    ...(isCwdMissing === true ? { isCwdMissing } : {}),
    binds: binds ?? [],
    contain: changes.contain ?? false,
  };
  return {
    image: { path: '/cvmfs/x/img', kind: 'directory', facts: someFacts() },
    words: ['prog'],
    entrypointUnknown: false,
    environment: { policy: 'keep', host: [], set: [] },
    shown: shownIn(parts),
    contain: false,
    writableTmpfs: false,
    gpu: null,
    interactive: false,
    hasTerminal: false,
    hasInput: false,
    user: { uid: 1000, gid: 1000, name: 'alice', groups: [1000] },
    umask: 0o022,
    limits: [],
    runtimeArguments: [],
    ...others,
  };
}

function homeOf({ path, source }: NonNullable<RequestChanges['home']>): Home {
  if (source !== null) return { kind: 'host', path, source };
  return path === '/' ? { kind: 'none', path } : { kind: 'empty', path };
}

export function someFacts(changes: Partial<ImageFacts> = {}): ImageFacts {
  return {
    schema: 1,
    directory: '/cvmfs/x/img',
    config: NO_CONFIG,
    environmentFileDropped: false,
    environmentScripts: [],
    origin: null,
    architecture: 'amd64',
    hasShell: true,
    singularityMissing: [],
    directories: {
      '/': [
        { name: 'usr', kind: 'directory' },
        { name: 'bin', kind: 'link', target: 'usr/bin' },
        { name: 'etc', kind: 'directory' },
        { name: 'home', kind: 'directory' },
        { name: 'var', kind: 'directory' },
        ...['dev', 'proc', 'sys', 'tmp'].map((name): RootEntry => ({ name, kind: 'directory' })),
      ],
      '/etc': ['resolv.conf', 'hosts', 'hostname', 'passwd', 'group'].map(name => ({ name, kind: 'file' })),
      '/home': [],
      '/var': [{ name: 'tmp', kind: 'directory' }],
    },
    passwd: 'root:x:0:0:root:/root:/bin/sh\n',
    group: 'root:x:0:\n',
    ...changes,
  };
}
