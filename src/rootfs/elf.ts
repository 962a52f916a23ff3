/** What the head of a program file says (ELF specification; the machines that Linux images are built for). */
export interface ElfHead {
  /** OCI's name of the architecture, or null for one that OCI has no name for. */
  readonly architecture: string | null;
  /** The loader it asks for (PT_INTERP), or null: static, or further into the file than was read. */
  readonly loader: string | null;
}

/** e_machine, and where byte order or word size decides: the names by [little 32, little 64, big 32, big 64]. */
const MACHINES: Readonly<Record<number, readonly (string | null)[]>> = {
  3: ['386', null, null, null],
  8: ['mipsle', 'mips64le', 'mips', 'mips64'],
  20: [null, null, 'ppc', null],
  21: [null, 'ppc64le', null, 'ppc64'],
  22: [null, null, null, 's390x'],
  40: ['arm', null, null, null],
  62: ['amd64', 'amd64', null, null],
  183: [null, 'arm64', null, null],
  243: [null, 'riscv64', null, null],
  258: [null, 'loong64', null, null],
};
const PT_INTERP = 3;
const HEADER = 64;

/** Reads the first bytes of a file (some kilobytes); null when they are no ELF program's. */
export function readElf(head: Buffer): ElfHead | null {
  if (head.length < HEADER || head.readUInt32BE(0) !== 0x7f454c46) return null;
  const wide = head[4] === 2;
  const little = head[5] === 1;
  const read = (at: number, bytes: 2 | 4): number =>
    little ? head.readUIntLE(at, bytes) : head.readUIntBE(at, bytes);
  const machine = MACHINES[read(18, 2)] ?? [];
  const architecture = machine[(little ? 0 : 2) + (wide ? 1 : 0)] ?? null;
  return { architecture, loader: loaderOf(head, wide, read) };
}

/** The text that the program header of type PT_INTERP points to. Offsets beyond 4 GiB are beyond the head anyway. */
function loaderOf(head: Buffer, wide: boolean, read: (at: number, bytes: 2 | 4) => number): string | null {
  const little = head[5] === 1;
  const word = (at: number): number => read(wide && !little ? at + 4 : at, 4);
  const table = word(wide ? 32 : 28);
  const size = read(wide ? 54 : 42, 2);
  const count = read(wide ? 56 : 44, 2);
  for (let index = 0; index < count; index++) {
    const at = table + index * size;
    if (size < 32 || at + size > head.length) return null;
    if (read(at, 4) !== PT_INTERP) continue;
    const start = word(at + (wide ? 8 : 4));
    const end = head.indexOf(0, start);
    return start > 0 && end > start && end - start < 4096 ? head.toString('latin1', start, end) : null;
  }
  return null;
}
