export function readElf(file: string): { readonly interpreter: string; readonly glibc: string };
