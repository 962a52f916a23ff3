import { isAbsolute, join } from 'node:path';
import { cacheDirectory } from '../cache-directory.ts';
import type { Context } from '../context.ts';

/** A directory in which something keeps what it may fetch or make again. */
export interface LocalCache {
  readonly name: string;
  readonly directory: string;
  /** What it holds and covers, for people. */
  readonly meaning: string;
  /** How it is emptied, and who may do that. */
  readonly clean: string;
}

type Places = Pick<Context, 'environment' | 'home' | 'userName'>;

/** Where each runtime keeps its own images. What runs from CVMFS is in none of them. */
export function runtimeCaches({ environment, home, userName }: Places): readonly LocalCache[] {
  const own = (name: string, otherwise: string): string => {
    const directory = environment[name];
    return directory !== undefined && isAbsolute(directory) ? directory : otherwise;
  };
  const data = own('XDG_DATA_HOME', join(home, '.local/share'));
  return [
    {
      name: 'Apptainer',
      directory: own('APPTAINER_CACHEDIR', join(home, '.apptainer/cache')),
      meaning: 'what apptainer pulled or converted for you; nothing from CVMFS',
      clean: 'apptainer cache clean',
    },
    {
      name: 'Singularity',
      directory: own('SINGULARITY_CACHEDIR', join(home, '.singularity/cache')),
      meaning: 'what singularity pulled or converted for you; nothing from CVMFS',
      clean: 'singularity cache clean',
    },
    {
      name: 'Podman',
      directory: join(data, 'containers/storage'),
      meaning: 'your images and containers of podman; nothing from CVMFS',
      clean: 'podman system prune',
    },
    {
      name: 'Charliecloud',
      directory: own('CH_IMAGE_STORAGE', `/var/tmp/${userName}.ch`),
      meaning: 'what ch-image pulled and built for you; nothing from CVMFS',
      clean: 'ch-image reset',
    },
  ];
}

/** jcds' own cache: `$XDG_CACHE_HOME/jcds`; a relative variable counts as unset (XDG). */
export function ownCache(places: Pick<Places, 'environment' | 'home'>): LocalCache {
  return {
    name: 'jcds',
    directory: cacheDirectory(places),
    meaning: 'what jcds found out about images, runtimes and repositories, for you',
    clean: 'jcds cache prune',
  };
}

/** The user's own store of local copies. */
export function storeCache(directory: string): LocalCache {
  return {
    name: 'local copies',
    directory,
    meaning: 'images that `jcds pull` and `jcds run --local` unpacked for you; nothing from CVMFS',
    clean: 'jcds store prune',
  };
}
