import { readdirSync } from 'node:fs';
import { readText } from '../files/read.ts';

/** Node's words for a machine, in OCI's; what a kernel of that kind also runs stands after it. */
const NATIVE: Readonly<Record<string, readonly string[]>> = {
  x64: ['amd64', '386'],
  ia32: ['386'],
  arm64: ['arm64', 'arm'],
  arm: ['arm'],
  ppc64: ['ppc64le'],
  s390x: ['s390x'],
  riscv64: ['riscv64'],
  loong64: ['loong64'],
  mips: ['mips'],
  mipsel: ['mipsle'],
};

/** QEMU's words, as binfmt_misc registers them (`qemu-aarch64`). */
const EMULATED: Readonly<Record<string, string>> = {
  x86_64: 'amd64',
  i386: '386',
  aarch64: 'arm64',
  arm: 'arm',
  ppc64le: 'ppc64le',
  s390x: 's390x',
  riscv64: 'riscv64',
  loongarch64: 'loong64',
  mips64el: 'mips64le',
  mipsel: 'mipsle',
};

/** OCI names of the architectures whose programs this host starts, its own first, then those of registered emulators. */
export function hostArchitectures(
  machine: string = process.arch,
  registered = '/proc/sys/fs/binfmt_misc',
): readonly string[] {
  const native = NATIVE[machine] ?? [machine];
  const emulated = emulators(registered).flatMap(name => EMULATED[name.replace(/^qemu-/, '')] ?? []);
  return [...new Set([...native, ...emulated])];
}

function emulators(directory: string): string[] {
  try {
    return readdirSync(directory).filter(
      name => name.startsWith('qemu-') && isEnabled(`${directory}/${name}`),
    );
  } catch {
    return [];
  }
}

function isEnabled(file: string): boolean {
  try {
    return readText('system', file).startsWith('enabled');
  } catch {
    return false;
  }
}
