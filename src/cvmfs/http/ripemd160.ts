/**
 * RIPEMD-160 (Dobbertin, Bosselaers, Preneel 1996), for an OpenSSL 3 without its legacy provider and for runtimes
 * on BoringSSL. CVMFS repositories may use it for their objects; `hash.ts` prefers the platform's own.
 */

/** Which message word each of the 80 steps takes, for the left and the right line. */
const LEFT_WORDS = [
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
  [7, 4, 13, 1, 10, 6, 15, 3, 12, 0, 9, 5, 2, 14, 11, 8],
  [3, 10, 14, 4, 9, 15, 8, 1, 2, 7, 0, 6, 13, 11, 5, 12],
  [1, 9, 11, 10, 0, 8, 12, 4, 13, 3, 7, 15, 14, 5, 6, 2],
  [4, 0, 5, 9, 7, 12, 2, 10, 14, 1, 3, 8, 11, 6, 15, 13],
].flat();
const RIGHT_WORDS = [
  [5, 14, 7, 0, 9, 2, 11, 4, 13, 6, 15, 8, 1, 10, 3, 12],
  [6, 11, 3, 7, 0, 13, 5, 10, 14, 15, 8, 12, 4, 9, 1, 2],
  [15, 5, 1, 3, 7, 14, 6, 9, 11, 8, 12, 2, 10, 0, 4, 13],
  [8, 6, 4, 1, 3, 11, 15, 0, 5, 12, 2, 13, 9, 7, 10, 14],
  [12, 15, 10, 4, 1, 5, 8, 7, 6, 2, 13, 14, 0, 3, 9, 11],
].flat();
/** How far each step rotates. */
const LEFT_TURNS = [
  [11, 14, 15, 12, 5, 8, 7, 9, 11, 13, 14, 15, 6, 7, 9, 8],
  [7, 6, 8, 13, 11, 9, 7, 15, 7, 12, 15, 9, 11, 7, 13, 12],
  [11, 13, 6, 7, 14, 9, 13, 15, 14, 8, 13, 6, 5, 12, 7, 5],
  [11, 12, 14, 15, 14, 15, 9, 8, 9, 14, 5, 6, 8, 6, 5, 12],
  [9, 15, 5, 11, 6, 8, 13, 12, 5, 12, 13, 14, 11, 8, 5, 6],
].flat();
const RIGHT_TURNS = [
  [8, 9, 9, 11, 13, 15, 15, 5, 7, 7, 8, 11, 14, 14, 12, 6],
  [9, 13, 15, 7, 12, 8, 9, 11, 7, 7, 12, 7, 6, 15, 13, 11],
  [9, 7, 15, 11, 8, 6, 6, 14, 12, 13, 5, 14, 13, 13, 7, 5],
  [15, 5, 8, 11, 14, 14, 6, 14, 6, 9, 12, 9, 12, 5, 15, 8],
  [8, 5, 12, 9, 12, 5, 14, 6, 8, 13, 6, 5, 15, 13, 11, 11],
].flat();
const LEFT_CONSTANTS = [0, 0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xa953fd4e];
const RIGHT_CONSTANTS = [0x50a28be6, 0x5c4dd124, 0x6d703ef3, 0x7a6d76e9, 0];

const START = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0] as const;

/** The 20 bytes of RIPEMD-160 over `bytes`. */
export function ripemd160(bytes: Uint8Array): Buffer {
  const padded = pad(bytes);
  const state = Int32Array.from(START);
  const words = new Int32Array(16);
  for (let offset = 0; offset < padded.length; offset += 64) {
    for (let index = 0; index < 16; index++) words[index] = padded.readInt32LE(offset + 4 * index);
    compress(state, words);
  }
  const digest = Buffer.alloc(20);
  for (let index = 0; index < 5; index++) digest.writeInt32LE(state[index]!, 4 * index);
  return digest;
}

/** One bit, zeros, and the length in bits: a multiple of 64 bytes. */
function pad(bytes: Uint8Array): Buffer {
  const padded = Buffer.alloc(Math.ceil((bytes.length + 9) / 64) * 64);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  padded.writeBigUInt64LE(BigInt(bytes.length) * 8n, padded.length - 8);
  return padded;
}

function compress(state: Int32Array, words: Int32Array): void {
  const left = line(state, words, LEFT_WORDS, LEFT_TURNS, LEFT_CONSTANTS, round => round);
  const right = line(state, words, RIGHT_WORDS, RIGHT_TURNS, RIGHT_CONSTANTS, round => 4 - round);
  const first = (state[1]! + left[2]! + right[3]!) | 0;
  for (let index = 1; index < 5; index++)
    state[index] = state[(index + 1) % 5]! + left[(index + 2) % 5]! + right[(index + 3) % 5]!;
  state[0] = first;
}

/** One of the two parallel lines of 80 steps; `mixOf` says which Boolean function a round uses. */
function line(
  state: Int32Array,
  words: Int32Array,
  order: readonly number[],
  turns: readonly number[],
  constants: readonly number[],
  mixOf: (round: number) => number,
): [number, number, number, number, number] {
  let [a, b, c, d, e] = state as unknown as [number, number, number, number, number];
  for (let step = 0; step < 80; step++) {
    const round = step >> 4;
    const sum = (a + mix(mixOf(round), b, c, d) + words[order[step]!]! + constants[round]!) | 0;
    const next = (turn(sum, turns[step]!) + e) | 0;
    [a, b, c, d, e] = [e, next, b, turn(c, 10), d];
  }
  return [a, b, c, d, e];
}

function mix(which: number, x: number, y: number, z: number): number {
  if (which === 0) return x ^ y ^ z;
  if (which === 1) return (x & y) | (~x & z);
  if (which === 2) return (x | ~y) ^ z;
  if (which === 3) return (x & z) | (y & ~z);
  return x ^ (y | ~z);
}

function turn(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}
