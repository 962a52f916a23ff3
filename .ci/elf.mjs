// What an executable asks of its host, read from the file itself (https://refspecs.linuxfoundation.org/elf/gabi4+/,
// chapters 4 and 5; symbol versions: LSB Core, "Symbol Versioning"). 64-bit, little endian: all that jcds is built for.
import { readFileSync } from 'node:fs';

const PT_DYNAMIC = 2;
const PT_LOAD = 1;
const PT_INTERP = 3;
const DT_STRTAB = 5n;
const DT_VERNEED = 0x6ffffffen;
const DT_VERNEEDNUM = 0x6fffffffn;

/**
 * The loader that an executable names, and the newest glibc of which it needs a symbol (`2.17`).
 * @throws Error where the file is no such executable
 */
export function readElf(file) {
  const bytes = readFileSync(file);
  if (bytes.readUInt32BE(0) !== 0x7f454c46 || bytes[4] !== 2 || bytes[5] !== 1)
    throw new Error(`${file} is no 64-bit little-endian ELF file`);
  const segments = programHeaders(bytes);
  const interpreter = segments.find(({ type }) => type === PT_INTERP);
  const dynamic = segments.find(({ type }) => type === PT_DYNAMIC);
  if (interpreter === undefined || dynamic === undefined)
    throw new Error(`${file} is not linked dynamically`);
  return {
    interpreter: textAt(bytes, interpreter.offset),
    glibc: newest(neededVersions(bytes, segments, dynamic)),
  };
}

function programHeaders(bytes) {
  const start = Number(bytes.readBigUInt64LE(32));
  return Array.from({ length: bytes.readUInt16LE(56) }, (_, index) => {
    const at = start + index * bytes.readUInt16LE(54);
    const [offset, address, , size] = [8, 16, 24, 32].map(field => Number(bytes.readBigUInt64LE(at + field)));
    return { type: bytes.readUInt32LE(at), offset, address, size };
  });
}

/** Names of the versions in the section that asks other objects for them: a list of lists, chained by distances. */
function neededVersions(bytes, segments, dynamic) {
  const entries = new Map();
  for (let at = dynamic.offset; at < dynamic.offset + dynamic.size; at += 16)
    entries.set(bytes.readBigUInt64LE(at), Number(bytes.readBigUInt64LE(at + 8)));
  const offsetOf = address => {
    const holder = segments.find(
      ({ type, address: start, size }) => type === PT_LOAD && address >= start && address < start + size,
    );
    return address - holder.address + holder.offset;
  };
  const strings = offsetOf(entries.get(DT_STRTAB));
  const names = [];
  let need = offsetOf(entries.get(DT_VERNEED));
  for (let left = entries.get(DT_VERNEEDNUM); left > 0; left -= 1) {
    let version = need + bytes.readUInt32LE(need + 8);
    for (let count = bytes.readUInt16LE(need + 2); count > 0; count -= 1) {
      names.push(textAt(bytes, strings + bytes.readUInt32LE(version + 8)));
      version += bytes.readUInt32LE(version + 12);
    }
    need += bytes.readUInt32LE(need + 12);
  }
  return names;
}

function newest(names) {
  const minors = names.flatMap(name => /^GLIBC_2\.(\d+)/.exec(name)?.[1] ?? []).map(Number);
  return `2.${Math.max(...minors)}`;
}

function textAt(bytes, offset) {
  return bytes.toString('latin1', offset, bytes.indexOf(0, offset));
}
