export function makeArchive(directory: string, architecture: string): Promise<string>;
export function makePackage(directory: string): string;
export function writeChecksums(directory: string, names: readonly string[]): void;
