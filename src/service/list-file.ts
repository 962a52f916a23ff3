import { UsageError } from '../errors.ts';
import { readText } from '../files/read.ts';
import { fileTrouble } from '../files/refused-file.ts';
import { writeNamed } from '../files/write.ts';
import { safeText } from '../output/safe-text.ts';

/** The text of a list that the user names. Throws UsageError where it cannot be read. */
export function listText(path: string): string {
  return named(path, 'the list cannot be read', () => readText('wishlist', path));
}

/** Writes a report where the user wants it. Throws UsageError. */
export function writeReport(path: string, text: string): void {
  named(path, 'the report cannot be written', () => writeNamed(path, text, { mode: 0o644, isNew: false }));
}

function named<T>(path: string, failure: string, act: () => T): T {
  try {
    return act();
  } catch (thrown) {
    const reason = fileTrouble(thrown);
    if (reason === null) throw thrown;
    throw new UsageError(`${failure}: ${safeText(path, 400)}: ${reason}`);
  }
}
