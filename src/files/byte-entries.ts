import { lstatSync, readdirSync } from 'node:fs';

/** An entry of a directory by the bytes of its name. What it is costs a look each time; throws what the system says. */
export interface ByteEntry {
  readonly name: Buffer;
  isDirectory(): boolean;
  isFile(): boolean;
  isSymbolicLink(): boolean;
}

/**
 * The entries of a directory whose names may be no UTF-8. Node would give their kinds with the names; Bun, by which the
 * standalone program runs, gives bare names where they are asked for as bytes (1.4.5). Throws what the system says.
 */
export function byteEntries(directory: string | Buffer): ByteEntry[] {
  const before = Buffer.concat([Buffer.from(directory), Buffer.from('/')]);
  return readdirSync(directory, { encoding: 'buffer' }).map(name => {
    const status = () => lstatSync(Buffer.concat([before, name]), { throwIfNoEntry: false });
    return {
      name,
      isDirectory: () => status()?.isDirectory() === true,
      isFile: () => status()?.isFile() === true,
      isSymbolicLink: () => status()?.isSymbolicLink() === true,
    };
  });
}
