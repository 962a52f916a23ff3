import { closeSync, fstatSync, readdirSync, readSync } from 'node:fs';
import { readElf } from './elf.ts';
import { isEnvironmentFileDropped } from './environment-dropped.ts';
import type { ImageConfig, ImageFacts, RootEntry } from './facts.ts';
import { LONGEST_SCRIPT } from './facts-schema.ts';
import { type ImageView, imageView } from './image-view.ts';
import { HEAD_BYTES } from './program-head.ts';
import { parseDefinition, parseLabels, singularityConfig } from './singularity-config.ts';

const META = '/.singularity.d';
const ENVIRONMENT = 'env/10-docker2singularity.sh';
const BASE = 'env/99-base.sh';
/** A bound on what is read of one text; real ones have some kilobytes. */
const TEXT_LIMIT = 1024 * 1024;
const ACCOUNTS_LIMIT = 64 * 1024;
/** Builds that leave an ENV file; an image bootstrapped otherwise never had one. */
const OCI_BOOTSTRAPS: ReadonlySet<string> = new Set([
  'docker',
  'docker-archive',
  'docker-daemon',
  'oci',
  'oci-archive',
]);
/** Scripts in env/ that every image has from Apptainer: nothing in them is the image's own. */
export const USUAL_SCRIPTS: ReadonlySet<string> = new Set([
  '01-base.sh',
  '10-docker2singularity.sh',
  '94-appsbase.sh',
  '95-apps.sh',
  '99-base.sh',
  '99-runtimevars.sh',
]);
const NO_CONFIG: ImageConfig = {
  env: [],
  entrypoint: null,
  cmd: null,
  workdir: null,
  user: null,
  source: 'none',
};

/**
 * Reads what an unpacked image tells about itself. Every link is followed inside the image. At most 15
 * system calls take a path of an image made by `apptainer build`; each further directory of `listings` costs one and
 * one more for each link in it.
 *
 * @param directory the real directory, its own path free of links
 * @param listings directories of the image whose names a runtime wants to know (`/`, `/etc`)
 * Throws the system's error when the image cannot be seen (EIO, ENOTCONN, EACCES on its top directory, …).
 */
export function inspectImage(directory: string, listings: readonly string[]): ImageFacts {
  const tree = imageView(directory);
  const top = tree.list('/');
  if (top === null) throw whyUnlisted(directory);
  const meta = readMetadata(
    tree,
    top.some(({ name }) => name === META.slice(1)),
  );
  const shell = readShell(tree);
  return {
    schema: 1,
    directory,
    ...meta,
    ...shell,
    directories: Object.fromEntries(
      listings.map(path => [path, completeListing(tree, path, path === '/' ? top : null)]),
    ),
    passwd: readText(tree, '/etc/passwd', ACCOUNTS_LIMIT),
    group: readText(tree, '/etc/group', ACCOUNTS_LIMIT),
  };
}

/** The system's own error, asked for once more. */
function whyUnlisted(directory: string): unknown {
  try {
    return new Error(`${directory} could not be listed, and now can: ${readdirSync(directory).length} names`);
  } catch (thrown) {
    return thrown;
  }
}

const NO_SCRIPTS = { environmentFileDropped: false, environmentScripts: [] };

type Metadata = Pick<
  ImageFacts,
  'config' | 'environmentFileDropped' | 'environmentScripts' | 'origin' | 'singularityMissing'
>;

function readMetadata(tree: ImageView, exists: boolean): Metadata {
  const names = exists ? tree.list(META)?.map(({ name }) => name) : undefined;
  if (names === undefined)
    return { config: NO_CONFIG, ...NO_SCRIPTS, origin: null, singularityMissing: null };
  const read = (name: string): string | null =>
    names.includes(name.split('/')[0]!) ? readText(tree, `${META}/${name}`, TEXT_LIMIT) : null;
  const environment = read(ENVIRONMENT);
  const runscript = read('runscript');
  const definition = read('Singularity');
  const labels = definition === null ? read('labels.json') : null;
  const origin =
    (definition === null ? null : parseDefinition(definition)) ??
    (labels === null ? null : parseLabels(labels));
  return {
    config: singularityConfig({ environment, runscript }) ?? NO_CONFIG,
    environmentFileDropped: environment !== null && isEnvironmentFileDropped(environment),
    environmentScripts: names.includes('env') ? readScripts(tree) : [],
    origin,
    singularityMissing: missingParts({ environment, base: read(BASE), runscript, origin, names }),
  };
}

function readScripts(tree: ImageView): ImageFacts['environmentScripts'] {
  const names = (tree.list(`${META}/env`) ?? []).map(({ name }) => name).sort();
  return names
    .filter(name => name.endsWith('.sh') && !USUAL_SCRIPTS.has(name))
    .flatMap(name => {
      const text = readText(tree, `${META}/env/${name}`, TEXT_LIMIT);
      if (text === null || text.split('\n').every(line => /^\s*(?:#|$)/.test(line))) return [];
      return [{ name, text: text.length > LONGEST_SCRIPT ? null : text }];
    });
}

/**
 * What a runtime misses: tried with Apptainer 1.4.5, which goes on without anything else of the directory. The ENV file
 * is missed where the image was made from an OCI image; beside ENV files without env/99-base.sh Apptainer drops what
 * is addressed to the container (APPTAINERENV_, --env).
 */
function missingParts(found: {
  environment: string | null;
  base: string | null;
  runscript: string | null;
  origin: ImageFacts['origin'];
  names: readonly string[];
}): string[] {
  const { environment, base, runscript, origin, names } = found;
  const fromOci =
    (origin !== null && OCI_BOOTSTRAPS.has(origin.bootstrap)) ||
    (runscript !== null && /^OCI_ENTRYPOINT=/m.test(runscript));
  const missing: string[] = [];
  if (!names.includes('env')) missing.push('env');
  else {
    if (environment === null && fromOci) missing.push(ENVIRONMENT);
    if (base === null) missing.push(BASE);
  }
  if (runscript === null) missing.push('runscript');
  return missing;
}

function readShell(tree: ImageView): Pick<ImageFacts, 'architecture' | 'hasShell'> {
  const opened = tree.open('/bin/sh');
  if (opened.state !== 'open') return { architecture: null, hasShell: false };
  try {
    const stat = fstatSync(opened.descriptor);
    if (!stat.isFile() || (stat.mode & 0o111) === 0) return { architecture: null, hasShell: false };
    const head = Buffer.alloc(HEAD_BYTES);
    const length = readSync(opened.descriptor, head, 0, HEAD_BYTES, 0);
    return { architecture: readElf(head.subarray(0, length))?.architecture ?? null, hasShell: true };
  } finally {
    closeSync(opened.descriptor);
  }
}

/** The whole text, or its whole lines below the limit; null when it is no file that can be read. */
function readText(tree: ImageView, path: string, limit: number): string | null {
  const opened = tree.open(path);
  if (opened.state !== 'open') return null;
  try {
    if (!fstatSync(opened.descriptor).isFile()) return null;
    const bytes = Buffer.alloc(limit + 1);
    let length = 0;
    for (let more = -1; more !== 0 && length <= limit; length += more)
      more = readSync(opened.descriptor, bytes, length, bytes.length - length, null);
    if (length <= limit) return bytes.toString('utf8', 0, length);
    const text = bytes.toString('utf8', 0, limit);
    return text.slice(0, text.lastIndexOf('\n') + 1);
  } finally {
    closeSync(opened.descriptor);
  }
}

/** A listing with the text of every link; empty for a directory that is not there. */
function completeListing(tree: ImageView, path: string, listed: readonly RootEntry[] | null): RootEntry[] {
  const walked = tree.resolve(path);
  return (listed ?? tree.list(path) ?? []).map(entry => {
    const target = entry.kind === 'link' ? tree.linkAt([...walked.path, entry.name]) : null;
    return target === null ? entry : { ...entry, target };
  });
}
