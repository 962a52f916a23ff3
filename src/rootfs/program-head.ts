import { readElf } from './elf.ts';

/** How the kernel would start a file, from its first bytes. */
export type ProgramHead =
  | { readonly kind: 'elf'; readonly architecture: string | null; readonly loader: string | null }
  | { readonly kind: 'script'; readonly interpreter: string }
  /** Something else: bwrap and apptainer hand it to /bin/sh. */
  | { readonly kind: 'other' };

/** What the kernel reads of a `#!` line (BINPRM_BUF_SIZE). */
const SCRIPT_LINE = 256;
/** Enough for the program headers and the loader's name. */
export const HEAD_BYTES = 4096;

/** Reads the first HEAD_BYTES of a file. A `#!` line without a word is no script, as the kernel has it. */
export function programHead(head: Buffer): ProgramHead {
  const elf = readElf(head);
  if (elf) return { kind: 'elf', ...elf };
  if (head[0] !== 0x23 || head[1] !== 0x21) return { kind: 'other' };
  const line = head.toString('utf8', 2, SCRIPT_LINE).split('\n', 1)[0]!;
  const interpreter = /^[ \t]*([^ \t\0]+)/.exec(line)?.[1];
  return interpreter === undefined ? { kind: 'other' } : { kind: 'script', interpreter };
}
