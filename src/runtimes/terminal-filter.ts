/** linux/audit.h: what a system call is made for, and the number of ioctl(2) there. x32 has its own on x86-64. */
const IOCTL: readonly [architecture: number, ...numbers: number[]][] = [
  [0xc000_003e, 16, 0x4000_0000 + 514], // x86-64
  [0x4000_0003, 54], // i386
  [0xc000_00b7, 29], // AArch64
  [0x4000_0028, 54], // ARM
];
/** Requests by which a program types into its terminal: TIOCSTI, and TIOCLINUX, which pastes on a console. */
const TYPING = [0x5412, 0x541c];

/** linux/filter.h, linux/seccomp.h. */
const LOAD = 0x20;
const JUMP_IF_EQUAL = 0x15;
const RETURN = 0x06;
const ALLOW = 0x7fff_0000;
const EPERM = 0x0005_0001;
/** struct seccomp_data; of the second argument the kernel's ioctl takes 32 bits alone. */
const NUMBER = 0;
const ARCHITECTURE = 4;
const REQUEST = 24;

type Instruction = readonly [code: number, ifTrue: number, ifFalse: number, operand: number];

/**
 * A seccomp filter that lets no program of the job type into the caller's terminal, and changes nothing else: bytes as
 * bubblewrap reads them. For processors that are not named above it allows everything.
 */
export function terminalFilter(): Buffer {
  const program: Instruction[] = [[LOAD, 0, 0, ARCHITECTURE]];
  const judging = 2 + IOCTL.reduce((sum, [, ...numbers]) => sum + numbers.length + 3, 0);
  for (const [architecture, ...numbers] of IOCTL) {
    program.push([JUMP_IF_EQUAL, 0, numbers.length + 2, architecture], [LOAD, 0, 0, NUMBER]);
    for (const number of numbers) program.push([JUMP_IF_EQUAL, judging - program.length - 1, 0, number]);
    program.push([RETURN, 0, 0, ALLOW]);
  }
  program.push([RETURN, 0, 0, ALLOW], [LOAD, 0, 0, REQUEST]);
  for (const [at, request] of TYPING.entries()) program.push([JUMP_IF_EQUAL, TYPING.length - at, 0, request]);
  program.push([RETURN, 0, 0, ALLOW], [RETURN, 0, 0, EPERM]);
  return encode(program);
}

/** struct sock_filter; every processor above is little-endian. */
function encode(program: readonly Instruction[]): Buffer {
  const bytes = Buffer.alloc(program.length * 8);
  for (const [at, [code, ifTrue, ifFalse, operand]] of program.entries()) {
    bytes.writeUInt16LE(code, at * 8);
    bytes.writeUInt8(ifTrue, at * 8 + 2);
    bytes.writeUInt8(ifFalse, at * 8 + 3);
    bytes.writeUInt32LE(operand, at * 8 + 4);
  }
  return bytes;
}
