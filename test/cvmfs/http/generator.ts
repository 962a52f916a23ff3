import { constants, createHash, privateEncrypt, sign } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { type PublicKey, parsePublicKey } from '../../../src/cvmfs/http/keys.ts';
import { type CatalogContent, type CatalogRow, catalogFile, FLAG, type MountRow } from './catalog-file.ts';
import { type KeyPair, makeCertificate, makeKeys, pemOf } from './test-certificate.ts';

export type Algorithm = 'sha1' | 'rmd160' | 'shake128';

/** Keys of the tests: of the operators, of the publisher, and of somebody else. */
export const MASTER = makeKeys();
export const PUBLISHER = makeKeys();
export const STRANGER = makeKeys();
export const MASTER_KEY: PublicKey = parsePublicKey(MASTER.pem, 'the test key');
export const NOW = Date.parse('2026-11-23T12:00:00Z');

/** What to publish; every field that is not named is as it should be. */
export interface Publication {
  readonly name?: string;
  readonly algorithm?: Algorithm;
  readonly revision?: number;
  /** Seconds since 1970. */
  readonly publishedAt?: number;
  readonly root?: CatalogContent;
  /** The root catalog's bytes, where `root` cannot say it. */
  readonly rootBytes?: Uint8Array;
  /** Further objects: from `Store`. */
  readonly store?: Store;
  readonly alternative?: 'also' | 'only';
  readonly manifest?: {
    readonly fields?: Readonly<Record<string, string>>;
    readonly key?: KeyPair;
    readonly hash?: string;
  };
  readonly whitelist?: {
    readonly name?: string;
    readonly created?: string;
    readonly expires?: string;
    readonly key?: KeyPair;
    readonly hash?: string;
    readonly fingerprints?: readonly string[];
  };
  readonly certificateBytes?: Uint8Array;
}

/** Objects to be served, by their path below the repository. */
export class Store {
  readonly objects = new Map<string, Uint8Array>();
  readonly algorithm: Algorithm;

  constructor(algorithm: Algorithm = 'sha1') {
    this.algorithm = algorithm;
  }

  /** Stores bytes as they are; the hash as CVMFS prints it. */
  put(stored: Uint8Array, suffix: string, algorithm: Algorithm = this.algorithm): string {
    const hash = printed(algorithm, stored);
    this.objects.set(`data/${hash.slice(0, 2)}/${hash.slice(2)}${suffix}`, stored);
    return hash;
  }

  /** Stores a catalog; what its parent needs to say of it. */
  catalog(path: string, content: CatalogContent): MountRow {
    const bytes = catalogFile(content);
    return { path, hash: this.put(deflateSync(bytes), 'C'), size: bytes.length };
  }
}

/** A published repository: path below `/cvmfs/` -> bytes. */
export function publish(publication: Publication = {}): Map<string, Uint8Array> {
  const { name = 'test.example.org', algorithm = 'sha1', store = new Store(algorithm) } = publication;
  const catalog =
    publication.rootBytes ?? catalogFile(publication.root ?? { rows: [{ path: '', flags: FLAG.directory }] });
  const rootHash = store.put(deflateSync(catalog), 'C', algorithm);
  const der = makeCertificate(PUBLISHER);
  const certificateHash = store.put(
    deflateSync(publication.certificateBytes ?? Buffer.from(pemOf(der))),
    'X',
    algorithm,
  );
  if (publication.alternative)
    moveAside(store, [`${rootHash}C`, `${certificateHash}X`], publication.alternative);

  const fields = {
    C: rootHash,
    B: String(catalog.length),
    R: 'd41d8cd98f00b204e9800998ecf8427e',
    D: '240',
    S: String(publication.revision ?? 7),
    A: publication.alternative ? 'yes' : 'no',
    N: name,
    X: certificateHash,
    T: String(publication.publishedAt ?? 1795368702),
    ...publication.manifest?.fields,
  };
  const text = Object.entries(fields)
    .map(([letter, value]) => `${letter}${value}\n`)
    .join('');
  const manifest = letter(text, algorithm, publication.manifest?.hash, hash =>
    sign('sha1', Buffer.from(hash), (publication.manifest?.key ?? PUBLISHER).privateKey),
  );
  const files = new Map([...store.objects].map(([path, bytes]) => [`${name}/${path}`, bytes]));
  files.set(`${name}/.cvmfspublished`, manifest);
  files.set(`${name}/.cvmfswhitelist`, whitelist(name, algorithm, der, publication.whitelist ?? {}));
  return files;
}

function whitelist(
  name: string,
  algorithm: Algorithm,
  der: Uint8Array,
  changes: NonNullable<Publication['whitelist']>,
): Buffer {
  const { created = '20261122173141', expires = '20261222173141', key = MASTER } = changes;
  const fingerprints = changes.fingerprints ?? [fingerprint(der, algorithm)];
  const text = `${created}\nE${expires}\nN${changes.name ?? name}\n${fingerprints.map(line => `${line}\n`).join('')}`;
  return letter(text, algorithm, changes.hash, hash =>
    privateEncrypt({ key: key.privateKey, padding: constants.RSA_PKCS1_PADDING }, Buffer.from(hash)),
  );
}

function letter(
  text: string,
  algorithm: Algorithm,
  hash = printed(algorithm, Buffer.from(text)),
  signer: (hash: string) => Buffer,
): Buffer {
  return Buffer.concat([Buffer.from(`${text}--\n${hash}\n`), signer(hash)]);
}

/** `AA:BB:…-algorithm # comment`, of the publisher's certificate. */
export function fingerprint(
  der: Uint8Array = makeCertificate(PUBLISHER),
  algorithm: Algorithm = 'sha1',
): string {
  const [hex = '', ...suffix] = printed(algorithm, der).split('-');
  return `${[hex.toUpperCase().match(/../g)!.join(':'), ...suffix].join('-')} # the tests`;
}

function printed(algorithm: Algorithm, bytes: Uint8Array): string {
  if (algorithm === 'sha1') return createHash('sha1').update(bytes).digest('hex');
  const options = algorithm === 'shake128' ? { outputLength: 20 } : {};
  return `${createHash(algorithm === 'rmd160' ? 'ripemd160' : 'shake128', options)
    .update(bytes)
    .digest('hex')}-${algorithm}`;
}

function moveAside(store: Store, names: readonly string[], how: 'also' | 'only'): void {
  for (const name of names) {
    const path = `data/${name.slice(0, 2)}/${name.slice(2)}`;
    store.objects.set(`.cvmfsalt-${name}`, store.objects.get(path)!);
    if (how === 'only') store.objects.delete(path);
  }
}

export const directory = (path: string, flags = 0): CatalogRow => ({ path, flags: FLAG.directory | flags });
export const link = (path: string, target: string): CatalogRow => ({
  path,
  flags: FLAG.link | FLAG.file,
  link: target,
});
