import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isRepositoryName } from '../repositories/repository.ts';
import { runChild } from './bounded-child.ts';
import { CLIENT_FILES_SCRIPT, parseEnvironment, parseShowconfig } from './client-config-text.ts';

/** How the CVMFS client of this host is set up for one repository. */
export interface ClientConfiguration {
  /** Which way it was learnt: from the client's own tool, or by reading its files as it does. */
  readonly source: 'cvmfs_config' | 'files';
  /** CVMFS_SERVER_URL: URLs, best first, `@fqrn@` for the repository's name. */
  readonly servers: readonly string[];
  /** CVMFS_HTTP_PROXY as it is written (`http/servers.ts` reads it); null when it is not set. */
  readonly proxies: string | null;
  /** Files and directories of public keys. */
  readonly keyPaths: readonly string[];
  /** Files of distrusted certificates. */
  readonly blacklistFiles: readonly string[];
  /** Where repositories are mounted. */
  readonly mountDirectory: string;
  /** Milliseconds of silence that servers are granted. */
  readonly timeout: { readonly direct: number; readonly proxy: number };
  /** Every variable whose name begins with CVMFS_. */
  readonly variables: Readonly<Record<string, string>>;
}

export interface ClientConfigurationOptions {
  /** PATH is searched for `cvmfs_config`; nothing else of it reaches the client's files. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where the client's files are. */
  readonly directory?: string;
  /** Milliseconds for each of at most three attempts: the configuration repository may hang. */
  readonly timeout?: number;
}

const DIRECTORY = '/etc/cvmfs';
const TIMEOUT = 3000;
const LIMIT = 1024 * 1024;
/** Debian and Red Hat install the tool here, where the PATH of a batch job may not lead. */
const USUAL_PATH = '/usr/bin:/bin:/usr/sbin:/sbin';

/**
 * Reads the client's configuration for `repository`; null where there is none. `cvmfs_config showconfig -s` knows best;
 * without it the client's files are sourced by sh, as the client does, in its order. Should the configuration
 * repository under /cvmfs hang, the host's own files answer.
 */
export async function readClientConfiguration(
  repository: string,
  options: ClientConfigurationOptions,
): Promise<ClientConfiguration | null> {
  const { directory = DIRECTORY, timeout = TIMEOUT } = options;
  if (!isRepositoryName(repository)) return null;
  const PATH = options.environment.PATH || USUAL_PATH;
  const child = { environment: { PATH }, timeout, limit: LIMIT };

  const shown = await runChild({ ...child, file: 'cvmfs_config', args: ['showconfig', '-s', repository] });
  if (shown.state === 'ended' && shown.code === 0) {
    const variables = parseShowconfig(shown.output);
    if (variables.CVMFS_SERVER_URL) return configurationOf('cvmfs_config', variables, repository, directory);
  }
  if (!existsSync(join(directory, 'default.conf'))) return null;
  for (const scope of ['everything', 'local']) {
    const args = ['-c', CLIENT_FILES_SCRIPT, 'sh', repository, directory, scope];
    const sourced = await runChild({ ...child, file: 'sh', args });
    if (sourced.state === 'ended')
      return configurationOf('files', parseEnvironment(sourced.output), repository, directory);
  }
  return null;
}

function configurationOf(
  source: ClientConfiguration['source'],
  variables: Record<string, string>,
  repository: string,
  directory: string,
): ClientConfiguration {
  const mountDirectory = variables.CVMFS_MOUNT_DIR || '/cvmfs';
  const files = configurationRepository(variables, repository, mountDirectory);
  return {
    source,
    servers: (variables.CVMFS_SERVER_URL ?? '')
      .split(/[;,|]/)
      .map(text => text.trim())
      .filter(Boolean),
    proxies: variables.CVMFS_HTTP_PROXY || null,
    keyPaths: keyPaths(variables, directory),
    blacklistFiles: [join(directory, 'blacklist'), ...(files === null ? [] : [join(files, 'blacklist')])],
    mountDirectory,
    timeout: {
      direct: milliseconds(variables.CVMFS_TIMEOUT_DIRECT, 10_000),
      proxy: milliseconds(variables.CVMFS_TIMEOUT, 5_000),
    },
    variables,
  };
}

/** The client takes named keys before a directory of them, and its own directory when nothing is said. */
function keyPaths(variables: Readonly<Record<string, string>>, directory: string): string[] {
  const named = (variables.CVMFS_PUBLIC_KEY ?? '').split(':').filter(Boolean);
  if (named.length > 0) return named;
  return [variables.CVMFS_KEYS_DIR || join(directory, 'keys')].filter(path => existsSync(path));
}

/** Where the configuration repository keeps its files; null when there is none, or it is the repository itself. */
function configurationRepository(
  { CVMFS_CONFIG_REPOSITORY: name = '' }: Readonly<Record<string, string>>,
  repository: string,
  mountDirectory: string,
): string | null {
  if (name === repository || !isRepositoryName(name)) return null;
  return join(mountDirectory, name, 'etc/cvmfs');
}

function milliseconds(seconds: string | undefined, otherwise: number): number {
  return /^[1-9]\d{0,3}$/.test(seconds ?? '') ? Number(seconds) * 1000 : otherwise;
}
