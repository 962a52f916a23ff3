import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

/** One name in an image: the text of a file (mode 0644), or something else. */
export type Entry =
  | string
  | { readonly program: string | Uint8Array }
  | { readonly copyOf: string }
  | { readonly link: string }
  | { readonly directory: number };

/** Paths relative to the image's root, and what is there. `{directory}` gives the mode; parents are made as needed. */
export type ImageFiles = Readonly<Record<string, Entry>>;

/** Writes files below `root`, which is made. Nothing may be there under the same names. */
export function writeFiles(root: string, files: ImageFiles): void {
  mkdirSync(root, { recursive: true });
  for (const [name, entry] of Object.entries(files)) {
    const path = join(root, name);
    mkdirSync(dirname(path), { recursive: true });
    writeEntry(path, entry);
  }
  // Last, so that a directory without write permission can still be filled.
  for (const [name, entry] of Object.entries(files))
    if (typeof entry === 'object' && 'directory' in entry) chmodSync(join(root, name), entry.directory);
}

function writeEntry(path: string, entry: Entry): void {
  if (typeof entry === 'string') writeFileSync(path, entry);
  else if ('program' in entry) writeFileSync(path, entry.program, { mode: 0o755 });
  else if ('copyOf' in entry) copyFileSync(entry.copyOf, path);
  else if ('link' in entry) symlinkSync(entry.link, path);
  else mkdirSync(path, { recursive: true });
}

const BUSYBOX = '/bin/busybox';
const EVERYDAY = ['sh', 'ls', 'cat', 'id', 'env', 'true', 'false', 'pwd', 'echo', 'printf', 'sleep'];

/** Whether this host has a static busybox, so that small images can really be run. */
export function hasStaticBusybox(): boolean {
  return existsSync(BUSYBOX) && !hasInterpreter(readFileSync(BUSYBOX));
}

/** Whether a 64-bit little-endian ELF file asks for a dynamic loader (a program header of type PT_INTERP, 3). */
function hasInterpreter(elf: Buffer): boolean {
  const table = Number(elf.readBigUInt64LE(32));
  const size = elf.readUInt16LE(54);
  return Array.from({ length: elf.readUInt16LE(56) }, (_, i) => elf.readUInt32LE(table + i * size)).includes(
    3,
  );
}

/**
 * A small image with the usual directories and a few programs: a static busybox where the host has one, else
 * empty ELF files, with which everything but running the image can be tested.
 */
export function smallImage(extra: ImageFiles = {}): ImageFiles {
  const busybox: Entry = hasStaticBusybox() ? { copyOf: BUSYBOX } : { program: elfHeader(62) };
  const links = EVERYDAY.map((name): [string, Entry] => [`bin/${name}`, { link: 'busybox' }]);
  const directories = ['proc', 'sys', 'dev', 'tmp', 'run', 'home', 'root', 'usr/bin', 'var/tmp'];
  return {
    'bin/busybox': busybox,
    ...Object.fromEntries(links),
    ...Object.fromEntries(directories.map((name): [string, Entry] => [name, { directory: 0o755 }])),
    'etc/passwd': 'root:x:0:0:root:/root:/bin/sh\n',
    'etc/group': 'root:x:0:\n',
    'etc/hosts': '',
    'etc/resolv.conf': '',
    ...extra,
  };
}

/** The 64 bytes of an ELF header: an executable for `machine` (62 is x86-64, 183 is AArch64) with nothing behind it. */
export function elfHeader(machine: number): Uint8Array {
  const header = Buffer.alloc(64);
  header.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  header.writeUInt16LE(2, 16);
  header.writeUInt16LE(machine, 18);
  header.writeUInt32LE(1, 20);
  return header;
}

/** What an OCI image's configuration says, as far as `.singularity.d` keeps it. */
export interface SingularityRecord {
  /** As Apptainer writes it: without the registry when that is Docker Hub. */
  readonly from: string;
  /** `docker` unless given. */
  readonly bootstrap?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly entrypoint?: readonly string[];
  readonly cmd?: readonly string[];
}

/** What `apptainer build --sandbox` (1.4.5) leaves of an image's configuration; its fixed scripts only by name. */
export function singularityRecord(record: SingularityRecord): ImageFiles {
  const { from, bootstrap = 'docker', env = {}, entrypoint = [], cmd = [] } = record;
  const label = 'org.label-schema.usage.singularity.deffile';
  const actions = ['exec', 'run', 'shell', 'start', 'test'];
  return {
    '.singularity.d/Singularity': `bootstrap: ${bootstrap}\nfrom: ${from}\n\n`,
    '.singularity.d/labels.json': JSON.stringify({
      [`${label}.bootstrap`]: bootstrap,
      [`${label}.from`]: from,
    }),
    '.singularity.d/env/10-docker2singularity.sh': { program: environmentFile(env) },
    '.singularity.d/env/90-environment.sh': { program: '#!/bin/sh\n' },
    '.singularity.d/env/99-base.sh': { program: '#!/bin/sh\n' },
    '.singularity.d/runscript': {
      program: `#!/bin/sh\nOCI_ENTRYPOINT=${shellWords(entrypoint)}\nOCI_CMD=${shellWords(cmd)}\n`,
    },
    ...Object.fromEntries(
      actions.map((name): [string, Entry] => [`.singularity.d/actions/${name}`, { program: '#!/bin/sh\n' }]),
    ),
  };
}

/** Apptainer escapes for the shell and then once more: hard values come out wrong, and a backtick ruins the file. */
function environmentFile(env: Readonly<Record<string, string>>): string {
  const lines = Object.entries(env).map(([name, value]) => {
    const quoted = JSON.stringify(shellEscape(value));
    return name === 'PATH' ? `export PATH=${quoted}` : `export ${name}="\${${name}:-${quoted}}"`;
  });
  return ['#!/bin/sh', ...lines, ''].join('\n');
}

function shellWords(words: readonly string[]): string {
  const quoted = words.map(word => `"${shellEscape(word)}"`).join(' ');
  return `'${quoted.replaceAll("'", `'"'"'`)}'`;
}

function shellEscape(text: string): string {
  return text.replaceAll(/[\\"$`]/g, '\\$&');
}
