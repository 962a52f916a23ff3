import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';

/** Dice that fall alike in every run. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return sides => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >> 8) % sides;
  };
}
const roll = dice(12);

/** What may stand in the place of a file that held `whole`. */
export const PLANTS: Record<string, (file: string, whole: Buffer) => void> = {
  'cut short': (file, whole) => writeFileSync(file, whole.subarray(0, roll(Math.max(1, whole.length)))),
  empty: file => writeFileSync(file, ''),
  ...Object.fromEntries(
    Array.from({ length: 4 }, (_, index) => [
      `with a bit turned, ${index}`,
      (file: string, whole: Buffer) => {
        const bytes = Buffer.from(whole);
        const at = roll(Math.max(1, bytes.length));
        if (bytes.length > 0) bytes[at] = bytes[at]! ^ (1 << roll(8));
        writeFileSync(file, bytes);
      },
    ]),
  ),
  rubbish: (file, whole) => writeFileSync(file, Buffer.alloc(whole.length, 0xff)),
  'another form': file =>
    writeFileSync(file, '{"schema":1,"format":1,"situations":[],"facts":{"directory":7}}'),
  'a FIFO': file => {
    rmSync(file);
    execFileSync('mkfifo', [file]);
  },
  'a link to a FIFO': file => {
    rmSync(file);
    execFileSync('mkfifo', [`${file}-fifo`]);
    symlinkSync(`${file}-fifo`, file);
  },
  'a link to itself': file => {
    rmSync(file);
    symlinkSync(file, file);
  },
  'a link to /dev/zero': file => {
    rmSync(file);
    symlinkSync('/dev/zero', file);
  },
  'a link to a file of the user': (file, whole) => {
    writeFileSync(`${file}-real`, whole);
    rmSync(file);
    symlinkSync(`${file}-real`, file);
  },
  'a directory': file => {
    rmSync(file);
    mkdirSync(file);
  },
  '1 GB': file => truncateSync(file, 2 ** 30),
  closed: file => chmodSync(file, 0),
  'everybody’s': file => chmodSync(file, 0o666),
};
