import { withoutOthersHomes } from '../files/others-homes.ts';
import { DOCKER_HUB, normaliseRegistry } from '../image/registry.ts';
import { safeText } from '../output/safe-text.ts';
import { Secret, withoutTokens } from '../secret.ts';
import type { Credential, FindCredential } from './credential.ts';
import {
  type CredentialFile,
  CredentialFileError,
  type CredentialPlaces,
  credentialFiles,
  readCredentialFile,
} from './credential-file.ts';
import { askHelper, CredentialHelperError } from './credential-helper.ts';
import { objectOf } from './json.ts';

/** The name under which docker files Docker Hub with its helpers. */
const DOCKER_HUB_SERVER = 'https://index.docker.io/v1/';

/** Finds credentials where docker and podman keep them. Throws CredentialFileError, CredentialHelperError. */
export function storedCredentials(places: CredentialPlaces): FindCredential {
  return async (registry, repository, signal) => {
    for (const path of credentialFiles(places)) {
      const file = await readCredentialFile(path);
      const found = file && (await findIn(file, { registry, repository, signal, places }));
      if (found) return found;
    }
    return null;
  };
}

interface Wanted {
  readonly registry: string;
  readonly repository: string;
  readonly signal: AbortSignal | undefined;
  readonly places: CredentialPlaces;
}

/** In one file: the helper for this registry, else the helper for all, else the most specific entry. */
async function findIn(file: CredentialFile, wanted: Wanted): Promise<Credential | null> {
  const key = Object.keys(file.credHelpers).find(name => registryOf(name) === wanted.registry);
  if (key !== undefined) return await fromHelper(file, file.credHelpers[key], key, wanted);
  const entry = entryFor(file, wanted);
  const stored = await fromStore(file, wanted, entry !== null);
  return stored ?? (entry === null ? null : credentialOf(entry, file, wanted.registry));
}

/** A store that is not installed here matters only to those who logged in with it: docker leaves an empty entry then. */
async function fromStore(
  file: CredentialFile,
  wanted: Wanted,
  isListed: boolean,
): Promise<Credential | null> {
  if (!file.credsStore) return null;
  const server = wanted.registry === DOCKER_HUB ? DOCKER_HUB_SERVER : wanted.registry;
  try {
    return await fromHelper(file, file.credsStore, server, wanted);
  } catch (thrown) {
    if (!isListed && (thrown as Partial<CredentialHelperError>).fault === 'missing') return null;
    throw thrown;
  }
}

async function fromHelper(
  file: CredentialFile,
  helper: unknown,
  server: string,
  { signal, places }: Wanted,
): Promise<Credential | null> {
  if (typeof helper !== 'string') throw new CredentialHelperError('', file.path, 'name');
  const environment = withoutTokens(withoutOthersHomes(places.environment, places.uid));
  const answer = await askHelper({ helper, file: file.path, server, environment, signal });
  if (answer === null) return null;
  const source = safeText(`docker-credential-${helper}`);
  return answer.username === '<token>'
    ? { kind: 'identity', token: answer.secret, source }
    : { kind: 'password', username: answer.username, password: answer.secret, source };
}

/**
 * The entry for a repository: `registry/group/project` before `registry/group` before `registry`, all in exactly this
 * spelling; then an address with a scheme (`https://index.docker.io/v1/`), which stands for its host and port.
 */
function entryFor(file: CredentialFile, { registry, repository }: Wanted): unknown {
  const parts = [registry, ...repository.split('/')];
  const names = parts.map((_, dropped) => parts.slice(0, parts.length - dropped).join('/'));
  const addresses = Object.keys(file.auths).filter(key => registryOf(key) === registry);
  const key = [...names, ...addresses].find(name => Object.hasOwn(file.auths, name));
  return key === undefined ? null : file.auths[key];
}

/** The registry that a key names as a whole, or null when it is a namespace of one. */
function registryOf(key: string): string | null {
  const address = /^https?:\/\/([^/]+)(?:\/.*)?$/i.exec(key)?.[1] ?? key.replace(/\/v[12]\/?$/, '');
  return address.includes('/') ? null : normaliseRegistry(address);
}

/** What an entry of `auths` holds; null for an empty one. Throws CredentialFileError. */
function credentialOf(entry: unknown, { path }: CredentialFile, registry: string): Credential | null {
  const fields = objectOf(entry);
  const wrong = (): CredentialFileError =>
    new CredentialFileError(path, `has a broken entry for ${registry}`);
  if (fields === null) throw wrong();
  const text = (name: string): string => {
    const value = fields[name] ?? '';
    if (typeof value !== 'string') throw wrong();
    return value;
  };
  const source = safeText(path);
  if (text('registrytoken')) return { kind: 'bearer', token: new Secret(text('registrytoken')), source };
  if (text('identitytoken')) return { kind: 'identity', token: new Secret(text('identitytoken')), source };
  if (text('auth')) return decoded(text('auth'), source) ?? fail(wrong());
  if (text('username') === '') return null;
  return {
    kind: 'password',
    username: text('username'),
    password: new Secret(text('password')),
    source,
  };
}

function fail(error: Error): never {
  throw error;
}

/** `NAME:PASSWORD` in base64; docker leaves NULs at the end. */
function decoded(auth: string, source: string): Credential | null {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(auth)) return null;
  const text = Buffer.from(auth, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 1) return null;
  const [username, password] = [text.slice(0, colon), new Secret(text.slice(colon + 1).replace(/\0+$/, ''))];
  return username === '<token>'
    ? { kind: 'identity', token: password, source }
    : { kind: 'password', username, password, source };
}
