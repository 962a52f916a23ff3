import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isJcdsError, JcdsError } from '../../errors.ts';
import { readText } from '../../files/read.ts';
import { fileTrouble } from '../../files/refused-file.ts';
import { CERN_KEYS } from './keys/cern.ch.ts';
import { OPEN_SCIENCE_GRID_KEYS } from './keys/opensciencegrid.org.ts';

/** A master public key, the anchor of trust. */
export interface PublicKey {
  readonly key: KeyObject;
  /** Where it came from, for the user. */
  readonly source: string;
  /** `SHA256:` and the hash of the key's DER (SubjectPublicKeyInfo), in hexadecimal. */
  readonly fingerprint: string;
}

/** A key in the source. */
export interface ShippedKey {
  readonly name: string;
  readonly pem: string;
}

const SHIPPED: Readonly<Record<string, readonly ShippedKey[]>> = {
  'cern.ch': CERN_KEYS,
  'opensciencegrid.org': OPEN_SCIENCE_GRID_KEYS,
};

/** The keys that jcds ships for the repository's domain; none for most. */
export function shippedKeys(repository: string): PublicKey[] {
  const domain = repository.slice(repository.indexOf('.') + 1);
  const keys = Object.hasOwn(SHIPPED, domain) ? SHIPPED[domain]! : [];
  return keys.map(({ name, pem }) => parsePublicKey(pem, `jcds' own ${name}`));
}

/** Reads key files and directories of them (`*.pub`, as CVMFS_KEYS_DIR holds them). */
export async function readPublicKeys(paths: readonly string[]): Promise<PublicKey[]> {
  const files = (await Promise.all(paths.map(keyFiles))).flat();
  return files.map(file => parsePublicKey(readKeyFile(file), file));
}

/** Reads a PEM public key; `source` says where it came from. Only RSA can sign a whitelist. */
export function parsePublicKey(pem: string, source: string): PublicKey {
  const key = readKey(pem, source);
  const der = key.export({ type: 'spki', format: 'der' });
  return { key, source, fingerprint: `SHA256:${createHash('sha256').update(der).digest('hex')}` };
}

function readKey(pem: string, source: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch (cause) {
    throw new UnusableKeyError(source, 'it is no public key in PEM form', cause);
  }
  if (key.asymmetricKeyType !== 'rsa') throw new UnusableKeyError(source, 'it is no RSA key');
  return key;
}

async function keyFiles(path: string): Promise<string[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [path];
    const names = (await readdir(path)).filter(name => name.endsWith('.pub')).sort();
    if (names.length === 0) throw new UnusableKeyError(path, 'it holds no file *.pub');
    return names.map(name => join(path, name));
  } catch (cause) {
    if (isJcdsError(cause)) throw cause;
    throw new UnusableKeyError(path, fileTrouble(cause) ?? 'it cannot be read', cause);
  }
}

function readKeyFile(file: string): string {
  try {
    return readText('master-key', file);
  } catch (cause) {
    throw new UnusableKeyError(file, fileTrouble(cause) ?? 'it cannot be read', cause);
  }
}

/** A key that was named and cannot be used. */
export class UnusableKeyError extends JcdsError {
  constructor(source: string, why: string, cause?: unknown) {
    super({
      code: 'KEY_UNUSABLE',
      message: `the key ${source} cannot be used: ${why}`,
      hint: "name the repository's master public key (a PEM file) with --keys FILE, or a directory of them",
      cause,
    });
  }
}

/** No key vouches for this repository here. */
export class NoKeysError extends JcdsError {
  constructor(repository: string) {
    super({
      code: 'KEYS_MISSING',
      message: `no public key of ${repository} is known here, so its signatures cannot be checked`,
      hint: 'get the key from the operators of the repository and name it with --keys FILE, or look unverified with --insecure',
    });
  }
}
