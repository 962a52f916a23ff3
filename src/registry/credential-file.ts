import { join } from 'node:path';
import { JcdsError } from '../errors.ts';
import { readText } from '../files/read.ts';
import { fileTrouble } from '../files/refused-file.ts';
import type { Environment } from '../http/proxies.ts';
import { safeText } from '../output/safe-text.ts';
import { objectOf, parseObject } from './json.ts';

/** Where a user's credentials are looked for. */
export interface CredentialPlaces {
  readonly environment: Environment;
  readonly home: string;
  readonly uid: number;
}

/**
 * The credential files of podman and docker, in podman's order: REGISTRY_AUTH_FILE alone if it is set; else that of the
 * login session, that of the user, and docker's. (containers-auth.json(5))
 */
export function credentialFiles({ environment, home, uid }: CredentialPlaces): string[] {
  const explicit = environment.REGISTRY_AUTH_FILE;
  if (explicit) return [explicit];
  const session = environment.XDG_RUNTIME_DIR || join('/run/containers', String(uid));
  const user = environment.XDG_CONFIG_HOME || join(home, '.config');
  return [
    environment.XDG_RUNTIME_DIR ? join(session, 'containers/auth.json') : join(session, 'auth.json'),
    join(user, 'containers/auth.json'),
    join(environment.DOCKER_CONFIG || join(home, '.docker'), 'config.json'),
  ];
}

/** A credential file that cannot be used. What stands in it is not shown. */
export class CredentialFileError extends JcdsError {
  constructor(file: string, problem: string) {
    super({
      code: 'CREDENTIALS_UNREADABLE',
      message: `the credential file ${safeText(file)} ${problem}`,
      hint: 'repair it, or move it away and log in again with podman login',
    });
  }
}

/** A credential file as docker and podman write it; values not yet looked at. */
export interface CredentialFile {
  readonly path: string;
  readonly auths: Readonly<Record<string, unknown>>;
  readonly credHelpers: Readonly<Record<string, unknown>>;
  readonly credsStore: unknown;
}

const ABSENT = new Set(['ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP']);

/** Reads a credential file; null where there is none for this user. Throws CredentialFileError. */
export async function readCredentialFile(path: string): Promise<CredentialFile | null> {
  const text = readBounded(path);
  if (text === null || text.trim() === '') return null;
  const fields = parseObject(text);
  if (fields === null) throw new CredentialFileError(path, 'is not a JSON object');
  const { auths = {}, credHelpers = {}, credsStore = null } = fields;
  const [entries, helpers] = [objectOf(auths ?? {}), objectOf(credHelpers ?? {})];
  if (entries === null) throw new CredentialFileError(path, 'has no object under "auths"');
  if (helpers === null) throw new CredentialFileError(path, 'has no object under "credHelpers"');
  return { path, auths: entries, credHelpers: helpers, credsStore };
}

function readBounded(path: string): string | null {
  try {
    return readText('registry-credentials', path);
  } catch (thrown) {
    const reason = fileTrouble(thrown);
    if (reason === null) throw thrown;
    if (ABSENT.has(reason)) return null;
    throw new CredentialFileError(path, `cannot be read (${reason})`);
  }
}
