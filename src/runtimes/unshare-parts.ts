import { shellQuote } from '../shell-quote.ts';
import type { RootOperation } from './root-operations.ts';
import { PlaceError } from './root-tree.ts';
import type { MountOperation, Skeleton } from './skeleton.ts';

/** The devices of a minimal /dev: those that every program may expect. */
const DEVICES = ['null', 'zero', 'full', 'random', 'urandom', 'tty'];
const DEVICE_LINKS = [
  ['fd', '/proc/self/fd'],
  ['stdin', '/proc/self/fd/0'],
  ['stdout', '/proc/self/fd/1'],
  ['stderr', '/proc/self/fd/2'],
  ['ptmx', 'pts/ptmx'],
] as const;

/** Directories of a layer: the image's, what is made over it, and one that the kernel wants for itself. */
const LAYER_PARTS = ['lower', 'upper', 'layer'];

/** What the set-up consists of, gathered before it is written down. */
export interface Parts {
  readonly directories: string[];
  readonly files: string[];
  readonly links: [at: string, target: string][];
  /** Directories of the image that are laid below a layer; its parts lie in `work`, under the layer's number. */
  readonly layers: { readonly at: string; readonly lower: string; readonly entries: number }[];
  /** What is mounted, in steps: before each step some places are made in what was mounted by then. */
  readonly steps: Step[];
  /** A place of the root where files can lie until the last mount of all covers them. */
  readonly work: string;
  /** Shell lines that write files before they are bound. */
  readonly writes: string[];
  readonly readOnly: string[];
  readonly texts: string[];
}

/** Places to be made, and then the lines of an fstab(5) that one mount(8) does all. */
export interface Step {
  readonly made: { readonly at: string; readonly kind: 'directory' | 'file' }[];
  readonly table: string[];
}

/** Gathers what builds this root in this directory of the host. @throws PlaceError */
export function gather({ image, root, mounts, held = [] }: Skeleton, place: string): Parts {
  const last = coverOf(mounts);
  const parts: Parts = {
    directories: [],
    files: [],
    links: [],
    layers: [],
    steps: [{ made: [], table: [] }],
    work: last.at,
    writes: [],
    readOnly: [],
    texts: [],
  };
  for (const operation of root) addToRoot(parts, operation, image, place);
  // What is bound over a layer is not the image's.
  parts.readOnly.push(
    ...parts.layers.map(({ at }) => at).filter(at => !mounts.some(mount => mount.at === at)),
  );
  for (const operation of [...mounts.filter(mount => mount !== last), last]) {
    if (operation.make !== undefined) prepare(parts, operation.at, operation.make);
    // What is hidden now cannot be named any more.
    const seen = parts.readOnly.filter(at => !at.startsWith(`${operation.at}/`));
    parts.readOnly.splice(0, parts.readOnly.length, ...seen);
    addMount(parts, operation, place, held);
  }
  return parts;
}

/** What can be mounted last of all, since nothing is mounted below it. */
function coverOf(mounts: readonly MountOperation[]): MountOperation {
  const last = mounts.find(
    ({ kind, at }) =>
      (kind === 'proc' || kind === 'sys') && !mounts.some(other => other.at.startsWith(`${at}/`)),
  );
  if (last === undefined) throw new PlaceError('/proc', 'it or /sys has to be left as it is');
  return last;
}

/** Starts another step where something was mounted in this one. */
function prepare(parts: Parts, at: string, kind: 'directory' | 'file'): void {
  const step = parts.steps.at(-1)!;
  if (step.table.length === 0) step.made.push({ at, kind });
  else parts.steps.push({ made: [{ at, kind }], table: [] });
}

function addLine(parts: Parts, ...fields: Parameters<typeof line>): void {
  parts.steps.at(-1)!.table.push(line(...fields));
}

function addToRoot(parts: Parts, operation: RootOperation, image: string, place: string): void {
  const { at } = operation;
  switch (operation.kind) {
    case 'directory':
      parts.directories.push(inLayer(parts, at));
      break;
    case 'file':
      parts.files.push(inLayer(parts, at));
      break;
    case 'layer': {
      const { entries, from = at } = operation;
      const number = parts.layers.push({ at, lower: `${image}${from}`, entries }) - 1;
      parts.directories.push(at, ...LAYER_PARTS.map(part => `${parts.work}/${part}${number}`));
      break;
    }
    case 'link':
      parts.links.push([at, operation.target]);
      break;
    case 'entry':
      (operation.of === 'directory' ? parts.directories : parts.files).push(at);
      addLine(parts, `${image}${operation.from ?? at}`, `${place}${at}`, 'none', 'rbind,ro,nosuid,nodev');
      break;
    default:
      operation satisfies never;
  }
}

/** Where something is made that stands at this place: in the layer that is laid there later. */
function inLayer({ layers, work }: Parts, at: string): string {
  const number = layers.findIndex(layer => at.startsWith(`${layer.at}/`));
  return number < 0 ? at : `${work}/upper${number}${at.slice(layers[number]!.at.length)}`;
}

/** The kernel's own are mounted so everywhere, and may not lose it in a namespace. */
const HELD = 'rbind,ro,nosuid,nodev,noexec';

function addMount(parts: Parts, operation: MountOperation, place: string, held: readonly string[]): void {
  const { at } = operation;
  const bind = (source: string) => addLine(parts, source, `${place}${at}`, 'none', 'rbind');
  switch (operation.kind) {
    case 'bind':
      bind(operation.source);
      if (operation.mode === 'ro') parts.readOnly.push(at);
      break;
    case 'copy': {
      const name = `copy${parts.writes.length}`;
      parts.writes.push(copyLine(operation, name));
      bind(`${place}${parts.work}/${name}`);
      break;
    }
    case 'text':
      bind(`${place}${parts.work}/text${parts.texts.push(operation.text) - 1}`);
      break;
    case 'tmpfs':
      addLine(parts, 'tmpfs', `${place}${at}`, 'tmpfs', `nosuid,nodev,mode=${operation.mode}`);
      break;
    case 'proc':
    case 'sys': {
      const shown = `/${operation.kind}`;
      if (!held.includes(shown)) bind(shown);
      for (const path of held)
        if (path === shown || path.startsWith(`${shown}/`))
          addLine(parts, path, `${place}${at}${path.slice(shown.length)}`, 'none', HELD);
      break;
    }
    case 'devices':
      if (operation.all) bind('/dev');
      else addDevices(parts, at, place, operation.besides);
      break;
    default:
      operation satisfies never;
  }
}

function addDevices(parts: Parts, at: string, place: string, besides: readonly string[]): void {
  for (const device of [...DEVICES.map(name => `/dev/${name}`), ...besides]) {
    const inside = `${at}/${device.slice(device.lastIndexOf('/') + 1)}`;
    (/\/dri$/.test(device) ? parts.directories : parts.files).push(inside);
    addLine(parts, device, `${place}${inside}`, 'none', 'rbind');
  }
  parts.links.push(
    ...DEVICE_LINKS.map(([name, target]) => [`${at}/${name}`, target] satisfies [string, string]),
  );
  parts.directories.push(`${at}/pts`, `${at}/shm`);
  const terminals = 'newinstance,ptmxmode=0666,mode=620,nosuid,noexec';
  addLine(parts, 'devpts', `${place}${at}/pts`, 'devpts', terminals);
  addLine(parts, 'tmpfs', `${place}${at}/shm`, 'tmpfs', 'nosuid,nodev,mode=1777');
}

/** A text file copied by the shell itself (umask 022). Without the file the copy is empty. */
function copyLine({ source, mode }: Extract<MountOperation, { kind: 'copy' }>, name: string): string {
  const [from, to] = [shellQuote(source), `"$jcds_w/${name}"`];
  const loop = `while IFS= read -r jcds_l || [ "$jcds_l" ]; do printf '%s\\n' "$jcds_l"; done`;
  const copy = `if [ -r ${from} ]; then { ${loop}; } <${from} >${to}; else : >${to}; fi`;
  return mode === 'ro' ? `umask 222\n${copy}\numask 022` : copy;
}

/** One line of an fstab(5): what separates fields there, and backslashes, as octal numbers, which stand for one byte each. */
function line(source: string, target: string, type: string, options: string): string {
  return `${[source, target, type, options].map(field => field.replace(/[ \t\n\v\f\r\\#]/g, octal)).join(' ')} 0 0\n`;
}

function octal(character: string): string {
  return `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`;
}
