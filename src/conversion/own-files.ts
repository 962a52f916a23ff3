import type { Entry } from '../archive/entry.ts';
import { formatReference } from '../image/reference.ts';
import { jsonLine } from '../output/json.ts';
import { applyEntry, beginLayer, type Layer } from './apply-layer.ts';
import type { StepSink } from './convert.ts';
import { environmentScript } from './environment-script.ts';
import type { Source } from './parse-source.ts';
import { FIXED_SCRIPTS, runscript } from './singularity-texts.ts';
import type { SourceImage } from './source-image.ts';
import type { Tally } from './tally.ts';
import { type DirectoryNode, findDirectory, type Node, partsOf } from './tree.ts';

/** What is said of an image's origin where Apptainer says it: `docker` and a reference, as a rule. */
export interface Origin {
  readonly bootstrap: 'docker' | 'oci' | 'docker-archive';
  readonly from: string;
}

/** The origin of a source: what Apptainer would have been given. */
export function originOf(text: string, source: Source): Origin {
  if (source.kind !== 'registry') return { bootstrap: source.kind, from: text.slice(text.indexOf(':') + 1) };
  return { bootstrap: 'docker', from: formatReference(source.reference) };
}

/** Directories that runtimes and sites mount something on; a link of that name stays, wherever it leads. */
const PLACES = ['dev', 'proc', 'sys', 'root', 'home', 'tmp', 'var/tmp', 'etc', 'srv', 'cvmfs'];
/** Files that runtimes mount something on. */
const FILES = ['etc/hosts', 'etc/resolv.conf'];
/** Names by which older readers find the scripts. */
const LINKS: Readonly<Record<string, string>> = {
  singularity: '.singularity.d/runscript',
  environment: '.singularity.d/env/90-environment.sh',
  '.run': '.singularity.d/actions/run',
  '.exec': '.singularity.d/actions/exec',
  '.shell': '.singularity.d/actions/shell',
  '.test': '.singularity.d/actions/test',
};

/**
 * Adds what Apptainer's readers expect of an image that it built, and the places that mounts need, as one more layer: by the same rules,
 * so that no link of the image leads out of the root. The same image gives the same files.
 */
export function addOwnFiles(
  root: DirectoryNode,
  image: SourceImage,
  origin: Origin,
  tally: Tally,
  sink: StepSink,
): void {
  const layer = beginLayer(root, image.layers.length, tally);
  let source = 0;
  const put = (type: Entry['type'], path: string, mode: number, content = '') => {
    const bytes = Buffer.from(type === 'file' ? content : '');
    source -= 1;
    const entry = entryOf(type, path, mode, bytes.length, type === 'symlink' ? content : '');
    for (const operation of applyEntry(layer, entry, source)) sink.do(operation);
    if (type !== 'file') return;
    if (bytes.length > 0) sink.data(bytes, 0);
    sink.end();
  };
  for (const path of PLACES) if (nodeAt(layer, path) === null) put('directory', path, 0o755);
  for (const path of FILES) if (nodeAt(layer, path) === null) put('file', path, 0o644);
  put('directory', '.singularity.d/libs', 0o755);
  for (const [name, text] of Object.entries(FIXED_SCRIPTS))
    put('file', `.singularity.d/${name}`, 0o755, text);
  const env = environmentScript(image.config.env, name =>
    tally.note('variable', Buffer.from(name).toString('latin1')),
  );
  put('file', '.singularity.d/env/10-docker2singularity.sh', 0o755, env);
  put('file', '.singularity.d/runscript', 0o755, runscript(image.config));
  put('file', '.singularity.d/labels.json', 0o644, labels(image, origin));
  put(
    'file',
    '.singularity.d/Singularity',
    0o644,
    `bootstrap: ${origin.bootstrap}\nfrom: ${oneLine(origin.from)}\n\n`,
  );
  for (const [path, target] of Object.entries(LINKS)) {
    const there = nodeAt(layer, path);
    if (there === null || there.kind === 'symlink') put('symlink', path, 0o777, target);
  }
}

function entryOf(type: Entry['type'], path: string, mode: number, size: number, target: string): Entry {
  return { type, path, mode, size, target, mtime: 0, attributes: 0, dataAt: 0 };
}

/** What stands under a path, a link at its end not followed. */
function nodeAt({ root }: Layer, path: string): Node | null {
  const { parts } = partsOf(path);
  const name = parts.pop()!;
  return findDirectory(root, parts)?.directory.children.get(name) ?? null;
}

const SCHEMA = 'org.label-schema';

function labels({ config }: SourceImage, { bootstrap, from }: Origin): string {
  const all = {
    ...config.labels,
    [`${SCHEMA}.build-arch`]: config.architecture,
    [`${SCHEMA}.schema-version`]: '1.0',
    [`${SCHEMA}.usage.singularity.deffile.bootstrap`]: bootstrap,
    [`${SCHEMA}.usage.singularity.deffile.from`]: from,
  };
  const sorted = Object.fromEntries(Object.entries(all).sort(([one], [other]) => (one < other ? -1 : 1)));
  return jsonLine(sorted);
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}
