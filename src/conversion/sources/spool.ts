import { closeSync, openSync, writeSync } from 'node:fs';

/** Keeps standard input in a file of `workplace`, since it is read twice; answers its path. Throws what the system says. */
export async function spoolInput(workplace: string): Promise<string> {
  const path = `${workplace}/archive.tar`;
  const file = openSync(path, 'wx', 0o600);
  try {
    for await (const piece of process.stdin as AsyncIterable<Buffer>)
      for (let at = 0; at < piece.length; ) at += writeSync(file, piece, at, piece.length - at);
  } finally {
    closeSync(file);
  }
  return path;
}
