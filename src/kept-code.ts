/**
 * The machine code that V8 made of dist/start.cjs, kept beside it: a start with it takes some 15 ms less on Node.js 20. V8 runs
 * it as it is and looks only at its own version, its flags and the length of the program. So it is written by the installer alone
 * (keep-code.ts), where the program itself is, and used only when whoever owns the program owns it and nobody else
 * may write it: somebody who can do that needs no machine code. It is whole or not used: V8 crashes on damaged code.
 */
declare const JCDS_BUILD: string;

/** First words that have code of their own: each uses other functions. */
export const KEPT_FOR: ReadonlySet<string | undefined> = new Set([
  '--jcds-plan',
  '--jcds-look',
  'resolve',
  'list',
  'status',
]);

/** Where the code of a first word is, for this program and this Node.js. */
export function codeFile(directory: string, word: string): string {
  const name = `${JCDS_BUILD}-${process.version}-${process.arch}-${word.replace(/^-*/, '')}`;
  return `${directory}/code/${name}`;
}

/** The program as V8 compiles it; a script has no import() of its own without a warning: the build writes jcdsImport for it. */
export function scriptText(program: string): string {
  return `(function (exports, require, module, __filename, __dirname, jcdsImport) {${program}\n})`;
}

const SUM_LENGTH = 4;

/** The code with its checksum before it. */
export function pack(code: Buffer): Buffer {
  const sum = Buffer.alloc(SUM_LENGTH);
  sum.writeUInt32LE(sumOf(code));
  return Buffer.concat([sum, code]);
}

/** The code; undefined where it is not what was packed. */
export function unpack(bytes: Buffer): Buffer | undefined {
  if (bytes.length <= SUM_LENGTH) return undefined;
  const code = bytes.subarray(SUM_LENGTH);
  return sumOf(code) === bytes.readUInt32LE(0) ? code : undefined;
}

/** CRC-32: of all sums that Node.js has, found with the least to load. */
function sumOf(bytes: Buffer): number {
  return process.getBuiltinModule('node:zlib').crc32(bytes);
}
