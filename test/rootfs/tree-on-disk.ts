import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';

/** A file's content, a link's text (`->`), or null for a directory. */
export type Content =
  | string
  | Buffer
  | { readonly link: string }
  | { readonly program: string | Buffer }
  | null;

const made: string[] = [];
afterAll(() => {
  for (const directory of made.splice(0)) rmSync(directory, { recursive: true, force: true });
});

/** A fresh directory, removed when the test file ends. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'jcds-test-'));
  made.push(directory);
  return directory;
}

/** Puts files, links and directories below a directory: a path to what stands there. */
export function plant(directory: string, tree: Readonly<Record<string, Content>>): string {
  for (const [path, content] of Object.entries(tree)) {
    const place = join(directory, path);
    mkdirSync(content === null ? place : dirname(place), { recursive: true });
    if (content === null) continue;
    if (typeof content === 'string' || Buffer.isBuffer(content)) writeFileSync(place, content);
    else if ('link' in content) symlinkSync(content.link, place);
    else {
      writeFileSync(place, content.program);
      chmodSync(place, 0o755);
    }
  }
  return directory;
}

/** The head of an ELF program as a linker would write it: `loader` in a program header of its own. */
export function elf(
  { machine, bits, little, loader }: { machine: number; bits: 32 | 64; little: boolean; loader?: string } = {
    machine: 62,
    bits: 64,
    little: true,
  },
): Buffer {
  const head = Buffer.alloc(512);
  const write = (at: number, bytes: number, value: number): void => {
    if (little) head.writeUIntLE(value, at, bytes);
    else head.writeUIntBE(value, at, bytes);
  };
  const wide = bits === 64;
  const word = (at: number, value: number): void => write(wide && !little ? at + 4 : at, 4, value);
  head.write('\x7fELF', 'latin1');
  head[4] = wide ? 2 : 1;
  head[5] = little ? 1 : 2;
  write(18, 2, machine);
  word(wide ? 32 : 28, 64);
  write(wide ? 54 : 42, 2, wide ? 56 : 32);
  write(wide ? 56 : 44, 2, 2);
  write(64, 4, 6); // PT_PHDR comes first in real files.
  const second = 64 + (wide ? 56 : 32);
  write(second, 4, loader === undefined ? 1 : 3);
  word(second + (wide ? 8 : 4), 256);
  head.write(`${loader ?? ''}\0`, 256, 'latin1');
  return head;
}
