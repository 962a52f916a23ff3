import { accessSync, constants, existsSync, readdirSync, statSync } from 'node:fs';
import { machine, release } from 'node:os';
import { join, resolve } from 'node:path';
import type { Context } from '../../context.ts';
import { readText } from '../../files/read.ts';
import type { Repository } from '../../repositories/index.ts';
import { runChild } from '../bounded-child.ts';
import { readClientConfiguration } from '../client-config.ts';
import { serverUrl } from '../http/servers.ts';
import { type MountFacts, PROGRAMS } from './ways-to-mount.ts';

/** Where programs of the system are that a user's PATH may lack. */
const USUAL_PLACES = ['/usr/sbin', '/sbin', '/usr/bin', '/bin'];
const TRIAL_LIMIT = 3000;

/** Finds out how a repository could be mounted on this host. Starts one trial of a user namespace. */
export async function mountFacts(
  service: Repository,
  root: string,
  named: { readonly servers: readonly string[]; readonly keys: readonly string[] },
  { environment, uid }: Pick<Context, 'environment' | 'uid'>,
): Promise<MountFacts> {
  const PATH = [environment.PATH ?? '', ...USUAL_PLACES].join(':');
  const client = await readClientConfiguration(service.name, { environment: { PATH } });
  const servers = [named.servers, client?.servers ?? [], service.servers].find(list => list.length > 0) ?? [];
  const [key] = [...named.keys, ...(client?.keyPaths ?? []), service.keysDirectory].flatMap(keysAt);
  return {
    repository: service.name,
    root,
    isLinux: process.platform === 'linux',
    isRoot: uid === 0,
    isContainer: ['/.dockerenv', '/run/.containerenv', '/.singularity.d'].some(path => existsSync(path)),
    machine: machine(),
    distribution: distribution(),
    hasFuse: canOpen('/dev/fuse'),
    hasUserMounts: hasUserFuse(release()) && (await canUnshare(PATH)),
    programs: new Set(PROGRAMS.filter(name => PATH.split(':').some(place => isProgram(place, name)))),
    servers: servers.map(server => serverUrl(server, service.name)),
    proxies: client?.proxies ?? 'DIRECT',
    keysDirectory: key === undefined ? service.keysDirectory : key.slice(0, key.lastIndexOf('/')),
    key: key ?? null,
  };
}

/** Linux lets users mount FUSE in their own namespaces since 4.18. */
export function hasUserFuse(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 4 || (major === 4 && minor >= 18);
}

/** Tried out: seccomp, AppArmor and limits each can forbid it. */
async function canUnshare(PATH: string): Promise<boolean> {
  const run = await runChild({
    file: 'unshare',
    args: ['-rm', 'true'],
    environment: { PATH },
    timeout: TRIAL_LIMIT,
    limit: 1024,
  });
  return run.state === 'ended' && run.code === 0;
}

function distribution(): readonly string[] {
  const text = textOf('/etc/os-release');
  return [...text.matchAll(/^(?:ID|ID_LIKE)=(.*)$/gm)].flatMap(([, value]) =>
    value!.replace(/["']/g, '').split(/\s+/).filter(Boolean),
  );
}

function textOf(file: string): string {
  try {
    return readText('system', file);
  } catch {
    return '';
  }
}

function canOpen(file: string): boolean {
  try {
    accessSync(file, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function isProgram(place: string, name: string): boolean {
  try {
    const file = join(place, name);
    accessSync(file, constants.X_OK);
    return place.startsWith('/') && statSync(file).isFile();
  } catch {
    return false;
  }
}

/** Key files at a path: itself, or those in it. */
function keysAt(path: string): string[] {
  try {
    if (!statSync(path).isDirectory()) return [resolve(path)];
    return readdirSync(path)
      .filter(name => name.endsWith('.pub'))
      .sort()
      .map(name => resolve(path, name));
  } catch {
    return [];
  }
}
