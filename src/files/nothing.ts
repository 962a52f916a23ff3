import { openSync } from 'node:fs';

/** /dev/null, open: for the standard streams of a child, and over descriptors that it must not have. */
export function openNothing(): number {
  return openSync('/dev/null', 'r+');
}
